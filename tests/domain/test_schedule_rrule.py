"""The slots of ten years, compared one by one with an independent calculation: python-dateutil's rrule.

rrule counts in local time without a zone; a time that a zone leaves out is moved as RFC 5545, 3.3.5, says.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo, available_timezones

import pytest
from dateutil import tz
from dateutil.rrule import WEEKLY, rrule

from cohortbot.domain.schedule import Schedule, instant, slots

FIRST, LAST = date(2026, 1, 1), date(2036, 12, 31)
TIMES = (time(0, 0), time(0, 30), time(1, 30), time(2, 30), time(17, 0))
ZONES = (
    *("UTC", "Europe/Berlin", "Europe/London", "Europe/Dublin", "America/New_York", "America/St_Johns"),
    *("America/Santiago", "America/Asuncion", "America/Havana", "America/Godthab", "Asia/Kolkata"),
    *("Asia/Kathmandu", "Asia/Beirut", "Asia/Jerusalem", "Asia/Gaza", "Africa/Cairo", "Africa/Casablanca"),
    *("Antarctica/Troll", "Atlantic/Azores", "Australia/Lord_Howe", "Australia/Eucla", "Pacific/Chatham"),
    *("Pacific/Apia", "Pacific/Kiritimati", "Pacific/Norfolk"),
)
SUNDAY = date(2026, 1, 4)  # when most clocks change


def expected(plan: Schedule) -> Iterator[datetime]:
    zone = tz.gettz(plan.zone)
    first = datetime.combine(plan.starts, plan.at)
    until = datetime.combine(LAST, time(23, 59))
    for local in rrule(WEEKLY, interval=plan.every_weeks, dtstart=first, until=until):
        if local.date() not in plan.skip:
            yield tz.resolve_imaginary(local.replace(tzinfo=zone)).astimezone(UTC)


def differences(zone: str, at: time, every: Literal[1, 2], starts: date) -> tuple[int, list[str]]:
    """How many slots were compared, and those that differ."""
    skipped = frozenset({starts + timedelta(weeks=2), starts + timedelta(weeks=104)})
    plan = Schedule(every, starts.weekday(), at, zone, starts, timedelta(hours=72), skipped)
    theirs = list(expected(plan))
    ours = [instant(plan, slot) for slot in slots(plan, FIRST, len(theirs) + 1) if slot <= LAST]
    wrong = [f"{zone} {at} every {every}: {a} {b}" for a, b in zip(ours, theirs, strict=False) if a != b]
    if len(ours) != len(theirs):
        wrong.append(f"{zone} {at} every {every}: {len(ours)} slots, {len(theirs)} expected")
    return len(theirs), wrong


@pytest.fixture(scope="session")
def zones(request: pytest.FixtureRequest) -> tuple[str, ...]:
    """A choice of the difficult ones; at full size every zone that both zone databases know alike."""
    if not request.config.getoption("--full-size"):
        return ZONES
    return tuple(sorted(name for name in available_timezones() if tz.gettz(name) is not None))


@pytest.mark.parametrize("every", [1, 2])
@pytest.mark.parametrize("starts", [SUNDAY, SUNDAY + timedelta(days=4), SUNDAY + timedelta(days=5)])
def test_ten_years_of_slots_are_those_of_rrule(
    zones: tuple[str, ...], every: Literal[1, 2], starts: date, capsys: pytest.CaptureFixture[str]
) -> None:
    compared, wrong = 0, []
    for zone in zones:
        for at in TIMES:
            some, differing = differences(zone, at, every, starts)
            compared += some
            wrong += differing
    with capsys.disabled():
        day = f"{starts:%A}"
        print(f"\n{day}s, every {every}: {len(zones)} zones, {compared} slots, {len(wrong)} differences")
    assert compared > 0
    assert wrong == []


def test_the_zones_are_there() -> None:
    assert [name for name in ZONES if tz.gettz(name) is None or not ZoneInfo(name)] == []
