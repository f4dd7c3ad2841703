"""Rounds by the clock: opened when due, closed when their time is over, recorded when missed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial

from sqlalchemy.engine import Connection

from cohortbot.domain import schedule
from cohortbot.domain.checkins import (
    Digest,
    NobodyToAsk,
    Prompt,
    RoundsMissed,
    RoundStillOpen,
    RoundsUnanswered,
    SilentPeople,
    Stuck,
)
from cohortbot.domain.message import Timing
from cohortbot.domain.model import Cohort, CohortState, Membership, Round, RoundState
from cohortbot.domain.schedule import Due, Schedule, Slot
from cohortbot.service import helping, silence
from cohortbot.service.app import App
from cohortbot.service.call import organizers
from cohortbot.service.outbox import composes
from cohortbot.store import away, blockers, cohorts, events, held, memberships, outbox, people, rounds
from cohortbot.store.engine import reading, transaction
from cohortbot.store.outbox import Entry
from cohortbot.store.rounds import Opening

NEVER = datetime(9999, 1, 1, tzinfo=UTC)
BATCH = 100  # cohorts in one transaction: short enough for those who wait for an answer meanwhile
UNANSWERED = 2  # rounds in a row without any answer, then organizers are asked what is wrong


def open_due(app: App, now: datetime) -> None:
    """Open what is due in active cohorts and record what was missed, at most BATCH cohorts a transaction.

    Only those are looked at of which it is not known that nothing is due before a later instant.
    """
    with reading(app.engine) as tx:
        perhaps = cohorts.perhaps_due(tx, app.network, now)
    for first in range(0, len(perhaps), BATCH):
        some = perhaps[first : first + BATCH]
        transaction(app.engine, partial(open_if_due, app, cohort_ids=some, now=now))


def open_if_due(app: App, tx: Connection, cohort_ids: Sequence[int], now: datetime) -> None:
    """Decided with the cohorts locked: another instance may have done it meanwhile."""
    awake = {
        one.id: (one, one.schedule)
        for one in cohorts.lock_all(tx, cohort_ids)
        if one.schedule is not None and one.state is CohortState.ACTIVE
    }
    done = rounds.newest_slots(tx, awake)
    due = {
        each: schedule.due(plan, one.due_from, done.get(each), now, app.limits.late)
        for each, (one, plan) in awake.items()
    }
    for each, what in due.items():
        _record_missed(app, tx, *awake[each], what.missed, now)
    _open_due(app, tx, [(awake[each][0], what) for each, what in due.items() if what.open is not None], now)
    done = rounds.newest_slots(tx, awake)
    cohorts.note_due(
        tx,
        {
            one.id: schedule.due_at(awake[one.id][1], one.due_from, done.get(one.id)) or NEVER
            for one in cohorts.by_ids(tx, awake)
        },
    )


def _open_due(app: App, tx: Connection, some: Sequence[tuple[Cohort, Due]], now: datetime) -> None:
    """Who has nobody to ask holds no check-in, and organizers hear that once, until there is somebody."""
    ids = [cohort.id for cohort, _ in some]
    for unfinished in rounds.open_of_each(tx, ids).values():  # opened under an earlier schedule
        close_round(app, tx, unfinished, now)
    rosters = _whom_to_ask(tx, ids, now)
    open_rounds(
        app,
        tx,
        [
            opening(app, cohort, rosters[cohort.id], now, due.open, late=due.late)
            for cohort, due in some
            if rosters[cohort.id]
        ],
        now,
    )
    for cohort, _ in some:
        if not rosters[cohort.id]:
            _nobody_to_ask(app, tx, cohort, now)


def _nobody_to_ask(app: App, tx: Connection, cohort: Cohort, now: datetime) -> None:
    # Not due again, though the clock may go on to show this very instant.
    cohorts.change(tx, cohort.id, {"due_from": now + timedelta(microseconds=1)})
    if cohorts.empty_begins(tx, cohort.id, now):
        for organizer in organizers(app, tx, now):
            _tell_organizer(tx, "nobody-to-ask", cohort, organizer.id, now, timing=Timing.DAILY)


def whom_to_ask(tx: Connection, cohort: Cohort, now: datetime) -> list[int]:
    """The mentees of a cohort who are not away, by id: the roster of a round that opens now."""
    return _whom_to_ask(tx, [cohort.id], now)[cohort.id]


def _whom_to_ask(tx: Connection, cohort_ids: Sequence[int], now: datetime) -> dict[int, list[int]]:
    mentees = memberships.mentee_ids(tx, cohort_ids)
    absent = away.away_now(tx, [each for some in mentees.values() for each in some], now)
    return {one: [each for each in mentees.get(one, ()) if each not in absent] for one in cohort_ids}


def _tell_organizer(
    tx: Connection, kind: str, cohort: Cohort, person_id: int, now: datetime, **more: object
) -> None:
    key = f"{kind}:{cohort.id}:{now.isoformat()}:{person_id}"
    outbox.put(tx, kind, key, network=cohort.network, now=now, person=person_id, cohort=cohort.id, **more)  # type: ignore[arg-type]


def opening(
    app: App,
    cohort: Cohort,
    roster: Sequence[int],
    now: datetime,
    slot: Slot | None,
    *,
    late: bool = False,
    by: int | None = None,
) -> Opening:
    """A round that opens now; `slot` is the scheduled check-in that it is, or stands for, if it is any."""
    closes_at = now + app.limits.open_for
    if cohort.schedule is not None:
        closes_at = schedule.closes_at(cohort.schedule, now, slot)
    return Opening(cohort.id, roster, slot, closes_at, late, by)


def open_rounds(app: App, tx: Connection, openings: Sequence[Opening], now: datetime) -> list[Round]:
    """Open these, and have their prompts said; the cohorts are locked and have no open round."""
    if not openings:
        return []
    opened = rounds.open_all(tx, openings, now)
    cohorts.empty_ends(tx, [one.cohort_id for one in openings])
    held.file_into(tx, {one.cohort_id: one.id for one in opened})
    events.record_opened(tx, opened, now)
    outbox.put_prompts(tx, app.network, opened, now)
    return opened


def _record_missed(
    app: App, tx: Connection, cohort: Cohort, plan: Schedule, slots: Sequence[Slot], now: datetime
) -> None:
    """Each takes the next number and nobody's record; organizers hear of all of them at once."""
    missed: list[Round] = []
    for slot in slots:
        was_due = schedule.instant(plan, slot)
        one = rounds.make(
            tx,
            cohort.id,
            state=RoundState.MISSED,
            slot=slot,
            opened_at=was_due,
            closes_at=schedule.closes_at(plan, was_due, slot),
            closed_at=now,
        )
        events.record(tx, "missed", now, way="tick", cohort=cohort.id, round_=one.id)
        missed.append(one)
    if not missed:
        return
    for organizer in organizers(app, tx, now):
        outbox.put(
            tx,
            "missed",
            f"missed:{missed[-1].id}:{organizer.id}",
            network=cohort.network,
            now=now,
            person=organizer.id,
            cohort=cohort.id,
            round_=missed[-1].id,
            detail=str(len(missed)),
        )


