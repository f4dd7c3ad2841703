"""A run of a cohort ends on a date: said two weeks before, asked who stays for the next one, begun anew."""

from __future__ import annotations

from datetime import date, datetime
from functools import partial

from sqlalchemy.engine import Connection

from cohortbot.domain import schedule
from cohortbot.domain.message import Timing
from cohortbot.domain.model import Cohort, CohortState, Membership, MemberState, Role
from cohortbot.domain.running import EndsSoon, NextRunAsked, NextRunBegins, RunEnded, RunSummary, SeatNotKept
from cohortbot.service import rounds, seats
from cohortbot.service.app import App
from cohortbot.service.call import organizers
from cohortbot.service.outbox import composes
from cohortbot.store import awards, blockers, cohorts, events, memberships, outbox
from cohortbot.store import rounds as store_rounds
from cohortbot.store.engine import reading, transaction
from cohortbot.store.outbox import Entry


def ends_at(cohort: Cohort) -> datetime | None:
    """When the day begins, where the cohort is, on which its run ends; None if it does not."""
    return schedule.day_begins(cohort.ends, cohort.zone) if cohort.ends is not None else None


def end_runs(app: App, now: datetime) -> None:
    """Tell people `Limits.ends_soon` before the end of a run, and end it on its day, once each."""
    with reading(app.engine) as tx:
        ending = cohorts.ending(tx, app.network, now + app.limits.ends_soon)
    for cohort_id in ending:
        transaction(app.engine, partial(_end_run, app, cohort_id=cohort_id, now=now))


def _end_run(app: App, tx: Connection, cohort_id: int, now: datetime) -> None:
    cohort = cohorts.lock(tx, cohort_id)
    end = ends_at(cohort)
    if end is None or cohort.state not in (CohortState.ACTIVE, CohortState.PAUSED):
        return
    if now >= end:
        _end(app, tx, cohort, now)
    elif now >= end - app.limits.ends_soon and cohorts.tell_of_end(tx, cohort):
        for one in _people(tx, cohort):
            _tell(tx, "ends-soon", cohort, one.person_id, now, Timing.DAILY, membership=one.id)


def _people(tx: Connection, cohort: Cohort) -> list[Membership]:
    """Who is in it: its mentors, its mentees, and who waits."""
    return [*memberships.mentors(tx, cohort.id), *memberships.mentees(tx, cohort.id), *_line(tx, cohort)]


def _line(tx: Connection, cohort: Cohort) -> list[Membership]:
    offered = memberships.in_states(tx, cohort.id, Role.MENTEE, [MemberState.OFFERED])
    return [*offered, *memberships.waiting(tx, cohort.id)]


def _end(app: App, tx: Connection, cohort: Cohort, now: datetime) -> None:
    """Its round closes, offers rest, whoever has a seat is asked, organizers get the summary."""
    if not cohorts.move_to(tx, cohort, CohortState.ENDED, None, now):
        return
    if cohort.state is CohortState.PAUSED:  # the time in which they rested is theirs
        memberships.extend_offers(tx, cohort.id, cohort.state_since, now)
    events.record(tx, "cohort_ended", now, way="tick", cohort=cohort.id)
    outbox.withdraw(tx, now, kinds=["offer"], cohort=cohort.id)
    still_open = store_rounds.open_of(tx, cohort.id)
    if still_open is not None:
        rounds.close_round(app, tx, still_open, now)
    key = f"run-ended:{cohort.id}:{cohort.ends}"
    outbox.put(tx, "run-ended", key, network=cohort.network, now=now, cohort=cohort.id)
    for one in memberships.mentees(tx, cohort.id):
        _tell(tx, "next-run-asked", cohort, one.person_id, now, Timing.BY_DAY, membership=one.id)
    for organizer in organizers(app, tx, now):
        _tell(tx, "run-summary", cohort, organizer.id, now, Timing.DAILY)


