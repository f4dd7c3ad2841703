"""People of whom nothing is heard: asked, and after a while not counted on any more."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from sqlalchemy.engine import Connection

from cohortbot.domain.message import Timing
from cohortbot.domain.model import Cohort, CohortState, Membership, MemberState, Role, Round
from cohortbot.domain.refusals import NotInIt
from cohortbot.domain.reminding import (
    MentorAskedIfHere,
    MentorQuiet,
    SeatPassedOn,
    StayAsked,
    Stays,
    decide_silence,
    rounds_to_the_end,
)
from cohortbot.domain.running import StaysForNextRun
from cohortbot.service import handover, seats
from cohortbot.service.app import App
from cohortbot.service.call import Call, Refused, handles, organizers
from cohortbot.service.outbox import composes
from cohortbot.store import away, blockers, cohorts, events, memberships, outbox, people, rounds
from cohortbot.store.engine import reading, transaction
from cohortbot.store.outbox import Entry

# --- mentees, by rounds


def note_round(app: App, tx: Connection, cohort: Cohort, one: Round, now: datetime) -> None:
    """A round's time is over: who of its roster was silent, is asked, or loses the seat; mentors are told.

    One that was closed before its time says nothing of anybody, nor does one that somebody was away from.
    """
    quiet = rounds.silent(tx, one.id)
    if now >= one.closes_at:
        unanswered = set(quiet)
        here = {each.person_id: each for each in memberships.mentees(tx, cohort.id)}
        absent = away.away_now(tx, list(here), now)
        for person_id in rounds.asked(tx, one.id):
            if person_id in here and person_id not in absent:
                _note(app, tx, cohort, one, here[person_id], answered=person_id not in unanswered, now=now)
    if quiet:
        # Where nobody mentors it, organizers look after its people.
        readers = away.acting_mentors(tx, cohort.id, now)
        if not readers and not memberships.mentors(tx, cohort.id):
            readers = [each.id for each in organizers(app, tx, now)]
        for reader in readers:
            _tell(tx, "silent", f"silent:{one.id}:{reader}", cohort, reader, now, round_=one.id)


def _note(
    app: App, tx: Connection, cohort: Cohort, one: Round, seat: Membership, *, answered: bool, now: datetime
) -> None:
    person = people.by_id(tx, seat.person_id, cohort.network)
    asked_at = seat.asked_at
    decided = decide_silence(
        seat.silent_rounds,
        silent=not answered and (seat.spoke_at is None or seat.spoke_at < one.opened_at),
        asked=asked_at is not None,
        word_since=asked_at is not None and person.word_at is not None and person.word_at >= asked_at,
        last=rounds_to_the_end(cohort.schedule.every_weeks if cohort.schedule else None),
    )
    if decided.pass_on:
        _pass_on(app, tx, cohort, seat, decided.rounds, now)
        return
    keeps_the_question = asked_at is not None and decided.rounds > 1
    asked_at = now if decided.ask else asked_at if keeps_the_question else None
    memberships.change(tx, seat.id, silent_rounds=decided.rounds, asked_at=asked_at)
    if decided.ask:
        key = f"stay-asked:{seat.id}:{now.isoformat()}"
        _tell(tx, "stay-asked", key, cohort, seat.person_id, now, membership=seat.id)


def _pass_on(app: App, tx: Connection, cohort: Cohort, seat: Membership, silent: int, now: datetime) -> None:
    """The seat goes to the next in line; whoever had it is first in line whenever they come back."""
    ended = {"first_until": now + app.limits.first_for_good, "silent_rounds": silent}
    seats.end(app, tx, seat, MemberState.LEFT, now, **ended)
    events.record(
        tx, "fell_silent", now, way="tick", person=seat.person_id, cohort=cohort.id, membership=seat.id
    )
    _tell(tx, "seat-passed-on", f"seat-passed-on:{seat.id}", cohort, seat.person_id, now, membership=seat.id)


# --- mentors, by days


def ask_quiet_mentors(app: App, now: datetime) -> None:
    """Mentors without a word for `Limits.mentor_quiet` are asked, after `Limits.mentor_gone` told of."""
    with reading(app.engine) as tx:
        found = memberships.quiet_mentors(tx, app.network, now - app.limits.mentor_quiet)
    for one in found:
        transaction(app.engine, partial(_ask_quiet_mentor, app, membership_id=one.id, now=now))


def _ask_quiet_mentor(app: App, tx: Connection, membership_id: int, now: datetime) -> None:
    cohort = cohorts.lock(tx, memberships.by_id(tx, membership_id).cohort_id)
    one = memberships.by_id(tx, membership_id)
    since = _last_sign(tx, one, cohort)
    if not _is_quiet(tx, app, one, since, now):
        return
    if one.asked_at is None:
        memberships.change(tx, one.id, asked_at=now)
        key = f"still-here:{one.id}:{now.isoformat()}"
        _tell(tx, "still-here", key, cohort, one.person_id, now, membership=one.id)
    elif now - since >= app.limits.mentor_gone and now > one.asked_at:
        _is_gone(app, tx, cohort, one, since, now)


def _is_quiet(tx: Connection, app: App, one: Membership, since: datetime, now: datetime) -> bool:
    if one.state is not MemberState.ACTIVE or one.quiet_since is not None:
        return False
    return now - since >= app.limits.mentor_quiet and not away.away_now(tx, [one.person_id], now)


def _last_sign(tx: Connection, one: Membership, cohort: Cohort) -> datetime:
    """Their last word, the end of their last absence, or the day on which they began."""
    person = people.by_id(tx, one.person_id, cohort.network)
    signs = (one.state_since, one.spoke_at, person.word_at, away.last_back(tx, one.person_id))
    return max(sign for sign in signs if sign is not None)


def _is_gone(
    app: App, tx: Connection, cohort: Cohort, one: Membership, since: datetime, now: datetime
) -> None:
    """The others are told, and what they had taken is open again."""
    memberships.change(tx, one.id, quiet_since=since)
    handover.let_go(tx, blockers.taken_by(tx, one.person_id, cohort.id), one.person_id, now)
    events.record(
        tx, "mentor_quiet", now, way="tick", person=one.person_id, cohort=cohort.id, membership=one.id
    )
    others = {each.person_id for each in memberships.mentors(tx, cohort.id)}
    others |= {each.id for each in organizers(app, tx, now)}
    for each in sorted(others - {one.person_id}):
        _tell(
            tx,
            "mentor-quiet",
            f"mentor-quiet:{one.id}:{since.isoformat()}:{each}",
            cohort,
            each,
            now,
            membership=one.id,
            timing=Timing.DAILY,
        )


# --- the answer


@handles("stay")
def stay(call: Call) -> Stays | StaysForNextRun:
    """Still here: the counting of silence begins anew, and a seat is kept from one run to the next."""
    me = call.me()
    cohort = call.cohort()
    one = memberships.live(call.tx, cohort.id, me.id)
    if one is None or one.state is not MemberState.ACTIVE:
        raise Refused(NotInIt(cohort.slug))
    memberships.change(call.tx, one.id, silent_rounds=0, asked_at=None, quiet_since=None)
    if cohort.state is CohortState.ENDED and one.role is Role.MENTEE:
        memberships.change(call.tx, one.id, stay_at=one.stay_at or call.now)
        return StaysForNextRun(cohort.slug, again=one.stay_at is not None)
    return Stays(cohort.slug, one.role, again=one.asked_at is None)


# --- words


def _tell(
    tx: Connection, kind: str, key: str, cohort: Cohort, person_id: int, now: datetime, **more: object
) -> None:
    outbox.put(tx, kind, key, network=cohort.network, now=now, person=person_id, cohort=cohort.id, **more)  # type: ignore[arg-type]


def _about(tx: Connection, entry: Entry) -> tuple[Cohort, Membership]:
    assert entry.cohort_id is not None and entry.membership_id is not None  # every kind below has both
    return cohorts.by_id(tx, entry.cohort_id), memberships.by_id(tx, entry.membership_id)


@composes("stay-asked")
def stay_asked(_app: App, tx: Connection, entry: Entry) -> StayAsked | None:
    cohort, one = _about(tx, entry)
    if one.state is not MemberState.ACTIVE or one.asked_at is None:
        return None
    last = rounds_to_the_end(cohort.schedule.every_weeks if cohort.schedule else None)
    return StayAsked(cohort.slug, one.silent_rounds, max(1, last - one.silent_rounds))


@composes("seat-passed-on")
def seat_passed_on(_app: App, tx: Connection, entry: Entry) -> SeatPassedOn | None:
    """None once they are back."""
    cohort, one = _about(tx, entry)
    if memberships.live(tx, cohort.id, one.person_id) is not None:
        return None
    return SeatPassedOn(cohort.slug, one.silent_rounds)


@composes("still-here")
def still_here(app: App, tx: Connection, entry: Entry) -> MentorAskedIfHere | None:
    cohort, one = _about(tx, entry)
    if one.state is not MemberState.ACTIVE or one.asked_at is None:
        return None
    return MentorAskedIfHere(cohort.slug, (app.now() - _last_sign(tx, one, cohort)).days)


@composes("mentor-quiet")
def mentor_quiet(_app: App, tx: Connection, entry: Entry) -> MentorQuiet | None:
    """None when they have been heard of since."""
    cohort, one = _about(tx, entry)
    if one.quiet_since is None or one.role is not Role.MENTOR:
        return None
    nick = people.by_id(tx, one.person_id, entry.network).nick
    return MentorQuiet(cohort.slug, nick, one.quiet_since.date())