def close_due(app: App, now: datetime) -> None:
    """Close every open round whose time is over, in whatever state its cohort is."""
    with reading(app.engine) as tx:
        due = rounds.due_to_close(tx, app.network, now)
    for one in due:
        transaction(app.engine, partial(close_round, app, one=one, now=now))


def close_round(app: App, tx: Connection, one: Round, now: datetime) -> bool:
    """Close an open round: its prompt is said no more, the channel gets the digest, mentors who was silent.

    False when somebody else closed it meanwhile; then nothing is changed.
    """
    cohort = cohorts.lock(tx, one.cohort_id)
    if not rounds.close(tx, one.id, now):
        return False
    events.record(tx, "closed", now, way="tick", cohort=cohort.id, round_=one.id)
    outbox.withdraw(tx, now, kinds=["prompt"], round=one.id)
    say = partial(outbox.put, tx, network=cohort.network, now=now, cohort=cohort.id, round_=one.id)
    say("digest", f"digest:{one.id}")
    helping.note_answers(app, tx, cohort, now)
    silence.note_round(app, tx, cohort, one, now)
    if now >= one.closes_at and rounds.unanswered_in_a_row(tx, cohort.id) == UNANSWERED:
        for organizer in organizers(app, tx, now):
            _tell_organizer(tx, "unanswered", cohort, organizer.id, now, round_=one.id)
    return True


