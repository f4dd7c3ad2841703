"""Which time zone a person means by a place, and who is awake when."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from difflib import get_close_matches
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from cohortbot.domain.message import Timing
from cohortbot.domain.places import ABBREVIATIONS, PLACES, UTC_NAMES, WELL_KNOWN

DAY_BEGINS = time(8)  # product.md section 4: a person's day is 08:00-22:00 in their zone
DAY_ENDS = time(22)
_MOST_CANDIDATES = 5  # what a person can choose from in one line
_SHORTEST_PREFIX = 3  # letters; fewer fit dozens of places
_FURTHEST = timedelta(hours=14)  # Kiritimati; no clock is further from UTC
_NOT_PLACES = ("Etc/", "Factory", "localtime", "posixrules")
_OFFSET = re.compile(r"(?:utc|gmt)?([+-])([0-9]{1,2})(?::?([0-9]{2}))?")


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """Several zones fit, or the word names none surely (`IST`, `UTC+2`): one to five to choose from."""

    candidates: tuple[str, ...]


@dataclass(frozen=True, slots=True, order=True)
class Hours:
    """A stretch of one UTC day: minutes after 00:00, from `start` up to `end` (at most 1440)."""

    start: int
    end: int


def find(text: str, at: datetime) -> str | Ambiguous | None:
    """The zone that `text` means, spelled as `zoneinfo` does; None if no place fits (see `nearest`).

    Understood in any case, with or without accents, with spaces, underscores or hyphens: `Europe/Berlin`,
    `berlin`, `new york`, `germany`, `UTC`, `GMT`, a beginning of three letters or more that fits one city.
    An abbreviation that is used in several places (`IST`, `EST`) and an offset (`UTC+2`, `+05:30`) are
    Ambiguous: they do not say when clocks change. An offset's candidates are places that have it `at` that
    instant. What follows a comma («Berlin, Germany») is left out.
    """
    plain = _plain(text.partition(",")[0])
    if plain in UTC_NAMES:
        return "UTC"
    if plain in ABBREVIATIONS:
        return Ambiguous(ABBREVIATIONS[plain])
    if offset := _OFFSET.fullmatch("".join(text.split()).casefold().replace("\u2212", "-")):
        return _at_offset(offset, at)
    if plain in PLACES:
        return _one_of(PLACES[plain])
    cities, full = _by_city(), _by_full_name()
    if plain in cities:
        return _one_of(cities[plain])
    if plain in full:
        return full[plain]
    return _by_prefix(plain)


def nearest(text: str) -> tuple[str, ...]:
    """Up to three zones whose places are spelled most like `text`, the likeliest first."""
    named = {**_by_city(), **PLACES}
    close = get_close_matches(_plain(text.partition(",")[0]), named, n=3)
    return tuple(dict.fromkeys(named[name][0] for name in close))


def awake(zone: str, at: datetime) -> bool:
    """Whether it is day (08:00 up to 22:00) in `zone` at the aware instant `at`."""
    return DAY_BEGINS <= at.astimezone(ZoneInfo(zone)).time() < DAY_ENDS


def is_night(zone: str, at: datetime) -> bool:
    """Whether it is night (22:00 up to 08:00) in `zone` at the aware instant `at`."""
    return not awake(zone, at)


def day_began(zone: str, at: datetime) -> datetime:
    """The last 08:00 in `zone` that is not after the aware instant `at`, in UTC."""
    local = at.astimezone(ZoneInfo(zone))
    day = local.date() if local.time() >= DAY_BEGINS else local.date() - timedelta(days=1)
    return datetime.combine(day, DAY_BEGINS, ZoneInfo(zone)).astimezone(UTC)


def may_be_said(timing: Timing, zone: str, made_at: datetime, now: datetime) -> bool:
    """Whether somebody who lives in `zone` may be told now of something that came up at `made_at`."""
    match timing:
        case Timing.NOW:
            return True
        case Timing.BY_DAY:
            return awake(zone, now)
        case Timing.DAILY:
            return awake(zone, now) and made_at < day_began(zone, now)


def uncovered(zones: Iterable[str], on: date) -> list[Hours]:
    """The stretches of the UTC day `on` when it is night in all of `zones`, in order."""
    gaps: list[Hours] = []
    reached = 0
    for day in sorted(stretch for zone in zones for stretch in _days_within(zone, on)):
        if day.start > reached:
            gaps.append(Hours(reached, day.start))
        reached = max(reached, day.end)
    if reached < _minutes(timedelta(days=1)):
        gaps.append(Hours(reached, _minutes(timedelta(days=1))))
    return gaps


def hours_said(stretches: Sequence[Hours]) -> str:
    """Stretches of a UTC day in short: `00–06, 21:30–24 UTC`; empty if there are none."""
    if not stretches:
        return ""
    return ", ".join(f"{_clock(each.start)}–{_clock(each.end)}" for each in stretches) + " UTC"


def _plain(text: str) -> str:
    """`text` as names are compared: `São Paulo` and `SAO-PAULO` are `sao_paulo`."""
    letters = (letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))
    words = "".join(letters).casefold().replace("-", " ").replace("_", " ").replace(".", " ").replace("'", "")
    return "_".join(words.split())


@lru_cache(maxsize=1)
def _by_full_name() -> dict[str, str]:
    """Every zone there is, by its plain name."""
    return {_plain(zone): zone for zone in available_timezones() if zone not in _NOT_PLACES}


@lru_cache(maxsize=1)
def _by_city() -> dict[str, tuple[str, ...]]:
    """The zones of each city by its plain name, as a rule one; old spellings of one place are left out."""
    places = [zone for zone in available_timezones() if not zone.startswith(_NOT_PLACES)]
    cities: dict[str, tuple[str, ...]] = {}
    # The name with more parts is the present one: America/Argentina/Cordoba, not America/Cordoba.
    for zone in sorted(places, key=lambda name: (-name.count("/"), name)):
        city = _plain(zone.rpartition("/")[2])
        known = cities.get(city, ())
        if not any(_alike(zone, other) for other in known):
            cities[city] = (*known, zone)
    return cities


def _alike(one: str, other: str) -> bool:
    """Whether both zones are two spellings of one: the same clocks in every month of some present years."""
    months = [datetime(year, month, 1, tzinfo=UTC) for year in (2025, 2026) for month in range(1, 13)]
    return all(_offset(one, at) == _offset(other, at) for at in months)


def _offset(zone: str, at: datetime) -> timedelta:
    return at.astimezone(ZoneInfo(zone)).utcoffset() or timedelta(0)


def _at_offset(written: re.Match[str], at: datetime) -> str | Ambiguous | None:
    sign, hours, minutes = written.groups(default="0")
    offset = timedelta(hours=int(hours), minutes=int(minutes)) * (-1 if sign == "-" else 1)
    if not offset:
        return "UTC"
    if abs(offset) > _FURTHEST:
        return None
    everywhere = sorted(zones[0] for zones in _by_city().values())
    there = [zone for zone in dict.fromkeys((*WELL_KNOWN, *everywhere)) if _offset(zone, at) == offset]
    return Ambiguous(tuple(there[:_MOST_CANDIDATES])) if there else None


def _by_prefix(plain: str) -> str | Ambiguous | None:
    if len(plain) < _SHORTEST_PREFIX:
        return None
    named = {**_by_city(), **PLACES}
    if "/" in plain:
        named = {name: (zone,) for name, zone in _by_full_name().items()}
    fitting = sorted(name for name in named if name.startswith(plain))
    zones = tuple(dict.fromkeys(zone for name in fitting for zone in named[name]))
    return _one_of(zones) if zones else None


def _one_of(zones: tuple[str, ...]) -> str | Ambiguous:
    return zones[0] if len(zones) == 1 else Ambiguous(zones[:_MOST_CANDIDATES])


def _days_within(zone: str, on: date) -> list[Hours]:
    """The parts of people's days in `zone` that fall on the UTC day `on`."""
    place = ZoneInfo(zone)
    midnight = datetime.combine(on, time(), UTC)
    stretches = []
    for local in (on - timedelta(days=1), on, on + timedelta(days=1)):
        start = max(timedelta(0), datetime.combine(local, DAY_BEGINS, place).astimezone(UTC) - midnight)
        end = min(timedelta(days=1), datetime.combine(local, DAY_ENDS, place).astimezone(UTC) - midnight)
        if start < end:
            stretches.append(Hours(_minutes(start), _minutes(end)))
    return stretches


def _minutes(length: timedelta) -> int:
    return length // timedelta(minutes=1)


def _clock(minutes: int) -> str:
    hour, minute = divmod(minutes, 60)
    return f"{hour:02}:{minute:02}" if minute else f"{hour:02}"
