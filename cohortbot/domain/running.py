"""A cohort's runs and the programme's days off: decisions, and what people are told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from cohortbot.domain.dates import parse_date
from cohortbot.domain.refusals import DateRefused, WhyNoDate


@dataclass(frozen=True, slots=True)
class EndsSoon:
    """For everybody of a cohort, two weeks before `day`, the first date that is not of this run any more."""

    slug: str
    day: date
    zone: str


@dataclass(frozen=True, slots=True)
class RunEnded:
    """Said in the channel."""

    slug: str


@dataclass(frozen=True, slots=True)
class NextRunAsked:
    """To who has a seat when a run ends: `stay` keeps it for the next one, `leave` gives it up."""

    slug: str


@dataclass(frozen=True, slots=True)
class StaysForNextRun:
    """`again`: they had said so before."""

    slug: str
    again: bool


@dataclass(frozen=True, slots=True)
class RunSummary:
    """For organizers: rounds that were held, badges given, blockers left, seats, and who waits."""

    slug: str
    met: int
    awarded: int
    unsolved: int
    seated: int
    staying: int
    waiting: int


@dataclass(frozen=True, slots=True)
class NextRunBegins:
    """In the channel. It runs to `ends`, None without an end."""

    slug: str
    ends: date | None


@dataclass(frozen=True, slots=True)
class SeatNotKept:
    """To who had not said `stay` when the next run began."""

    slug: str
    ends: date | None


LONGEST = timedelta(days=62)  # from the first to the last of days off named at once: more is a slip
_TO = frozenset({"to", "until", "-", "–"})


@dataclass(frozen=True, slots=True)
class DaysOffWords:
    """`days-off` as it was typed: from `first` to `last` there are none, or (`off` False) there are again."""

    first: date
    last: date
    off: bool
    why: str | None


def read_days_off(rest: str, today: date) -> DaysOffWords | DateRefused:
    """What follows `days-off`: DATE [DATE] [why], or DATE [DATE] off. `today` is the speaker's.

    A past date is refused, and so is a second one before the first or over `LONGEST` behind it.
    """
    words = rest.split()
    found = parse_date(words, today)
    if found is None:
        return DateRefused(" ".join(words[:3]), WhyNoDate.UNREADABLE)
    first, words = found[0], words[found[1] :]
    last, rest_of = first, words[1:] if words and words[0].lower() in _TO else words
    if second := parse_date(rest_of, today):
        last, words = second[0], rest_of[second[1] :]
    if first < today or last < first:
        return DateRefused(min(first, last).isoformat(), WhyNoDate.PAST)
    if last - first > LONGEST:
        return DateRefused(last.isoformat(), WhyNoDate.FAR)
    if [word.lower() for word in words] == ["off"]:
        return DaysOffWords(first, last, off=False, why=None)
    return DaysOffWords(first, last, off=True, why=" ".join(words) or None)


def together(days: Sequence[tuple[date, str | None]]) -> tuple[tuple[date, date, str | None], ...]:
    """Days off, oldest first, with their reasons: those that follow one another for one reason as one."""
    found: list[tuple[date, date, str | None]] = []
    for day, why in days:
        if found and found[-1][1] + timedelta(days=1) == day and found[-1][2] == why:
            found[-1] = (found[-1][0], day, why)
        else:
            found.append((day, day, why))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class DaysOff:
    """Days without check-ins, as (first, last, why), oldest first; `today` is the reader's."""

    days: tuple[tuple[date, date, str | None], ...]
    today: date


@dataclass(frozen=True, slots=True)
class DaysOffSet:
    """`first` to `last` are days off now, or (`off` False) none any more; `again`: they were so before.

    `moved` are the cohorts whose next check-in is another now, with when it is, None if none is planned.
    """

    first: date
    last: date
    off: bool
    again: bool
    moved: tuple[tuple[str, datetime | None, str], ...]
    today: date


Outcome = (
    EndsSoon
    | RunEnded
    | NextRunAsked
    | StaysForNextRun
    | RunSummary
    | NextRunBegins
    | SeatNotKept
    | DaysOff
    | DaysOffSet
)
