"""Absences and covers: what was typed, the pure decisions, and their outcomes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from cohortbot.domain.dates import parse_date
from cohortbot.domain.model import Person
from cohortbot.domain.refusals import (
    BadUsage,
    ChainOfCovers,
    CoverIsAway,
    CoverIsMentee,
    CoverIsOneself,
    CoverUnproven,
    DateRefused,
    NothingToCover,
    Refusal,
    WhyNoDate,
)
from cohortbot.domain.verbs import BY_NAME
from cohortbot.domain.zones import Hours

LONGEST = timedelta(days=366)  # who is away for longer has left

_UNTIL = ("until", "till", "til")
_COVER = "cover"

# --- what was typed


@dataclass(frozen=True, slots=True)
class AwayWords:
    """`away` as it was typed; `nick` is whom somebody else sets away, None for the speaker."""

    nick: str | None
    until: date | None
    cover: str | None
    why: str | None


def read_away(rest: str, today: date) -> AwayWords | Refusal:
    """What follows `away`: [until DATE] [cover NICK] [why], or NICK until DATE [why].

    A date may stand without `until` where nothing but a cover follows it («away friday»). `today` is the
    speaker's; the named day may be today, but not past and not further off than `LONGEST`.
    """
    words = rest.split()
    until, cover, nick = None, None, None
    if (found := parse_date(words, today)) and _alone(words[found[1] :]):
        until, words = found[0], words[found[1] :]
    elif len(words) > 1 and not _is_key(words[0]) and _is_key(words[1]):
        nick = words.pop(0)
    while words and _is_key(words[0]):
        key = words.pop(0).lower()
        if key == _COVER and cover is None and words:
            cover = words.pop(0)
        elif key in _UNTIL and until is None:
            found = parse_date(words, today)
            if found is None:
                return DateRefused(" ".join(words[:3]), WhyNoDate.UNREADABLE)
            until, words = found[0], words[found[1] :]
        else:
            return BadUsage("away", BY_NAME["away"].usage)
    if until is not None and (why_not := _no_day(until, today)):
        return DateRefused(until.isoformat(), why_not)
    return AwayWords(nick, until, cover, " ".join(words) or None)


def _is_key(word: str) -> bool:
    return word.lower() in (*_UNTIL, _COVER)


def _alone(after: Sequence[str]) -> bool:
    return not after or after[0].lower() == _COVER


def _no_day(until: date, today: date) -> WhyNoDate | None:
    if until < today:
        return WhyNoDate.PAST
    return WhyNoDate.FAR if until - today > LONGEST else None


def end_of(day: date, zone: str) -> datetime:
    """The instant at which a day is over on the wall clock of `zone`."""
    return datetime.combine(day + timedelta(days=1), time(), ZoneInfo(zone)).astimezone(UTC)


# --- who may stand in


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who is named as a cover: whose mentee they are, and until when they are away themselves."""

    person: Person
    mentee_in: Collection[str]
    away_until: date | None


def decide_cover(
    absent: Person, mentored: Collection[str], covers_for: str | None, candidate: Candidate, today: date
) -> Refusal | None:
    """Why `candidate` may not stand in for `absent`, the mentor of the cohorts `mentored`.

    Any proven person may who is no mentee there. `covers_for` is for whom the absent stand in themselves:
    a cover is not handed on.
    """
    nick = candidate.person.nick
    if candidate.person.id == absent.id:
        return CoverIsOneself()
    if covers_for is not None:
        return ChainOfCovers(covers_for)
    if not mentored:
        return NothingToCover()
    if not candidate.person.proven:
        return CoverUnproven(nick)
    if theirs := sorted(set(candidate.mentee_in) & set(mentored)):
        return CoverIsMentee(nick, tuple(theirs))
    if candidate.away_until is not None:
        return CoverIsAway(nick, candidate.away_until, today)
    return None


# --- outcomes


@dataclass(frozen=True, slots=True)
class LeftIn:
    """Who acts as a mentor of a cohort while another is away; in `uncovered` hours of the UTC day nobody."""

    slug: str
    mentors: tuple[str, ...]
    uncovered: tuple[Hours, ...]


@dataclass(frozen=True, slots=True)
class AwayNoted:
    """`nick` is None for the speaker. `asked` is who is asked to cover, `covered_by` who does already.

    `open_again` are blockers that they had taken and that nobody has now.
    """

    nick: str | None
    last_day: date
    today: date
    zone: str
    named: bool
    left: tuple[LeftIn, ...]
    asked: str | None
    covered_by: str | None
    open_again: tuple[int, ...]
    again: bool


