"""Who is there to mentor a cohort, and the word to organizers when hardly anybody is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy.engine import Connection

from cohortbot.domain import zones
from cohortbot.domain.absence import FewMentors, LeftIn
from cohortbot.domain.model import Cohort, CohortState, MemberState, Person, Role
from cohortbot.service.app import App
from cohortbot.service.call import organizers
from cohortbot.service.outbox import composes
from cohortbot.store import away, cohorts, memberships, outbox, people
from cohortbot.store.outbox import Entry


def acting(tx: Connection, cohort: Cohort, now: datetime) -> list[Person]:
    """The mentors who are there, and whoever stands in for those who are not."""
    ids = away.acting_mentors(tx, cohort.id, now)
    known = people.by_ids(tx, ids, cohort.network)
    return [known[each] for each in ids]


def mentored(tx: Connection, person_id: int) -> list[Cohort]:
    """The cohorts that somebody mentors, but archived ones."""
    mine = [one for one in memberships.live_of(tx, person_id) if one.role is Role.MENTOR]
    found = [cohorts.by_id(tx, one.cohort_id) for one in mine if one.state is MemberState.ACTIVE]
    return [one for one in found if one.state is not CohortState.ARCHIVED]


def hours_uncovered(cohort: Cohort, mentors: Sequence[Person], now: datetime) -> tuple[zones.Hours, ...]:
    """When it is night for all of them today; who has not said `tz` lives by the cohort's clock."""
    return tuple(zones.uncovered([one.zone or cohort.zone for one in mentors], now.date()))


def left_in(tx: Connection, cohort: Cohort, now: datetime) -> LeftIn:
    there = acting(tx, cohort, now)
    return LeftIn(cohort.slug, tuple(one.nick for one in there), hours_uncovered(cohort, there, now))


def lost(app: App, tx: Connection, cohort_id: int, now: datetime) -> None:
    """A mentor is not there any more; organizers are told once, until enough are there again."""
    cohort = cohorts.by_id(tx, cohort_id)
    there = away.acting_mentors(tx, cohort_id, now)
    if cohort.state is CohortState.ARCHIVED or len(there) >= app.limits.mentors_enough:
        return
    if not cohorts.few_mentors_begin(tx, cohort_id, now):
        return
    for organizer in organizers(app, tx, now):
        key = f"few-mentors:{cohort_id}:{now.isoformat()}:{organizer.id}"
        outbox.put(
            tx, "few-mentors", key, network=cohort.network, now=now, person=organizer.id, cohort=cohort_id
        )


def gained(app: App, tx: Connection, cohort_id: int, now: datetime) -> None:
    """A mentor is there again, or new."""
    if len(away.acting_mentors(tx, cohort_id, now)) >= app.limits.mentors_enough:
        cohorts.few_mentors_end(tx, cohort_id)


@composes("few-mentors")
def few_mentors(app: App, tx: Connection, entry: Entry) -> FewMentors | None:
    """Nothing when enough are there by now."""
    assert entry.cohort_id is not None  # as `lost` posts it
    cohort, now = cohorts.by_id(tx, entry.cohort_id), app.now()
    left = left_in(tx, cohort, now)
    if len(left.mentors) >= app.limits.mentors_enough:
        return None
    mentors = [one.person_id for one in memberships.mentors(tx, cohort.id)]
    known = people.by_ids(tx, mentors, entry.network)
    absent = away.away_now(tx, mentors, now)
    gone = tuple((known[each].nick, absent[each].last_day) for each in mentors if each in absent)
    return FewMentors(cohort.slug, left.mentors, gone, left.uncovered, day_in(cohort.zone, now))


def day_in(zone: str, now: datetime) -> date:
    return now.astimezone(ZoneInfo(zone)).date()
