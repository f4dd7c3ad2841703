"""Dates as people type them, and times and durations as they are said back; English in every locale."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_JANUARY_ON = ("january", "february", "march", "april", "may", "june")
_JULY_ON = ("july", "august", "september", "october", "november", "december")
_MONTHS = _JANUARY_ON + _JULY_ON
_DAY_SAID = tuple(day[:3].capitalize() for day in _WEEKDAYS)
_MONTH_SAID = tuple(month[:3].capitalize() for month in _MONTHS)

# Every beginning of three letters or more is understood: fri, tues, sept.
_WEEKDAY = {day[:end]: number for number, day in enumerate(_WEEKDAYS) for end in range(3, len(day) + 1)}
_MONTH = {name[:end]: number for number, name in enumerate(_MONTHS, 1) for end in range(3, len(name) + 1)}

_ISO = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
_DAY = r"(?P<day>[0-9]{1,2})(?:st|nd|rd|th)?"
_YEAR = r"(?: (?P<year>20[0-9]{2}))?"
_DAY_FIRST = re.compile(rf"{_DAY} (?P<month>[a-z]+){_YEAR}")
_MONTH_FIRST = re.compile(rf"(?P<month>[a-z]+) {_DAY}{_YEAR}")
_AHEAD = re.compile(r"([0-9]{1,3}) ?(d|days?|w|weeks?)")

_LEAP_CYCLE = 8  # years from one 29 February to the next, at most (2096 to 2104)
_ONE_YEAR_ONLY = timedelta(days=180)  # further away, a day and a month could be taken for another year's

EXAMPLES = ("2026-12-20", "20 Dec", "2w")  # for whoever typed nothing that is a date


def parse_date(words: Sequence[str], today: date) -> tuple[date, int] | None:
    """The date at the start of `words` and how many of them it takes: the longest that fits; None if none.

    `2026-12-20` · `20 Dec`, `Dec 20`, `20th december`, with a year or without: then the next one, today
    included · `friday`, `fri`: the next one, today not included · `today`, `tomorrow` · `2w`, `10d`,
    `2 weeks`: so long after today. Case does not matter, nor a comma or full stop behind a word. `today` is
    the speaker's. The date may be past: to refuse it is the caller's business.
    """
    plain = [word.casefold().rstrip(",.;") for word in words[:3]]
    for count in range(len(plain), 0, -1):
        try:
            found = _date_of(" ".join(plain[:count]), today)
        except ValueError:  # «29 Feb 2027» is no date, and not the next «29 Feb» either
            return None
        if found is not None:
            return found, count
    return None


def said(at: datetime, zone: str) -> str:
    """An aware instant on the wall clock of `zone`, which is named: `Thu 26 Nov 18:00 Europe/Berlin`.

    In the autumn hour, which comes twice, the offset is said too: `Sun 25 Oct 02:30 Europe/Berlin (UTC+2)`.
    """
    local = at.astimezone(ZoneInfo(zone))
    name = "UTC" if zone == "Etc/UTC" else zone
    text = f"{_DAY_SAID[local.weekday()]} {_day_and_month(local)} {local.hour:02}:{local.minute:02} {name}"
    return f"{text} ({offset_said(local)})" if _comes_twice(local) else text


def offset_said(local: datetime) -> str:
    """How far ahead of UTC the clock is that the aware `local` was read from: `UTC`, `UTC+2`, `UTC-3:30`."""
    minutes = (local.utcoffset() or timedelta(0)) // timedelta(minutes=1)
    if minutes == 0:
        return "UTC"
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'-' if minutes < 0 else '+'}{hours}" + (f":{rest:02}" if rest else "")


def day_said(day: date, today: date) -> str:
    """A date without its weekday: `7 Dec`, or `7 Dec 2027` where it could be taken for another year's."""
    short = _day_and_month(day)
    return short if abs(day - today) <= _ONE_YEAR_ONLY else f"{short} {day.year}"


def span(length: timedelta) -> str:
    """A duration in one unit, never rounded up: `under a minute`, `5 min`, `3 h`, and from 48 h on `2 d`."""
    minutes = length // timedelta(minutes=1)
    if minutes < 1:
        return "under a minute"
    if minutes < 60:
        return f"{minutes} min"
    hours = minutes // 60
    return f"{hours} h" if hours < 48 else f"{hours // 24} d"


def _date_of(phrase: str, today: date) -> date | None:
    """The date that the whole of `phrase` is (lower-case words, single spaces); None if it reads as none.

    ValueError if it is written as a date of a certain year that does not have it.
    """
    if phrase == "today":
        return today
    if phrase == "tomorrow":
        return today + timedelta(days=1)
    if phrase in _WEEKDAY:
        return today + timedelta(days=(_WEEKDAY[phrase] - today.weekday() - 1) % 7 + 1)
    if iso := _ISO.fullmatch(phrase):
        return date(int(iso[1]), int(iso[2]), int(iso[3]))
    if ahead := _AHEAD.fullmatch(phrase):
        return today + int(ahead[1]) * (timedelta(weeks=1) if ahead[2][0] == "w" else timedelta(days=1))
    if written := _DAY_FIRST.fullmatch(phrase) or _MONTH_FIRST.fullmatch(phrase):
        return _written_out(written, today)
    return None


def _written_out(written: re.Match[str], today: date) -> date | None:
    month, day = _MONTH.get(written["month"]), int(written["day"])
    if month is None:
        return None
    if written["year"]:
        return date(int(written["year"]), month, day)
    years = range(today.year, today.year + _LEAP_CYCLE + 1)
    return next((date(year, month, day) for year in years if _is_ahead(year, month, day, today)), None)


def _is_ahead(year: int, month: int, day: int, today: date) -> bool:
    return 1 <= day <= monthrange(year, month)[1] and date(year, month, day) >= today


def _day_and_month(day: date) -> str:
    return f"{day.day} {_MONTH_SAID[day.month - 1]}"


def _comes_twice(local: datetime) -> bool:
    """Whether the wall clock shows the time of `local`, an instant, twice, because it is turned back."""
    return local.replace(fold=0).astimezone(UTC) != local.replace(fold=1).astimezone(UTC)
