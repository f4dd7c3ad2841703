"""Rounds and answers: pure decisions and their outcomes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from cohortbot.domain.model import Part, Tally
from cohortbot.domain.refusals import (
    BadUsage,
    NoOpenRound,
    NotInAny,
    NotInIt,
    Refusal,
    TooLong,
    WhichCohort,
)
from cohortbot.domain.schedule import Slot
from cohortbot.domain.verbs import BY_NAME


@dataclass(frozen=True, slots=True)
class AnswerFiled:
    """A private answer is kept; `blocker` is the number of what they are stuck on, if they said so."""

    slug: str
    number: int
    blocker: int | None


@dataclass(frozen=True, slots=True)
class AnswerNoted:
    """Said privately after one of somebody's first answers in a channel.

    `path` is where its line stands in the log, root-relative; None where the log is not public.
    """

    slug: str
    number: int
    path: str | None


@dataclass(frozen=True, slots=True)
class BlockerOpened:
    """What somebody is stuck on has a number; `private`: only mentors read what it is."""

    slug: str
    number: int
    private: bool


@dataclass(frozen=True, slots=True)
class Stuck:
    """An unsolved blocker as anyone of the cohort may see it: `nick` is None for a private one."""

    number: int
    nick: str | None


@dataclass(frozen=True, slots=True)
class CheckinStatus:
    """The open round: who of its roster has answered, who is stuck, until when it is open."""

    slug: str
    number: int
    tally: Tally
    stuck: tuple[Stuck, ...]
    closes_at: datetime
    zone: str


@dataclass(frozen=True, slots=True)
class NoCheckinOpen:
    """`next_at` is None without a schedule or while the cohort rests."""

    slug: str
    next_at: datetime | None
    zone: str


@dataclass(frozen=True, slots=True)
class CheckinOverview:
    """The same for each cohort of a mentor of several."""

    cohorts: tuple[CheckinStatus | NoCheckinOpen, ...]


@dataclass(frozen=True, slots=True)
class CheckinOpened:
    """A mentor opened it; `asked` people are on its roster."""

    slug: str
    number: int
    asked: int
    closes_at: datetime
    zone: str


@dataclass(frozen=True, slots=True)
class CheckinQuestion:
    """Really open one now? It is night there, or it would stand for the scheduled one at `instead_of`."""

    slug: str
    night: bool
    instead_of: datetime | None
    now: datetime
    zone: str
    until: datetime


@dataclass(frozen=True, slots=True)
class CheckinDeclined:
    """«no» to the question above."""

    slug: str


@dataclass(frozen=True, slots=True)
class Prompt:
    """The one line in the cohort's channel that opens a round."""

    slug: str
    number: int
    late: bool
    closes_at: datetime
    zone: str


@dataclass(frozen=True, slots=True)
class RoundStillOpen:
    """Instead of a prompt that may or may not have been heard: true either way."""

    slug: str
    number: int
    closes_at: datetime
    zone: str


@dataclass(frozen=True, slots=True)
class Digest:
    """A round is closed; `public`: the cohort has a page that anybody can open."""

    slug: str
    number: int
    tally: Tally
    stuck: tuple[Stuck, ...]
    public: bool


@dataclass(frozen=True, slots=True)
class SilentPeople:
    """For mentors alone: who of the roster did not answer.

    Of these `asked` were silent in the round before too, and asked whether they stay; the seats of those
    `gone` were passed on.
    """

    slug: str
    number: int
    nicks: tuple[str, ...]
    asked: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RoundsMissed:
    """For organizers: the bot was not there when these were due; `newest` is when the last of them was."""

    slug: str
    numbers: tuple[int, ...]
    newest: datetime
    zone: str


@dataclass(frozen=True, slots=True)
class AnswerTakenBack:
    """`still`: an earlier answer of theirs to this round counts again; `blocker` went with it."""

    slug: str
    number: int
    blocker: int | None
    still: bool


@dataclass(frozen=True, slots=True)
class CheckinTakenBack:
    """The round counts as skipped; a slot that it took is due again, next at `next_at`."""

    slug: str
    number: int
    next_at: datetime | None
    zone: str


Outcome = (
    AnswerFiled
    | AnswerNoted
    | BlockerOpened
    | CheckinStatus
    | NoCheckinOpen
    | CheckinOverview
    | CheckinOpened
    | CheckinQuestion
    | CheckinDeclined
    | Prompt
    | RoundStillOpen
    | Digest
    | SilentPeople
    | RoundsMissed
    | AnswerTakenBack
    | CheckinTakenBack
)


# --- which cohort an answer is for, and what it says


@dataclass(frozen=True, slots=True)
class MyCohort:
    """A cohort in which somebody may answer, as the decision below sees it; `zone` tells them its times."""

    slug: str
    open: bool
    next_at: datetime | None
    zone: str


Parts = tuple[tuple[Part, str], ...]


def decide_cohort(parts: Parts, named: str | None, mine: Sequence[MyCohort]) -> MyCohort | Refusal:
    """Which of `mine` an answer is for: the `named` one, else the only one with an open round.

    What somebody is stuck on needs no open round: said alone it is for their only cohort then. `named` is the
    cohort of the channel, or the one that stood before the verb.
    """
    verb = parts[0][0]
    stuck_alone = [part for part, _ in parts] == [Part.STUCK]
    if named is not None:
        one = next((each for each in mine if each.slug == named), None)
        if one is None:
            return NotInIt(named)
        return one if one.open or stuck_alone else NoOpenRound(one.slug, one.next_at, one.zone)
    if not mine:
        return NotInAny()
    candidates = [one for one in mine if one.open] or (list(mine) if stuck_alone else [])
    match candidates:
        case []:
            soonest = min(mine, key=_soonest)
            return NoOpenRound(soonest.slug, soonest.next_at, soonest.zone)
        case [one]:
            return one
        case _:
            return WhichCohort(verb, tuple(one.slug for one in candidates))


def _soonest(one: MyCohort) -> tuple[bool, datetime]:
    return one.next_at is None, one.next_at or datetime.max.replace(tzinfo=UTC)


def decide_parts(parts: Parts, limit: int) -> Refusal | None:
    """Why these parts are no answer: one is too long, or `same` or `skip` stands beside others."""
    for part, words in parts:
        if part in (Part.SAME, Part.SKIP) and len(parts) > 1:
            return BadUsage(part, BY_NAME[part].usage)
        if len(words) > limit:
            return TooLong("answer", limit, len(words))
    return None


# --- opening one by hand


@dataclass(frozen=True, slots=True)
class OpenNow:
    """Decided: open it, in the place of the scheduled one at `slot` if any."""

    slot: Slot | None


@dataclass(frozen=True, slots=True)
class AskFirst:
    """Decided: ask before, since it is night there or a scheduled one would be taken."""

    night: bool
    slot: Slot | None


def decide_checkin(slot: Slot | None, *, night: bool, asked: bool) -> OpenNow | AskFirst:
    """What `checkin` does while no round is open.

    `slot` is the scheduled one that it would take, `night` whether it is night in the cohort's zone, `asked`
    whether the mentor was asked and said yes.
    """
    if asked or (slot is None and not night):
        return OpenNow(slot)
    return AskFirst(night, slot)