@dataclass(frozen=True, slots=True)
class SetAway:
    """For whom somebody else has set away."""

    by: str
    last_day: date
    today: date
    why: str | None


@dataclass(frozen=True, slots=True)
class StillAway:
    """An absence without a named day has lasted two weeks: is it over?"""

    until: datetime
    zone: str


@dataclass(frozen=True, slots=True)
class AwayLonger:
    """They said that it is not over."""

    last_day: date
    today: date
    zone: str


@dataclass(frozen=True, slots=True)
class Back:
    """`was_away` is False for who was not."""

    was_away: bool


@dataclass(frozen=True, slots=True)
class Answered:
    """A round that closed: its number, and how many of those asked have answered."""

    number: int
    answered: int
    asked: int


@dataclass(frozen=True, slots=True)
class Meanwhile:
    """What happened in one cohort during an absence, as its person may know it.

    `open_now` is the number of the open round and when it closes. For a mentor: `stuck` are (number, nick,
    None where it is private) of unsolved blockers, `done` those who wait for a mentor's word; for a mentee
    their own unsolved blockers alone.
    """

    slug: str
    rounds: tuple[Answered, ...]
    open_now: tuple[int, datetime] | None
    stuck: tuple[tuple[int, str | None], ...]
    solved: tuple[int, ...]
    joined: tuple[str, ...]
    finished: tuple[str, ...]
    done: tuple[str, ...]

    @property
    def is_news(self) -> bool:
        """Whether there is anything to tell."""
        people = (*self.joined, *self.finished, *self.done)
        return bool(self.rounds or self.open_now or self.stuck or self.solved or people)


@dataclass(frozen=True, slots=True)
class Briefing:
    """Private, for who is back: `covered_by` stood in for them."""

    since: datetime
    zone: str
    covered_by: str | None
    cohorts: tuple[Meanwhile, ...]


@dataclass(frozen=True, slots=True)
class Missed:
    """What happened in one cohort since somebody last spoke in its channel.

    They were named in `named` lines there, the first of which is at `path` (None where no page has it).
    """

    since: datetime
    zone: str
    named: int
    path: str | None
    meanwhile: Meanwhile


@dataclass(frozen=True, slots=True)
class CoverAsked:
    """For whom a mentor has named; `since` is set when they were asked before and have not answered."""

    nick: str
    slugs: tuple[str, ...]
    last_day: date
    today: date
    why: str | None
    since: datetime | None
    zone: str


@dataclass(frozen=True, slots=True)
class Covering:
    """For who said yes: there they may what a mentor may; `blockers` are theirs to help with now."""

    nick: str
    slugs: tuple[str, ...]
    last_day: date
    today: date
    blockers: tuple[int, ...]
    more: str | None
    again: bool


@dataclass(frozen=True, slots=True)
class CoverDeclined:
    """For who said no; `more` is who else waits for an answer of theirs."""

    nick: str
    more: str | None


@dataclass(frozen=True, slots=True)
class CoverFound:
    """For the absent: who stands in for them."""

    nick: str
    last_day: date
    today: date


@dataclass(frozen=True, slots=True)
class CoverLost:
    """Nobody stands in for `absent`: `nick` said no, cannot any more, or (`since`) has not answered.

    For organizers, and (`absent` None) for the absent themselves.
    """

    nick: str
    absent: str | None
    slugs: tuple[str, ...]
    last_day: date
    today: date
    since: datetime | None
    zone: str


@dataclass(frozen=True, slots=True)
class CoverOver:
    """For who stood in for `nick`: it has ended."""

    nick: str
    slugs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HandedOver:
    """For the mentors who are there: what `nick`, away or gone, had taken is open again."""

    nick: str
    slug: str
    blockers: tuple[tuple[int, str | None], ...]


@dataclass(frozen=True, slots=True)
class OpenAgain:
    """For whoever is stuck: who helped them is away or gone."""

    number: int
    nick: str


@dataclass(frozen=True, slots=True)
class FewMentors:
    """For organizers: fewer than two mentors are there."""

    slug: str
    mentors: tuple[str, ...]
    away: tuple[tuple[str, date], ...]
    uncovered: tuple[Hours, ...]
    today: date


Outcome = (
    AwayNoted
    | SetAway
    | StillAway
    | AwayLonger
    | Back
    | Briefing
    | Missed
    | CoverAsked
    | Covering
    | CoverDeclined
    | CoverFound
    | CoverLost
    | CoverOver
    | HandedOver
    | OpenAgain
    | FewMentors
)
