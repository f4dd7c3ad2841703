"""A schedule is edited between two rounds: nothing is asked twice, nothing is left out without a word."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.engine import Connection

from cohortbot.domain import schedule
from cohortbot.domain.checkins import NextMoved
from cohortbot.domain.model import Cohort
from cohortbot.service import rounds
from cohortbot.service.app import App
from cohortbot.service.offers import next_checkin
from cohortbot.service.outbox import composes
from cohortbot.store import cohorts, outbox
from cohortbot.store import rounds as store_rounds
from cohortbot.store.outbox import Entry


@dataclass(frozen=True, slots=True)
class Before:
    """A cohort as it was before an edit, with what was due done, and its next check-in then."""

    cohort: Cohort
    next_at: datetime | None


@dataclass(frozen=True, slots=True)
class Replanned:
    """The next check-in before and after an edit; None where none was planned, or none is."""

    was: datetime | None
    next_at: datetime | None


def settle(app: App, tx: Connection, cohort_id: int, now: datetime) -> Before:
    """Before an edit: what is due under the old schedule is opened or recorded; locks the cohort."""
    rounds.open_if_due(app, tx, [cohort_id], now)
    cohort = cohorts.lock(tx, cohort_id)
    return Before(cohort, next_checkin(tx, cohort, now))


def begin(tx: Connection, before: Before, now: datetime, *, said_in: str | None) -> Replanned:
    """After it: slots of the new schedule are due from now on, and not sooner than half a period after one.

    The channel hears when the next check-in is another, unless it was said there.
    """
    cohort = cohorts.by_id(tx, before.cohort.id)
    if cohort.schedule is not None:
        done = store_rounds.newest_slots(tx, [cohort.id]).get(cohort.id)
        due_from = schedule.due_after_edit(before.cohort.schedule, cohort.schedule, done, now)
        cohorts.change(tx, cohort.id, {"due_from": due_from, "due_at": None})
    next_at = next_checkin(tx, cohorts.by_id(tx, cohort.id), now)
    if next_at != before.next_at and said_in != cohort.channel:
        was = before.next_at.isoformat() if before.next_at is not None else None
        key = f"next-moved:{cohort.id}:{now.isoformat()}"
        outbox.put(tx, "next-moved", key, network=cohort.network, now=now, cohort=cohort.id, detail=was)
    return Replanned(before.next_at, next_at)


@composes("next-moved")
def next_moved(app: App, tx: Connection, entry: Entry) -> NextMoved | None:
    """None when it is as it was by now."""
    assert entry.cohort_id is not None  # as `begin` posts it
    cohort = cohorts.by_id(tx, entry.cohort_id)
    was = datetime.fromisoformat(entry.detail) if entry.detail is not None else None
    next_at = next_checkin(tx, cohort, app.now())
    return NextMoved(cohort.slug, was, next_at, cohort.zone) if next_at != was else None
