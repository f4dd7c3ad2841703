"""Reminders of an open round, and people of whom nothing is heard: pure decisions and their outcomes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction

from cohortbot.domain.model import Role, Tally

# product.md section 4: after 24 h and 60 h of 72; other lengths scale.
REMINDERS = (Fraction(1, 3), Fraction(5, 6))


@dataclass(frozen=True, slots=True)
class Reminder:
    """Privately, to who was asked and has not answered.

    `quoted` is their last talk in the channel since the round opened, which «yes» files as what they did.
    """

    slug: str
    number: int
    tally: Tally
    closes_at: datetime
    zone: str
    channel: str
    quoted: str | None


@dataclass(frozen=True, slots=True)
class RoundIsOpen:
    """Privately, once, to who enters the channel while a round is open that they have not answered."""

    slug: str
    number: int
    closes_at: datetime
    zone: str


@dataclass(frozen=True, slots=True)
class Reminded:
    """For who said `remind`: `now` people hear it at once, `by_day` when their day begins.

    `had_both` have had two already; `unwilling` are away or want none. Together they are all the silent.
    """

    slug: str
    number: int
    now: int
    by_day: int
    had_both: int
    unwilling: int


@dataclass(frozen=True, slots=True)
class NudgesSet:
    on: bool


@dataclass(frozen=True, slots=True)
class QuoteFiled:
    """What was quoted is their answer now; `path` is its line in the log, None where that is not public."""

    slug: str
    number: int
    path: str | None


@dataclass(frozen=True, slots=True)
class QuoteLeft:
    """«no» to the quote."""

    slug: str
    number: int


@dataclass(frozen=True, slots=True)
class StayAsked:
    """To a mentee of whom nothing was heard for `rounds`: do you stay? After `more` the seat is passed on."""

    slug: str
    rounds: int
    more: int


@dataclass(frozen=True, slots=True)
class SeatPassedOn:
    """To whom nothing was heard from: the seat was offered on; `join` puts them first in line."""

    slug: str
    rounds: int


@dataclass(frozen=True, slots=True)
class Stays:
    """`again`: nobody had asked them. `role` is what they stay as."""

    slug: str
    role: Role
    again: bool


@dataclass(frozen=True, slots=True)
class MentorAskedIfHere:
    """To a mentor of whom nothing was heard in `days`."""

    slug: str
    days: int


@dataclass(frozen=True, slots=True)
class MentorQuiet:
    """For the other mentors and organizers: nothing has been heard from `nick` since a day."""

    slug: str
    nick: str
    since: date


Outcome = (
    Reminder
    | RoundIsOpen
    | Reminded
    | NudgesSet
    | QuoteFiled
    | QuoteLeft
    | StayAsked
    | SeatPassedOn
    | Stays
    | MentorAskedIfHere
    | MentorQuiet
)


def reminders_due(opened_at: datetime, closes_at: datetime, now: datetime) -> int:
    """How many of a round's two reminders have come due: 0 to 2, and 0 once it should be closed."""
    if now >= closes_at:
        return 0
    gone, whole = now - opened_at, closes_at - opened_at
    return sum(gone * part.denominator >= whole * part.numerator for part in REMINDERS)


# --- silence


@dataclass(frozen=True, slots=True)
class Silence:
    """What a round's end means for one mentee: `rounds` silent in a row by now.

    `ask`: they are asked whether they stay; `pass_on`: their seat is.
    """

    rounds: int
    ask: bool
    pass_on: bool


ASKED_AFTER = 2  # silent rounds: product.md section 4, Silent


def rounds_to_the_end(every_weeks: int | None) -> int:
    """Silent rounds in a row after which a seat is passed on: four, when biweekly three."""
    return 3 if every_weeks == 2 else 4


def decide_silence(before: int, *, silent: bool, asked: bool, word_since: bool, last: int) -> Silence:
    """After `before` silent rounds in a row comes one more that was `silent`, or was not.

    `asked`: they were asked whether they stay; `word_since`: and have said something since. After `last`
    silent rounds the seat is passed on.
    """
    if not silent:
        return Silence(0, ask=False, pass_on=False)
    rounds = before + 1
    if word_since:
        # They are there, if not in the channel: counting begins anew with this round.
        return Silence(1, ask=False, pass_on=False)
    return Silence(rounds, ask=rounds >= ASKED_AFTER and not asked, pass_on=asked and rounds >= last)
