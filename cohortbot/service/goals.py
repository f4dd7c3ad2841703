"""A goal reached: said by the mentee, confirmed by a mentor, and the badge that follows."""

from __future__ import annotations

import secrets
from base64 import b32encode
from datetime import datetime

from sqlalchemy.engine import Connection

from cohortbot.domain.deeds import Deed
from cohortbot.domain.mentoring import (
    BadgeIssued,
    CompleteAlready,
    Completed,
    Congratulations,
    DoneAsked,
    DoneNoted,
    NextSteps,
)
from cohortbot.domain.message import Timing
from cohortbot.domain.model import Award, Cohort, CohortState, Membership, MemberState, Person, Role
from cohortbot.domain.refusals import (
    CohortNeeded,
    CompletingYourself,
    MentorCannotBeMentee,
    NotInIt,
    NotMemberOf,
)
from cohortbot.service import seats
from cohortbot.service.app import App
from cohortbot.service.call import Call, Refused, handles, organizers
from cohortbot.service.outbox import composes
from cohortbot.service.waits import Wait, waits
from cohortbot.store import awards, away, cohorts, memberships, people
from cohortbot.store.outbox import Entry

PUBLIC_ID = 20  # letters and digits, 5 bits each: nobody guesses one of 2 to the 100th


def badge_path(award: Award) -> str | None:
    """The badge's page; None while it waits for its person to identify."""
    return f"/b/{award.public_id}" if award.issued_at is not None else None


def _new_public_id() -> str:
    return b32encode(secrets.token_bytes(PUBLIC_ID)).decode().lower()[:PUBLIC_ID]


# --- done


@handles("done")
def done(call: Call) -> DoneNoted | CompleteAlready:
    """Notes it, and asks a mentor to confirm; where mentors cannot hear it they are told."""
    me = call.speaker.person
    cohort = _cohort_done(call, me)
    one = memberships.live(call.tx, cohort.id, me.id) if me is not None else None
    if me is None:
        raise Refused(NotInIt(cohort.slug))
    if one is None:
        return _complete_already(call, cohort, me, nick=None)
    if one.role is Role.MENTOR:
        raise Refused(MentorCannotBeMentee(cohort.slug))
    if one.state is not MemberState.ACTIVE:
        raise Refused(NotInIt(cohort.slug))
    again = one.done_at is not None and call.args.url in (None, one.done_url)
    if not again:
        memberships.change(
            call.tx, one.id, done_at=one.done_at or call.now, done_url=call.args.url or one.done_url
        )
        call.record(Deed.DONE, person=me.id, cohort=cohort.id, membership=one.id)
        if call.message.target != cohort.channel:
            _ask_mentors(call, cohort, one, me)
    return DoneNoted(cohort.slug, me.nick, call.mentor_nicks(cohort), again)


def _cohort_done(call: Call, me: Person | None) -> Cohort:
    """The one named; else the only one where the speaker is a mentee."""
    if call.args.cohort is not None or me is None:
        return call.cohort()
    seated = [
        one.cohort_id
        for one in memberships.live_of(call.tx, me.id)
        if one.role is Role.MENTEE and one.state is MemberState.ACTIVE
    ]
    return cohorts.by_id(call.tx, seated[0]) if len(seated) == 1 else call.cohort()


def _ask_mentors(call: Call, cohort: Cohort, one: Membership, me: Person) -> None:
    """Those who are there; where no mentor is, the organizers."""
    mentors = away.acting_mentors(call.tx, cohort.id, call.now)
    for person_id in mentors or [each.id for each in organizers(call.app, call.tx, call.now)]:
        key = f"done:{one.id}:{call.message.msgid}:{person_id}"
        call.post("done", key, person=person_id, cohort=cohort.id, membership=one.id, about=me.id)


def _complete_already(call: Call, cohort: Cohort, person: Person, nick: str | None) -> CompleteAlready:
    """What a second `done` or `complete` is told; refused when there was no first."""
    last = memberships.last_of(call.tx, cohort.id, person.id)
    award = awards.of_membership(call.tx, last.id) if last is not None else None
    if award is None:
        raise Refused(NotInIt(cohort.slug) if nick is None else NotMemberOf(nick, cohort.slug, "mentee"))
    return CompleteAlready(cohort.slug, nick, badge_path(award))


# --- complete


@handles("complete")
def complete(call: Call) -> Congratulations | Completed | CompleteAlready:
    """The award, the freed seat and its next holder in one transaction; said in the cohort's channel once."""
    call.require_proof()
    person = call.person(call.args.nick or "")
    cohort = _cohort_completed(call, person)
    mentor = call.require_mentor(cohort)
    if person.id == mentor.id:
        others = tuple(nick for nick in call.mentor_nicks(cohort) if nick != mentor.nick)
        raise Refused(CompletingYourself(cohort.slug, others))
    cohort = cohorts.lock(call.tx, cohort.id)
    one = memberships.live(call.tx, cohort.id, person.id)
    if one is None:
        return _complete_already(call, cohort, person, person.nick)
    if one.role is Role.MENTOR or one.state is not MemberState.ACTIVE:
        raise Refused(NotMemberOf(person.nick, cohort.slug, "mentee"))
    award = awards.make(
        call.tx,
        one,
        _new_public_id(),
        confirmed_by=mentor.id,
        now=call.now,
        issued=person.proven,
        url=call.args.url or one.done_url,
    )
    offered = seats.end(call.app, call.tx, one, MemberState.COMPLETED, call.now)
    ids = {"cohort": cohort.id, "membership": one.id, "award": award.id}
    call.record(Deed.COMPLETED, person=person.id, **ids)
    call.post("next-steps", f"next-steps:{award.id}", person=person.id, **ids)
    if call.message.target == cohort.channel:
        return _congratulations(cohort, person, award)
    call.post("congratulations", f"congratulations:{award.id}", about=person.id, **ids)
    return Completed(cohort.slug, person.nick, badge_path(award), offered)


