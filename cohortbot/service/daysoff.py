"""Days off: dates without check-ins in all cohorts, from the config and from chat."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy.engine import Connection

from cohortbot.config import Config
from cohortbot.domain.model import Cohort, CohortState
from cohortbot.domain.refusals import TooLong
from cohortbot.domain.running import DaysOff, DaysOffSet, DaysOffWords, read_days_off, together
from cohortbot.service import replanning
from cohortbot.service.app import App
from cohortbot.service.call import Call, Refused, handles
from cohortbot.service.coverage import day_in
from cohortbot.store import cohorts, days_off, events

Moved = list[tuple[Cohort, datetime | None]]
"""Cohorts whose next check-in is another now, with when it is."""


@handles("days-off")
def days_off_(call: Call) -> DaysOff | DaysOffSet:
    """Lists those ahead, or makes some; a day is that of each cohort's own zone."""
    me = call.require_organizer()
    today = day_in(call.zone(), call.now)
    if call.args.text is None:
        ahead = [(one.day, one.why) for one in days_off.of(call.tx, call.network) if one.day >= today]
        return DaysOff(together(ahead), today)
    words = read_days_off(call.args.text, today)
    if not isinstance(words, DaysOffWords):
        raise Refused(words)
    if words.why is not None and len(words.why) > call.app.limits.text:
        raise Refused(TooLong("reason", call.app.limits.text, len(words.why)))
    days = [words.first + timedelta(days=n) for n in range((words.last - words.first).days + 1)]

    def put() -> Sequence[date]:
        return days_off.put(call.tx, call.network, days, off=words.off, by=me.id, why=words.why)

    changed, moved = _replanned(call.app, call.tx, call.now, put, said_in=call.message.target)
    for day in changed:
        call.record("day_off" if words.off else "day_on", detail=day.isoformat())
    # In a channel a cohort that is not public is not named.
    shown = [(one, at) for one, at in moved if one.public or call.message.target is None]
    named = tuple((one.slug, at, one.zone) for one, at in shown)
    return DaysOffSet(words.first, words.last, words.off, not changed, named, today)


def sync(app: App, tx: Connection, config: Config, now: datetime) -> list[date]:
    """Carry out the new edits of `programme.days_off`; the dates that changed."""
    wanted = config.programme.days_off

    def put() -> Sequence[date]:
        return days_off.were_in_file(tx, app.network, wanted)

    if not days_off.edited_in_file(tx, app.network, wanted):
        return []
    changed, _ = _replanned(app, tx, now, put, said_in=None)
    for day in changed:
        kind = "day_off" if day in wanted else "day_on"
        events.record(tx, kind, now, way="config", detail=day.isoformat())
    return list(changed)


def differ(tx: Connection, network: str, wanted: Collection[date]) -> bool:
    """Whether the days off in force are others than the config's."""
    return {one.day for one in days_off.of(tx, network)} != set(wanted)


def _replanned(
    app: App, tx: Connection, now: datetime, put: Callable[[], Sequence[date]], *, said_in: str | None
) -> tuple[Sequence[date], Moved]:
    """Change the days off between two rounds of every cohort (replanning.py)."""
    ids = sorted(one.id for one in cohorts.all_of(tx, app.network) if one.state is not CohortState.ARCHIVED)
    before = [replanning.settle(app, tx, each, now) for each in ids]
    changed = put()
    if not changed:
        return changed, []
    after = [(one.cohort, replanning.begin(tx, one, now, said_in=said_in)) for one in before]
    return changed, [(cohort, plan.next_at) for cohort, plan in after if plan.was != plan.next_at]
