"""When check-ins are due: slots as local dates, their instants over daylight saving, and what was missed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice, takewhile
from typing import Literal
from zoneinfo import ZoneInfo

Slot = date  # the local date of a check-in; one slot, one round
ON_TIME = timedelta(minutes=5)  # a round opened later than this says so


@dataclass(frozen=True, slots=True)
class Schedule:
    """Every `every_weeks` weeks on `weekday` (0 is Monday) at the wall-clock time `at` of `zone`.

    `starts` is the first slot and the anchor of the fortnight: weeks are counted from it, so that neither
    53-week years nor daylight saving move a check-in. `open_for` is how long a round is open, in real hours.
    Dates in `skip` are no slots, and move no other; nor is any date from `ends` on. ValueError if `starts`
    does not fall on `weekday`; `on_or_after` finds one that does.
    """

    every_weeks: Literal[1, 2]
    weekday: int
    at: time
    zone: str
    starts: date
    open_for: timedelta
    skip: frozenset[date] = frozenset()
    ends: date | None = None

    def __post_init__(self) -> None:
        if self.starts.weekday() != self.weekday:
            raise ValueError(f"{self.starts} does not fall on weekday {self.weekday}")


@dataclass(frozen=True, slots=True)
class Due:
    """What the tick has to do: record `missed`, oldest first, then open `open`, saying so if it is `late`."""

    open: Slot | None
    late: bool
    missed: tuple[Slot, ...]


NOTHING_DUE = Due(open=None, late=False, missed=())


def on_or_after(weekday: int, day: date) -> date:
    """The first date on `weekday` (0 is Monday) that is not before `day`."""
    return day + timedelta(days=(weekday - day.weekday()) % 7)


def period(schedule: Schedule) -> timedelta:
    """From one slot to the next, by the wall clock; over a change of clocks an hour more or less goes by."""
    return timedelta(weeks=schedule.every_weeks)


def slots(schedule: Schedule, after: date, count: int) -> list[Slot]:
    """The next `count` slots after the local date `after`, oldest first, none before `schedule.starts`.

    Fewer where the schedule ends.
    """
    return list(islice(_slots(schedule, after), count))


def instant(schedule: Schedule, slot: Slot) -> datetime:
    """When `slot` is due, in UTC: the cohort's wall-clock time on that date.

    In a spring gap it moves by the gap (RFC 5545, 3.3.5); in the autumn hour it is the first occurrence.
    """
    # fold=0 is both: the earlier of two, and in a gap the offset that held before it (PEP 495).
    return datetime.combine(slot, schedule.at, ZoneInfo(schedule.zone)).astimezone(UTC)


def latest_due(schedule: Schedule, now: datetime) -> Slot | None:
    """The newest slot whose instant is not after `now`; None before the first."""
    # A day further than the local date: clocks turned back over midnight make a date begin before it begins.
    day = now.astimezone(ZoneInfo(schedule.zone)).date() + timedelta(days=1)
    if schedule.ends is not None:
        day = min(day, schedule.ends - timedelta(days=1))
    slot = _date_after(schedule, day) - period(schedule)
    while slot >= schedule.starts:
        if slot not in schedule.skip and instant(schedule, slot) <= now:
            return slot
        slot -= period(schedule)
    return None


def next_slot(schedule: Schedule, after: datetime) -> Slot | None:
    """The oldest slot whose instant is after the instant `after`; None once the schedule has ended."""
    latest = latest_due(schedule, after)
    return _after(schedule, schedule.starts - timedelta(days=1) if latest is None else latest)


def next_undone(schedule: Schedule, since: datetime, done: Slot | None, now: datetime) -> Slot | None:
    """The next slot that is neither due by `now` nor held early: `since` and `done` as for `due`."""
    oldest, following = _oldest_undone(schedule, since, done), next_slot(schedule, now)
    return None if oldest is None or following is None else max(oldest, following)


def due_at(schedule: Schedule, since: datetime, done: Slot | None) -> datetime | None:
    """Before this instant `due` has nothing to do; None: never again under this schedule."""
    oldest = _oldest_undone(schedule, since, done)
    return instant(schedule, oldest) if oldest is not None else None


def closes_at(schedule: Schedule, opened_at: datetime, slot: Slot | None) -> datetime:
    """When a round opened at `opened_at` closes: after `open_for`, but never after the next check-in is due.

    `slot` is the one that the round took, whether it opened on time, late, or early by hand; None if none.
    Nor after the schedule has ended.
    """
    following = next_slot(schedule, opened_at) if slot is None else _after(schedule, slot)
    ends = [opened_at + schedule.open_for]
    if following is not None:
        ends.append(instant(schedule, following))
    if schedule.ends is not None:
        ends.append(day_begins(schedule.ends, schedule.zone))
    return min(ends)


def day_begins(day: date, zone: str) -> datetime:
    """The first instant of a date in a zone, in UTC: midnight, or behind a gap that leaves midnight out."""
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)


def taken_by_hand(schedule: Schedule, since: datetime, done: Slot | None, now: datetime) -> Slot | None:
    """The slot that a check-in opened by hand at `now` takes: the next one, if due within half a period.

    None also when that one is `done`, the newest slot already opened or recorded, or not due for an edit
    of the schedule (`since`).
    """
    slot = next_slot(schedule, now)
    if slot is None or slot != next_undone(schedule, since, done, now):
        return None
    return slot if instant(schedule, slot) - now <= period(schedule) / 2 else None


def due(schedule: Schedule, since: datetime, done: Slot | None, now: datetime, late: timedelta) -> Due:
    """What is due at `now` and not yet done.

    `since` is when the cohort, with this schedule, first existed or was resumed: slots before it are not due.
    `done` is the newest slot already opened or recorded, even under an earlier schedule; None if there is
    none. Only the newest slot may open: up to `late` late and with less than half a period gone. All
    others, and it too when it is later than that, are missed. The answer is the same until they are done.
    """
    newest, oldest = latest_due(schedule, now), _oldest_undone(schedule, since, done)
    if newest is None or oldest is None or newest < oldest:
        return NOTHING_DUE
    earlier = tuple(takewhile(lambda slot: slot < newest, _slots(schedule, oldest - timedelta(days=1))))
    lateness = now - instant(schedule, newest)
    if lateness > late or lateness >= period(schedule) / 2:
        return Due(open=None, late=False, missed=(*earlier, newest))
    return Due(open=newest, late=lateness > ON_TIME, missed=earlier)


def due_after_edit(before: Schedule | None, after: Schedule, done: Slot | None, now: datetime) -> datetime:
    """From when the slots of an edited schedule are due, all that was due before being done.

    Not sooner after the newest one than half the new period, so that nobody is asked twice. `done` is that
    one, under the schedule `before`.
    """
    if before is None or done is None:
        return now
    return max(now, instant(before, done) + period(after) / 2)


def _date_after(schedule: Schedule, day: date) -> date:
    """The first date of the schedule after the local date `day`, be it left out or not."""
    if day < schedule.starts:
        return schedule.starts
    gone = (day - schedule.starts) // period(schedule)
    return schedule.starts + (gone + 1) * period(schedule)


def _slots(schedule: Schedule, after: date) -> Iterator[Slot]:
    """The slots after the local date `after`, oldest first, without end where the schedule has none."""
    slot = _date_after(schedule, after)
    while schedule.ends is None or slot < schedule.ends:
        if slot not in schedule.skip:
            yield slot
        slot += period(schedule)


def _after(schedule: Schedule, day: date) -> Slot | None:
    """The first slot after the local date `day`; None once the schedule has ended."""
    return next(_slots(schedule, day), None)


def _oldest_undone(schedule: Schedule, since: datetime, done: Slot | None) -> Slot | None:
    latest = latest_due(schedule, since)
    at_once = latest is not None and instant(schedule, latest) == since
    oldest = latest if at_once else next_slot(schedule, since)
    if oldest is None or done is None or done < oldest:
        return oldest
    return _after(schedule, done)
