"""How pages and JSON tell times: every one with its zone, and in UTC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from cohortbot.config.kinds import WEEKDAYS
from cohortbot.domain import dates


@dataclass(frozen=True, slots=True)
class Moment:
    """An instant on a page: `iso` for machines, `said` in a zone; `utc` is None where `said` is in UTC."""

    iso: str
    said: str
    utc: str | None


def iso(at: datetime) -> str:
    """ISO 8601 in UTC with `Z`, to the second."""
    return f"{at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='seconds')}Z"


def moment(at: datetime, zone: str = "UTC") -> Moment:
    """`at` as `zone` and UTC have it; the day is said again in UTC only where it is another one."""
    here, there = at.astimezone(ZoneInfo(zone)), at.astimezone(UTC)
    said = dates.said(at, zone)
    if said == dates.said(at, "UTC"):
        return Moment(iso(at), said, None)
    same_day = here.date() == there.date()
    return Moment(iso(at), said, f"{there:%H:%M} UTC" if same_day else dates.said(at, "UTC"))


def dated(at: datetime) -> Moment:
    """`at` with its year, in UTC: for what is read years later."""
    return Moment(iso(at), f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC", None)


def on_day(at: datetime) -> Moment:
    """The UTC day of `at`, where the hour does not matter."""
    return Moment(iso(at), f"{at.astimezone(UTC):%Y-%m-%d} UTC", None)


def weekday(day: date) -> str:
    """`Thursday`, in every locale."""
    return WEEKDAYS[day.weekday()].capitalize()
