"""Rounds and answers: pure decisions and their outcomes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from cohortbot.domain.model import Part, Round, RoundState, Tally
from cohortbot.domain.refusals import (
    BadUsage,
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
    """A private answer is kept; `blocker` is the number of what they are stuck on, if they said so.

    `plain`: it was no command, and was taken for what they did.
    """

    slug: str
    number: int
    blocker: int | None
    plain: bool = False


@dataclass(frozen=True, slots=True)
class AnswerNoted:
    """Said privately after one of somebody's first answers in a channel.

    `path` is where its line stands in the log, root-relative; None where the log is not public.
    """

    slug: str
    number: int
    path: str | None


@dataclass(frozen=True, slots=True)
class AnswerLate:
    """Said privately: it came after the end of round `number`, and is shown with it."""

    slug: str
    number: int
    blocker: int | None


@dataclass(frozen=True, slots=True)
class AnswerHeld:
    """Said privately: it waits for the next round; `next_at` is None where none is planned."""

    slug: str
    next_at: datetime | None
    zone: str
    blocker: int | None


@dataclass(frozen=True, slots=True)
class AnswerContinued:
    """Said privately: more words of the same answer. `number` is None where it waits for its round."""

    slug: str
    number: int | None


@dataclass(frozen=True, slots=True)
class BlockerContinued:
    """Said privately: more words about what somebody is stuck on."""

    number: int


@dataclass(frozen=True, slots=True)
class HeldTakenBack:
    """What waited for the next round of `slug`."""

    slug: str


@dataclass(frozen=True, slots=True)
class SlipAsked:
    """Privately, to who said an unknown command in `channel`: was `meant` meant? Nothing was filed."""

    channel: str
    meant: str


@dataclass(frozen=True, slots=True)
class SlipLeft:
    """«no» to that."""

    meant: str


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
class AnswerLine:
    """What one person answered, as (part, text); `private`: for mentors alone."""

    nick: str
    parts: tuple[tuple[str, str | None], ...]
    private: bool


@dataclass(frozen=True, slots=True)
class RoundShown:
    """A round and its answers; `private` counts those that are not among them. `path` is its public page."""

    slug: str
    number: int
    state: RoundState
    tally: Tally
    answers: tuple[AnswerLine, ...]
    private: int
    path: str | None


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
    """The line in the cohort's channel that opens a round; `question` is the cohort's own, if it has one."""

    slug: str
    number: int
    late: bool
    closes_at: datetime
    zone: str
    question: str | None


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
class NobodyToAsk:
    """For organizers: a check-in was due and nobody was there to be asked; `seated` are away, all of them."""

    slug: str
    seated: int


@dataclass(frozen=True, slots=True)
class RoundsUnanswered:
    """For organizers: nobody has answered the last `rounds` rounds, up to `newest`."""

    slug: str
    newest: int
    rounds: int


@dataclass(frozen=True, slots=True)
class RoundSkipped:
    """An open round, or (`due` set) the next one, will not be; `again`: it was skipped before.

    `next_at` is the check-in after it.
    """

    slug: str
    number: int
    due: datetime | None
    next_at: datetime | None
    zone: str
    by: str | None
    why: str | None
    again: bool


@dataclass(frozen=True, slots=True)
class NextMoved:
    """In the channel: somebody changed the schedule, and the next check-in is not when it was to be."""

    slug: str
    was: datetime | None
    next_at: datetime | None
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
    | AnswerLate
    | AnswerHeld
    | AnswerContinued
    | BlockerContinued
    | HeldTakenBack
    | SlipAsked
    | SlipLeft
    | BlockerOpened
    | CheckinStatus
    | NoCheckinOpen
    | CheckinOverview
    | RoundShown
    | CheckinOpened
    | CheckinQuestion
    | CheckinDeclined
    | Prompt
    | RoundStillOpen
    | Digest
    | SilentPeople
    | RoundsMissed
    | NobodyToAsk
    | RoundsUnanswered
    | RoundSkipped
    | NextMoved
    | AnswerTakenBack
    | CheckinTakenBack
)


# --- which cohort an answer is for, and what it says


@dataclass(frozen=True, slots=True)
class MyCohort:
    """A cohort in which somebody may answer; `open`: a round of it is."""

    slug: str
    open: bool


Parts = tuple[tuple[Part, str], ...]


def decide_cohort(parts: Parts, named: str | None, mine: Sequence[MyCohort]) -> MyCohort | Refusal:
    """Which of `mine` an answer is for: the `named` one, the only one with an open round, or the only one.

    `named` is the cohort of the channel, or the one that stood before the verb.
    """
    if named is not None:
        return next((each for each in mine if each.slug == named), None) or NotInIt(named)
    candidates = [one for one in mine if one.open] or list(mine)
    match candidates:
        case []:
            return NotInAny()
        case [one]:
            return one
        case _:
            return WhichCohort(parts[0][0], tuple(one.slug for one in candidates))


def decide_parts(parts: Parts, limit: int) -> Refusal | None:
    """Why these parts are no answer: one is too long, `skip` stands beside others, or `same` beside `did`."""
    said = {part for part, _ in parts}
    for part, words in parts:
        if (part is Part.SKIP and len(parts) > 1) or (part is Part.SAME and Part.DID in said):
            return BadUsage(part, BY_NAME[part].usage)
        if len(words) > limit:
            return TooLong("answer", limit, len(words))
    return None


def without_marks(parts: Mapping[Part, str | None]) -> Mapping[Part, str | None]:
    """An answer without its `same` and `skip`, which say nothing beside words; alone they are the answer."""
    words: dict[Part, str | None] = {
        part: text for part, text in parts.items() if part not in (Part.SAME, Part.SKIP)
    }
    return words or parts


@dataclass(frozen=True, slots=True)
class ItsRound:
    """Where an answer belongs: to round `id`, which is open, or is over (`late`)."""

    id: int
    number: int
    late: bool


LATE = timedelta(days=4)  # after the end of a round, product.md section 3
SOON = timedelta(days=1)  # before the next one: then an answer is for that


def decide_round(
    now: datetime, open_now: Round | None, last: Round | None, next_at: datetime | None
) -> ItsRound | None:
    """The round that an answer said `now` belongs to: the open one, or the `last`; None: the next one.

    `next_at` is when the next is due, None where none is planned.
    """
    if open_now is not None:
        return ItsRound(open_now.id, open_now.number, late=False)
    if last is None or last.state is not RoundState.CLOSED or now - last.closes_at >= LATE:
        return None
    if next_at is not None and next_at - now <= SOON:
        return None
    return ItsRound(last.id, last.number, late=True)


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
