"""Rounds by the clock: opened when due, closed when their time is over, recorded when missed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
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

NEVER = datetime(9999, 1, 1, tzinfo=UTC)
UNANSWERED = 2  # rounds in a row without any answer, then organizers are asked what is wrong


def open_due(app: App, now: datetime) -> None:
    """Open what is due in active cohorts and record what was missed, a transaction for each cohort.

    Only those are looked at of which it is not known that nothing is due before a later instant.
    """
    with reading(app.engine) as tx:
        perhaps = cohorts.perhaps_due(tx, app.network, now)
    for cohort_id in perhaps:
        transaction(app.engine, partial(open_if_due, app, cohort_id=cohort_id, now=now))


@dataclass(frozen=True, slots=True)
class _Task:
    schedule: Schedule
    due: Due


def open_if_due(app: App, tx: Connection, cohort_id: int, now: datetime) -> None:
    """Decided with the cohort locked: another instance may have done it meanwhile.

    An empty roster is asked nothing: its slot is none, and organizers hear that once, until it has people.
    """
    cohort = cohorts.lock(tx, cohort_id)
    if cohort.schedule is None or cohort.state is not CohortState.ACTIVE:
        return
    task = _Task(cohort.schedule, _due(app, tx, cohort, cohort.schedule, now))
    _record_missed(app, tx, cohort, task, now)
    if task.due.open is not None:
        _open_due(app, tx, cohort, task.due, now)
    cohort = cohorts.by_id(tx, cohort_id)
    done = rounds.newest_slots(tx, [cohort.id]).get(cohort.id)
    next_due = schedule.due_at(task.schedule, cohort.due_from, done)
    cohorts.change(tx, cohort.id, {"due_at": next_due or NEVER})


def _due(app: App, tx: Connection, cohort: Cohort, plan: Schedule, now: datetime) -> Due:
    done = rounds.newest_slots(tx, [cohort.id]).get(cohort.id)
    return schedule.due(plan, cohort.due_from, done, now, app.limits.late)


def _open_due(app: App, tx: Connection, cohort: Cohort, due: Due, now: datetime) -> None:
    unfinished = rounds.open_of(tx, cohort.id)
    if unfinished is not None:  # opened under an earlier schedule
        close_round(app, tx, unfinished, now)
    if whom_to_ask(tx, cohort, now):
        open_round(app, tx, cohort, now, due.open, late=due.late, by=None)
        return
    # Not due again, though the clock may go on to show this very instant.
    cohorts.change(tx, cohort.id, {"due_from": now + timedelta(microseconds=1)})
    if cohorts.empty_begins(tx, cohort.id, now):
        for organizer in organizers(app, tx, now):
            _tell_organizer(tx, "nobody-to-ask", cohort, organizer.id, now, timing=Timing.DAILY)


def whom_to_ask(tx: Connection, cohort: Cohort, now: datetime) -> list[int]:
    """The mentees of a cohort who are not away, by id: the roster of a round that opens now."""
    mentees = [one.person_id for one in memberships.mentees(tx, cohort.id)]
    absent = away.away_now(tx, mentees, now)
    return [each for each in mentees if each not in absent]


def _tell_organizer(
    tx: Connection, kind: str, cohort: Cohort, person_id: int, now: datetime, **more: object
) -> None:
    key = f"{kind}:{cohort.id}:{now.isoformat()}:{person_id}"
    outbox.put(tx, kind, key, network=cohort.network, now=now, person=person_id, cohort=cohort.id, **more)  # type: ignore[arg-type]


def open_round(
    app: App, tx: Connection, cohort: Cohort, now: datetime, slot: Slot | None, *, late: bool, by: int | None
) -> Round:
    """Open the next round with today's mentees as its roster, and have the prompt said.

    The cohort is locked and has no open round. `slot` is the scheduled check-in that it is, or stands for;
    `by` the mentor who opened it by hand, None for the clock.
    """
    closes_at = now + app.limits.open_for
    if cohort.schedule is not None:
        closes_at = schedule.closes_at(cohort.schedule, now, slot)
    opened = rounds.make(
        tx,
        cohort.id,
        state=RoundState.OPEN,
        slot=slot,
        opened_at=now,
        closes_at=closes_at,
        opened_by=by,
        late=late,
    )
    rounds.freeze_roster(tx, opened.id, whom_to_ask(tx, cohort, now))
    cohorts.empty_ends(tx, cohort.id)
    held.file_into(tx, cohort.id, opened.id)
    way = "tick" if by is None else "irc"
    events.record(tx, "opened", now, way=way, by=by, cohort=cohort.id, round_=opened.id)
    outbox.put(
        tx,
        "prompt",
        f"prompt:{opened.id}",
        network=cohort.network,
        now=now,
        cohort=cohort.id,
        round_=opened.id,
        expires_at=closes_at,
    )
    return opened


def _record_missed(app: App, tx: Connection, cohort: Cohort, task: _Task, now: datetime) -> None:
    """Each takes the next number and nobody's record; organizers hear of all of them at once."""
    missed: list[Round] = []
    for slot in task.due.missed:
        was_due = schedule.instant(task.schedule, slot)
        one = rounds.make(
            tx,
            cohort.id,
            state=RoundState.MISSED,
            slot=slot,
            opened_at=was_due,
            closes_at=schedule.closes_at(task.schedule, was_due, slot),
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