def _cohort_completed(call: Call, person: Person) -> Cohort:
    """The one named; else the only one of the speaker's where that person is a mentee, or has just been."""
    if call.args.cohort is not None:
        return call.cohort()
    mine = [call.cohort(slug) for slug in call.names.own or call.names.channels]
    if not call.speaker.organizer:
        mine = [cohort for cohort in mine if cohort.slug in call.names.own]
    lasts = [(cohort, memberships.last_of(call.tx, cohort.id, person.id)) for cohort in mine]
    seated = [cohort for cohort, last in lasts if last and last.state is MemberState.ACTIVE]
    finished = [cohort for cohort, last in lasts if last and last.state is MemberState.COMPLETED]
    candidates = seated or finished
    if len(candidates) == 1:
        return candidates[0]
    slugs = tuple(cohort.slug for cohort in candidates or mine)
    raise Refused(CohortNeeded(call.verb.name, call.verb.usage, slugs, tuple(call.names.channels)))


def _congratulations(cohort: Cohort, person: Person, award: Award) -> Congratulations:
    return Congratulations(cohort.slug, person.nick, cohort.badge_name, badge_path(award))


# --- words


def _about(tx: Connection, entry: Entry) -> tuple[Cohort, Award, Person]:
    assert entry.cohort_id is not None and entry.award_id is not None  # every kind but `done` has both
    award = awards.by_id(tx, entry.award_id)
    return cohorts.by_id(tx, entry.cohort_id), award, people.by_id(tx, award.person_id, entry.network)


@waits
def unconfirmed(app: App, tx: Connection, before: datetime, now: datetime) -> list[Wait]:
    """Who says that they are done, and whom no mentor has answered."""
    return [
        Wait(
            kind="done",
            key=f"{one.id}:{one.done_at.isoformat()}",
            since=one.done_at,
            to=tuple(away.acting_mentors(tx, one.cohort_id, now)),
            cohort=one.cohort_id,
            membership=one.id,
        )
        for one in memberships.unconfirmed(tx, app.network, before)
        if one.done_at is not None
    ]


@composes("done")
def done_asked(_app: App, tx: Connection, entry: Entry) -> DoneAsked | None:
    assert entry.cohort_id is not None and entry.membership_id is not None  # as `_ask_mentors` posts it
    one = memberships.by_id(tx, entry.membership_id)
    if one.state is not MemberState.ACTIVE or one.done_at is None:
        return None
    person, cohort = people.by_id(tx, one.person_id, entry.network), cohorts.by_id(tx, entry.cohort_id)
    since = one.done_at if entry.timing is Timing.DAILY else None
    return DoneAsked(cohort.slug, person.nick, one.done_url, since, cohort.zone)


@composes("congratulations")
def congratulations(_app: App, tx: Connection, entry: Entry) -> Congratulations | None:
    cohort, award, person = _about(tx, entry)
    return None if award.revoked_at is not None else _congratulations(cohort, person, award)


@composes("next-steps")
def next_steps(_app: App, tx: Connection, entry: Entry) -> NextSteps | None:
    """Public cohorts with a free place in which they are not yet and have not finished; `next` first."""
    cohort, award, person = _about(tx, entry)
    if award.revoked_at is not None:
        return None
    taken, waiting = memberships.taken_and_waiting(tx)
    free = [
        (one.slug, one.places - taken.get(one.id, 0))
        for one in cohorts.all_of(tx, entry.network)
        if one.public
        and one.state is CohortState.ACTIVE
        and one.places > taken.get(one.id, 0)
        and not waiting.get(one.id)
        and _is_new_to(tx, one, person)
    ]
    suggested = {slug: place for place, slug in enumerate(cohort.next_slugs)}
    free.sort(key=lambda one: suggested.get(one[0], len(suggested)))
    return NextSteps(cohort.slug, badge_path(award), tuple(free))


def _is_new_to(tx: Connection, cohort: Cohort, person: Person) -> bool:
    last = memberships.last_of(tx, cohort.id, person.id)
    return last is None or not (last.state.live or last.state is MemberState.COMPLETED)


@composes("badge")
def badge(_app: App, tx: Connection, entry: Entry) -> BadgeIssued | None:
    cohort, award, _ = _about(tx, entry)
    path = badge_path(award)
    if path is None or award.revoked_at is not None:
        return None
    return BadgeIssued(cohort.slug, cohort.badge_name, path)
