"""When check-ins are due: slots as local dates, their instants over daylight saving, and what was missed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

Slot = date  # the local date of a check-in; one slot, one round
ON_TIME = timedelta(minutes=5)  # a round opened later than this says so


@dataclass(frozen=True, slots=True)
class Schedule:
    """Every `every_weeks` weeks on `weekday` (0 is Monday) at the wall-clock time `at` of `zone`.

    `starts` is the first slot and the anchor of the fortnight: weeks are counted from it, so that neither
    53-week years nor daylight saving move a check-in. `open_for` is how long a round is open, in real hours.
    ValueError if `starts` does not fall on `weekday`; `on_or_after` finds one that does.
    """

    every_weeks: Literal[1, 2]
    weekday: int
    at: time
    zone: str
    starts: date
    open_for: timedelta

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
    """The next `count` slots after the local date `after`, oldest first, none before `schedule.starts`."""
    first = _after(schedule, after)
    return [first + number * period(schedule) for number in range(count)]


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
    slot = _after(schedule, day) - period(schedule)
    while slot >= schedule.starts and instant(schedule, slot) > now:
        slot -= period(schedule)
    return slot if slot >= schedule.starts else None


def next_slot(schedule: Schedule, after: datetime) -> Slot:
    """The oldest slot whose instant is after the instant `after`."""
    latest = latest_due(schedule, after)
    return schedule.starts if latest is None else latest + period(schedule)


def next_undone(schedule: Schedule, done: Slot | None, after: datetime) -> Slot:
    """The next slot not yet held early: later than `done`, the newest that is opened or recorded."""
    slot = next_slot(schedule, after)
    while done is not None and slot <= done:
        slot += period(schedule)
    return slot


def closes_at(schedule: Schedule, opened_at: datetime, slot: Slot | None) -> datetime:
    """When a round opened at `opened_at` closes: after `open_for`, but never after the next check-in is due.

    `slot` is the one that the round took, whether it opened on time, late, or early by hand; None if none.
    """
    following = next_slot(schedule, opened_at) if slot is None else _after(schedule, slot)
    return min(opened_at + schedule.open_for, instant(schedule, following))


def taken_by_hand(schedule: Schedule, done: Slot | None, now: datetime) -> Slot | None:
    """The slot that a check-in opened by hand at `now` takes: the next one, if due within half a period.

    None also when that one is `done`, the newest slot already opened or recorded.
    """
    slot = next_slot(schedule, now)
    if done is not None and slot <= done:
        return None
    return slot if instant(schedule, slot) - now <= period(schedule) / 2 else None


def due(schedule: Schedule, since: datetime, done: Slot | None, now: datetime, late: timedelta) -> Due:
    """What is due at `now` and not yet done.

    `since` is when the cohort, with this schedule, first existed or was resumed: slots before it are not due.
    `done` is the newest slot already opened or recorded, even under an earlier schedule; None if there is
    none. Only the newest slot may open: up to `late` late and with less than half a period gone. All
    others, and it too when it is later than that, are missed. The answer is the same until they are done.
    """
    newest = latest_due(schedule, now)
    oldest = _oldest_undone(schedule, since, done)
    if newest is None or newest < oldest:
        return NOTHING_DUE
    count = (newest - oldest) // period(schedule)
    earlier = tuple(oldest + number * period(schedule) for number in range(count))
    lateness = now - instant(schedule, newest)
    if lateness > late or lateness >= period(schedule) / 2:
        return Due(open=None, late=False, missed=(*earlier, newest))
    return Due(open=newest, late=lateness > ON_TIME, missed=earlier)


def _after(schedule: Schedule, day: date) -> Slot:
    """The first slot after the local date `day`."""
    if day < schedule.starts:
        return schedule.starts
    gone = (day - schedule.starts) // period(schedule)
    return schedule.starts + (gone + 1) * period(schedule)


def _oldest_undone(schedule: Schedule, since: datetime, done: Slot | None) -> Slot:
    latest = latest_due(schedule, since)
    at_once = latest is not None and instant(schedule, latest) == since
    oldest = latest if latest is not None and at_once else next_slot(schedule, since)
    return oldest if done is None else max(oldest, _after(schedule, done))