def begin_next_run(app: App, tx: Connection, cohort: Cohort, now: datetime) -> None:
    """An ended cohort whose end was moved, or taken away, goes on with those who said `stay`.

    Nothing happens to one that has not ended, or whose new end is past as well. It is locked.
    """
    end = ends_at(cohort)
    if cohort.state is not CohortState.ENDED or (end is not None and end <= now):
        return
    cohorts.move_to(tx, cohort, CohortState.ACTIVE, None, now)
    cohorts.change(tx, cohort.id, {"due_from": now, "due_at": None})
    seats.wake_offers(tx, cohort, now)
    events.record(tx, "run_began", now, way="tick", cohort=cohort.id)
    key = f"run-began:{cohort.id}:{now.isoformat()}"
    outbox.put(tx, "run-began", key, network=cohort.network, now=now, cohort=cohort.id)
    for one in memberships.mentees(tx, cohort.id):
        if one.stay_at is not None:
            memberships.change(tx, one.id, stay_at=None, silent_rounds=0, asked_at=None)
        else:
            seats.end(app, tx, one, MemberState.LEFT, now, first_until=now + app.limits.first_again)
            _tell(tx, "run-left", cohort, one.person_id, now, Timing.DAILY, membership=one.id)


def _tell(
    tx: Connection,
    kind: str,
    cohort: Cohort,
    person_id: int,
    now: datetime,
    timing: Timing,
    membership: int | None = None,
) -> None:
    outbox.put(
        tx,
        kind,
        f"{kind}:{cohort.id}:{now.isoformat()}:{person_id}",
        network=cohort.network,
        now=now,
        person=person_id,
        cohort=cohort.id,
        membership=membership,
        timing=timing,
    )


# --- words


def _about(tx: Connection, entry: Entry) -> Cohort:
    assert entry.cohort_id is not None  # every kind below has one
    return cohorts.by_id(tx, entry.cohort_id)


def _day(cohort: Cohort) -> date | None:
    return cohort.ends if cohort.state in (CohortState.ACTIVE, CohortState.PAUSED) else None


@composes("ends-soon")
def ends_soon(_app: App, tx: Connection, entry: Entry) -> EndsSoon | None:
    """None once it has ended, or does not end any more."""
    cohort = _about(tx, entry)
    day = _day(cohort)
    return EndsSoon(cohort.slug, day, cohort.zone) if day is not None else None


@composes("run-ended")
def run_ended(_app: App, tx: Connection, entry: Entry) -> RunEnded | None:
    cohort = _about(tx, entry)
    return RunEnded(cohort.slug) if cohort.state is CohortState.ENDED else None


@composes("next-run-asked")
def next_run_asked(_app: App, tx: Connection, entry: Entry) -> NextRunAsked | None:
    """None for who has answered, or left, and once the next run has begun."""
    cohort = _about(tx, entry)
    assert entry.membership_id is not None  # as `_end` posts it
    one = memberships.by_id(tx, entry.membership_id)
    if cohort.state is not CohortState.ENDED or one.state is not MemberState.ACTIVE:
        return None
    return NextRunAsked(cohort.slug) if one.stay_at is None else None


@composes("run-summary")
def run_summary(_app: App, tx: Connection, entry: Entry) -> RunSummary | None:
    cohort = _about(tx, entry)
    if cohort.state is not CohortState.ENDED:
        return None
    mentees = memberships.mentees(tx, cohort.id)
    return RunSummary(
        slug=cohort.slug,
        met=store_rounds.count_closed(tx, cohort.id),
        awarded=awards.given(tx, cohort.id),
        unsolved=len(blockers.unsolved(tx, cohort_id=cohort.id)),
        seated=len(mentees),
        staying=sum(one.stay_at is not None for one in mentees),
        waiting=len(_line(tx, cohort)),
    )


@composes("run-began")
def run_began(_app: App, tx: Connection, entry: Entry) -> NextRunBegins | None:
    cohort = _about(tx, entry)
    if cohort.state is not CohortState.ACTIVE:
        return None
    return NextRunBegins(cohort.slug, cohort.ends)


@composes("run-left")
def run_left(_app: App, tx: Connection, entry: Entry) -> SeatNotKept | None:
    """For who had not said `stay`; None if they are back."""
    cohort = _about(tx, entry)
    if cohort.state is not CohortState.ACTIVE or entry.person_id is None:
        return None
    if memberships.live(tx, cohort.id, entry.person_id) is not None:
        return None
    return SeatNotKept(cohort.slug, cohort.ends)