def stuck_in(tx: Connection, cohort: Cohort) -> tuple[Stuck, ...]:
    """The unsolved blockers of a cohort as anyone of it may see them, oldest first."""
    unsolved = blockers.unsolved(tx, cohort_id=cohort.id)
    known = people.by_ids(tx, [one.person_id for one in unsolved], cohort.network)
    return tuple(Stuck(one.id, None if one.private else known[one.person_id].nick) for one in unsolved)


# --- words


def _about(tx: Connection, entry: Entry) -> tuple[Cohort, Round]:
    assert entry.cohort_id is not None and entry.round_id is not None  # every kind below has both
    return cohorts.by_id(tx, entry.cohort_id), rounds.by_id(tx, entry.round_id)


@composes("prompt")
def prompt(_app: App, tx: Connection, entry: Entry) -> Prompt | RoundStillOpen | None:
    """The prompt once; after a sending that died without a receipt, what is true heard or not."""
    cohort, one = _about(tx, entry)
    if one.state is not RoundState.OPEN:
        return None
    if entry.attempts > 0:
        return RoundStillOpen(cohort.slug, one.number, one.closes_at, cohort.zone)
    return Prompt(cohort.slug, one.number, one.late, one.closes_at, cohort.zone, cohort.question)


@composes("digest")
def digest(_app: App, tx: Connection, entry: Entry) -> Digest:
    cohort, one = _about(tx, entry)
    return Digest(cohort.slug, one.number, rounds.tally(tx, one.id), stuck_in(tx, cohort), cohort.public)


@composes("silent")
def silent(app: App, tx: Connection, entry: Entry) -> SilentPeople | None:
    """None when the reader mentors the cohort no more: only its mentors and their covers are told names.

    Where nobody mentors it, the organizers are.
    """
    cohort, one = _about(tx, entry)
    mentors = {mentor.person_id for mentor in memberships.mentors(tx, cohort.id)}
    readers = mentors.union(away.acting_mentors(tx, cohort.id, app.now()))
    if entry.person_id not in (readers or {each.id for each in organizers(app, tx, app.now())}):
        return None
    unanswered = rounds.silent(tx, one.id)
    names = people.by_ids(tx, unanswered, entry.network)
    seats = {each: memberships.last_of(tx, cohort.id, each) for each in unanswered}

    def nicks(which: Callable[[Membership], bool]) -> tuple[str, ...]:
        return tuple(names[each].nick for each, seat in seats.items() if seat is not None and which(seat))

    return SilentPeople(
        cohort.slug,
        one.number,
        tuple(names[each].nick for each in unanswered),
        asked=nicks(
            lambda seat: seat.state.live and seat.asked_at is not None and seat.asked_at >= one.closes_at
        ),
        gone=nicks(
            lambda seat: seat.first_until is not None and seat.silent_rounds > 1 and not seat.state.live
        ),
    )


@composes("missed")
def missed(_app: App, tx: Connection, entry: Entry) -> RoundsMissed:
    cohort, newest = _about(tx, entry)
    count = int(entry.detail or 1)
    numbers = tuple(range(newest.number - count + 1, newest.number + 1))
    return RoundsMissed(cohort.slug, numbers, newest.opened_at, cohort.zone)


@composes("nobody-to-ask")
def nobody_to_ask(_app: App, tx: Connection, entry: Entry) -> NobodyToAsk | None:
    """None when somebody has taken a seat since."""
    assert entry.cohort_id is not None  # as `_open_due` posts it
    cohort = cohorts.by_id(tx, entry.cohort_id)
    if whom_to_ask(tx, cohort, entry.made_at):
        return None
    return NobodyToAsk(cohort.slug, seated=len(memberships.mentees(tx, cohort.id)))


@composes("unanswered")
def unanswered(_app: App, tx: Connection, entry: Entry) -> RoundsUnanswered:
    cohort, one = _about(tx, entry)
    return RoundsUnanswered(cohort.slug, one.number, UNANSWERED)
