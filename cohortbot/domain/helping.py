"""That nobody stays stuck unheard: who is told or asked about a blocker, and when; and its outcomes. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto

from cohortbot.domain.limits import Limits
from cohortbot.domain.model import Blocker, BlockerState


class Due(Enum):
    """What the clock does about a blocker."""

    TELL_MENTORS = auto()
    TELL_ORGANIZERS = auto()
    ASK_TAKER = auto()
    LET_GO = auto()
    ASK_OWNER = auto()
    GIVE_UP = auto()


def decide_due(
    one: Blocker,
    taker_spoke_at: datetime | None,
    owner_left_at: datetime | None,
    now: datetime,
    limits: Limits,
) -> list[Due]:
    """What is due about an unsolved blocker at `now`.

    `taker_spoke_at` is when its taker last said something in its cohort, `owner_left_at` when whoever is
    stuck left that; None when they are in it.
    """
    helping = (
        _untaken(one, now, limits)
        if one.state is BlockerState.OPEN
        else _taken(one, taker_spoke_at, now, limits)
    )
    return [*helping, *_forgotten(one, owner_left_at, now, limits)]


def _untaken(one: Blocker, now: datetime, limits: Limits) -> Iterator[Due]:
    waits = now - one.open_since
    if one.told < 1 and waits >= limits.untaken:
        yield Due.TELL_MENTORS
    if one.told < 2 and waits >= limits.untaken_long:
        yield Due.TELL_ORGANIZERS


def _taken(one: Blocker, spoke_at: datetime | None, now: datetime, limits: Limits) -> Iterator[Due]:
    """Each silence of the taker is asked about once, and any word of theirs ends it."""
    word = last_word(one, spoke_at)
    if one.taker_asked_at is None or one.taker_asked_at <= word:
        if now - word >= limits.taker_silent:
            yield Due.ASK_TAKER
    elif now - one.taker_asked_at >= limits.taker_asked:
        yield Due.LET_GO


def last_word(one: Blocker, spoke_at: datetime | None) -> datetime:
    """When the taker last said anything in the cohort, or that they help."""
    assert one.taken_at is not None  # as its state says
    return max(one.taken_at, spoke_at or one.taken_at)


def _forgotten(one: Blocker, owner_left_at: datetime | None, now: datetime, limits: Limits) -> Iterator[Due]:
    if one.owner_asked:
        assert one.asked_at is not None  # Blocker.owner_asked
        if now - one.asked_at >= limits.stale:
            yield Due.GIVE_UP
    elif owner_left_at is not None and (one.asked_at is None or one.asked_at < owner_left_at):
        yield Due.ASK_OWNER


_NUMBER = re.compile(r"#([1-9][0-9]{0,8})\b")


def numbers_in(text: str) -> frozenset[int]:
    """The blockers that a text names: «#12»."""
    return frozenset(int(number) for number in _NUMBER.findall(text))


# --- outcomes


@dataclass(frozen=True, slots=True)
class Untaken:
    """For mentors: nobody helps yet. `nick` is who is stuck on `text`, which they may read if private too."""

    slug: str
    number: int
    nick: str
    text: str
    private: bool
    waits: timedelta


@dataclass(frozen=True, slots=True)
class UntakenLong:
    """For organizers: nobody helps yet, though `mentors` know; of a private one nothing but its number."""

    slug: str
    number: int
    nick: str | None
    text: str | None
    waits: timedelta
    mentors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StillHelping:
    """To a taker who has been silent in the cohort; open again at `until`. `nick`: whose, None if private."""

    slug: str
    number: int
    nick: str | None
    silent: timedelta
    until: datetime
    zone: str


@dataclass(frozen=True, slots=True)
class TakerSilent:
    """For mentors: `taker` has fallen silent, and what they had taken is open again."""

    slug: str
    number: int
    taker: str
    nick: str | None


@dataclass(frozen=True, slots=True)
class HelpGone:
    """For whoever is stuck: the same."""

    number: int
    taker: str


@dataclass(frozen=True, slots=True)
class StillYours:
    """«yes» of the taker."""

    number: int


@dataclass(frozen=True, slots=True)
class GivenBack:
    """«no» of the taker: it is open again."""

    number: int


@dataclass(frozen=True, slots=True)
class StillStuck:
    """To whoever is stuck: are you still? Given up at `until`."""

    slug: str
    number: int
    text: str
    until: datetime
    zone: str


@dataclass(frozen=True, slots=True)
class StillStuckNoted:
    """«yes», or their naming it: it stays, with `taken_by` if anybody helps."""

    slug: str
    number: int
    taken_by: str | None


@dataclass(frozen=True, slots=True)
class GivenUp:
    """«no»: nobody waits for help with it any more."""

    number: int


@dataclass(frozen=True, slots=True)
class BlockerLine:
    """An unsolved blocker; `nick` and `text` are None for a private one."""

    number: int
    nick: str | None
    text: str | None
    taken_by: str | None
    age: timedelta


@dataclass(frozen=True, slots=True)
class BlockersIn:
    """All of a cohort that are not solved, oldest first; `path` shows them, None where that is closed."""

    slug: str
    blockers: tuple[BlockerLine, ...]
    path: str | None


@dataclass(frozen=True, slots=True)
class BlockersInAll:
    """The same for each cohort of a mentor of several."""

    cohorts: tuple[BlockersIn, ...]


Outcome = (
    Untaken
    | UntakenLong
    | StillHelping
    | TakerSilent
    | HelpGone
    | StillYours
    | GivenBack
    | StillStuck
    | StillStuckNoted
    | GivenUp
    | BlockersIn
    | BlockersInAll
)
