"""The things a programme is made of: frozen values, as the store reads them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from cohortbot.domain.message import LogAddress
from cohortbot.domain.schedule import Schedule


class CohortState(StrEnum):
    ACTIVE = "active"
    PAUSED = "paused"
    ENDED = "ended"
    ARCHIVED = "archived"


class Role(StrEnum):
    MENTEE = "mentee"
    MENTOR = "mentor"


class MemberState(StrEnum):
    WAITING = "waiting"
    OFFERED = "offered"
    PROPOSED = "proposed"
    ACTIVE = "active"
    COMPLETED = "completed"
    LEFT = "left"
    REMOVED = "removed"

    @property
    def live(self) -> bool:
        return self in LIVE


LIVE = frozenset({MemberState.WAITING, MemberState.OFFERED, MemberState.PROPOSED, MemberState.ACTIVE})


class RoundState(StrEnum):
    OPEN = "open"
    CLOSED = "closed"
    SKIPPED = "skipped"
    MISSED = "missed"


class BlockerState(StrEnum):
    OPEN = "open"
    TAKEN = "taken"
    SOLVED = "solved"
    STALE = "stale"
    UNDONE = "undone"


class Part(StrEnum):
    """A part of an answer. `same` and `skip` stand alone."""

    DID = "did"
    NEXT = "next"
    STUCK = "stuck"
    SAME = "same"
    SKIP = "skip"


@dataclass(frozen=True, slots=True)
class Badge:
    name: str
    description: str
    criteria: str


@dataclass(frozen=True, slots=True)
class Cohort:
    """One task and the people around it. `places` is a limit, `mentors_wanted` a wish.

    `question` takes the place of the prompt's own; `next_slugs` are the cohorts to suggest to who finishes.
    On the date `ends` this run is over.
    """

    id: int
    slug: str
    network: str
    title: str
    goal: str
    channel: str
    channel_key: str | None
    places: int
    mentors_wanted: int
    public: bool
    steps: Sequence[str]
    next_slugs: Sequence[str]
    ends: date | None
    schedule: Schedule | None
    question: str | None
    badge: Badge | None
    state: CohortState
    state_since: datetime
    state_by: int | None
    due_from: datetime

    @property
    def badge_name(self) -> str:
        return self.badge.name if self.badge else self.title

    @property
    def zone(self) -> str:
        return self.schedule.zone if self.schedule else "UTC"


SOMEBODY = "somebody"
"""What a person is called who was erased."""


def erased_key(person_id: int) -> str:
    """The nick key of an erased person: it can be nobody's nick (RFC 2812, 2.3.1)."""
    return f"*{person_id}"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody as known on one network.

    `nick` is what to call them: the nick an account last spoke under, else the nick that claimed. `account`
    is None for the unproven; `connection` is then the one that claimed.
    """

    id: int
    network: str
    nick: str
    nick_key: str
    account: str | None
    connection: str | None
    zone: str | None
    about: str | None
    nudges: bool
    word_at: datetime | None

    @property
    def proven(self) -> bool:
        return self.account is not None

    @property
    def erased(self) -> bool:
        return self.nick_key.startswith("*")


@dataclass(frozen=True, slots=True)
class Membership:
    id: int
    cohort_id: int
    person_id: int
    role: Role
    state: MemberState
    state_since: datetime
    joined_at: datetime
    line_rank: int
    line_since: datetime
    held: bool
    offered_until: datetime | None
    first_until: datetime | None
    absent_since: datetime | None
    told_how_to_enter: bool
    done_at: datetime | None
    done_url: str | None
    claim_word: str | None
    claim_until: datetime | None
    lapse_warnings: int
    spoke_at: datetime | None
    silent_rounds: int
    asked_at: datetime | None
    quiet_since: datetime | None
    stay_at: datetime | None


@dataclass(frozen=True, slots=True)
class Round:
    id: int
    cohort_id: int
    number: int
    state: RoundState
    opened_at: datetime
    closes_at: datetime
    opened_by: int | None
    late: bool


@dataclass(frozen=True, slots=True)
class Tally:
    """Of a round's frozen roster: how many were asked and how many of them have answered."""

    answered: int
    asked: int


@dataclass(frozen=True, slots=True)
class Blocker:
    """What somebody is stuck on. `open_since`: since when nobody helps, if nobody does.

    `told` counts who was told that: 1 its mentors, 2 organizers too. `taker_asked_at` is when its taker was
    last asked whether they still help; `named_at` when whoever is stuck last said that they are, `asked_at`
    when they were last asked.
    """

    id: int
    cohort_id: int
    person_id: int
    round_id: int | None
    text: str
    private: bool
    state: BlockerState
    opened_at: datetime
    taken_by: int | None
    taken_at: datetime | None
    solved_by: int | None
    solved_at: datetime | None
    how: str | None
    line: LogAddress | None
    open_since: datetime
    told: int
    taker_asked_at: datetime | None
    named_at: datetime
    asked_at: datetime | None

    @property
    def owner_asked(self) -> bool:
        """Whether whoever is stuck was asked if they still are, and has not said so since."""
        return self.asked_at is not None and self.asked_at > self.named_at


@dataclass(frozen=True, slots=True)
class Award:
    """A goal reached. `issued_at` is None while the badge waits for its person to identify."""

    id: int
    public_id: str
    cohort_id: int
    person_id: int
    membership_id: int
    confirmed_by: int
    confirmed_at: datetime
    issued_at: datetime | None
    revoked_at: datetime | None
    url: str | None
