"""Mentors, blockers, and goals reached: pure decisions and their outcomes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from cohortbot.domain.model import Blocker, BlockerState, Membership, MemberState, Role
from cohortbot.domain.refusals import (
    AlreadySolved,
    AlreadyTaken,
    BlockerStale,
    MenteeCannotMentor,
    MentorsOnly,
    NoSuchBlocker,
    OwnBlocker,
    Refusal,
)
from cohortbot.domain.zones import Hours

# --- blockers


@dataclass(frozen=True, slots=True)
class BlockerTaken:
    """It is the speaker's to help with; `nick` is whose it is, None where that is private."""

    number: int
    nick: str | None
    again: bool = False


@dataclass(frozen=True, slots=True)
class BlockerSolved:
    """`after`: how long they were stuck; `nick` is None where the reply begins with theirs."""

    number: int
    nick: str | None
    after: timedelta
    again: bool = False


@dataclass(frozen=True, slots=True)
class HelpComes:
    """For whoever is stuck: `by` took it, where they could not hear it."""

    number: int
    by: str


@dataclass(frozen=True, slots=True)
class SolvedForYou:
    """For whoever was stuck: `by` says that it is solved, where they could not hear it."""

    number: int
    by: str


@dataclass(frozen=True, slots=True)
class StuckTakenBack:
    number: int


@dataclass(frozen=True, slots=True)
class TakeTakenBack:
    number: int


@dataclass(frozen=True, slots=True)
class SolutionTakenBack:
    """`taken_by` is who has it again, None when it is open."""

    number: int
    taken_by: str | None


# --- goals


@dataclass(frozen=True, slots=True)
class DoneNoted:
    """A mentor confirms it with `complete nick`; `mentors` are those who can."""

    slug: str
    nick: str
    mentors: tuple[str, ...]
    again: bool = False


@dataclass(frozen=True, slots=True)
class DoneAsked:
    """For mentors: `nick` says that they are done, and waits; `since` is set where it is said again."""

    slug: str
    nick: str
    url: str | None
    since: datetime | None = None
    zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class Congratulations:
    """For the cohort's channel; `path` is the badge's page, None while it waits for them to identify."""

    slug: str
    nick: str
    badge: str
    path: str | None


@dataclass(frozen=True, slots=True)
class Completed:
    """The same for who confirmed it from elsewhere; `offered`: the place went to the next in line."""

    slug: str
    nick: str
    path: str | None
    offered: bool


@dataclass(frozen=True, slots=True)
class CompleteAlready:
    """`nick` is None for the speaker."""

    slug: str
    nick: str | None
    path: str | None


@dataclass(frozen=True, slots=True)
class NextSteps:
    """For who reached a goal: `free` are other cohorts with places, as (slug, how many)."""

    slug: str
    path: str | None
    free: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class BadgeIssued:
    """A badge that waited for its person to identify is theirs."""

    slug: str
    badge: str
    path: str


@dataclass(frozen=True, slots=True)
class DoneTakenBack:
    slug: str


@dataclass(frozen=True, slots=True)
class CompletionTakenBack:
    """`line_place` is where `nick` (None: the reader) waits; None when they have a seat again."""

    slug: str
    nick: str | None
    line_place: int | None


@dataclass(frozen=True, slots=True)
class OfferTakenBack:
    """For whom a place was offered that was not free after all; `place` is theirs in the line."""

    slug: str
    place: int


@dataclass(frozen=True, slots=True)
class BadgeRevoked:
    """`again`: it had been before."""

    slug: str
    nick: str
    again: bool


@dataclass(frozen=True, slots=True)
class RevokedBecause:
    """For whose badge it was, and who is here."""

    slug: str
    badge: str
    by: str
    why: str


@dataclass(frozen=True, slots=True)
class YourBadgeRevoked:
    """The same for who was not: the reason was kept nowhere, `by` knows it."""

    slug: str
    badge: str
    by: str


# --- mentors


@dataclass(frozen=True, slots=True)
class MentorProposed:
    """The speaker volunteers; `deciders` are those who were told and can confirm."""

    slug: str
    deciders: tuple[str, ...]
    again: bool = False


@dataclass(frozen=True, slots=True)
class MentorAsked:
    """For those who can confirm a volunteer; `since` is set where it is said again."""

    slug: str
    nick: str
    since: datetime | None = None
    zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class MentorConfirmed:
    """`mentors` of `wanted`; `uncovered` are the hours of the UTC day when it is night for all of them.

    `nick` is None for the speaker.
    """

    slug: str
    nick: str | None
    mentors: int
    wanted: int
    uncovered: tuple[Hours, ...]
    again: bool = False


@dataclass(frozen=True, slots=True)
class MentorWelcome:
    """For a volunteer who was confirmed."""

    slug: str
    by: str | None
    channel: str
    channel_key: str | None
    has_zone: bool


@dataclass(frozen=True, slots=True)
class MentorDeclined:
    slug: str
    nick: str


@dataclass(frozen=True, slots=True)
class NotMentoring:
    """For a volunteer who was declined."""

    slug: str


Outcome = (
    BlockerTaken
    | BlockerSolved
    | HelpComes
    | SolvedForYou
    | StuckTakenBack
    | TakeTakenBack
    | SolutionTakenBack
    | DoneNoted
    | DoneAsked
    | Congratulations
    | Completed
    | CompleteAlready
    | NextSteps
    | BadgeIssued
    | DoneTakenBack
    | CompletionTakenBack
    | OfferTakenBack
    | BadgeRevoked
    | RevokedBecause
    | YourBadgeRevoked
    | MentorProposed
    | MentorAsked
    | MentorConfirmed
    | MentorWelcome
    | MentorDeclined
    | NotMentoring
)


# --- decisions


@dataclass(frozen=True, slots=True)
class Bystander:
    """Who reaches for a blocker, and what they are in its cohort; `mentor` is a proven one of its own."""

    person_id: int
    member: bool
    mentor: bool
    organizer: bool

    def may_touch(self, one: Blocker) -> bool:
        """A private one is for its own person and the cohort's mentors; organizers read no private words."""
        if self.mentor or one.person_id == self.person_id:
            return True
        return not one.private and (self.member or self.organizer)


def decide_reach(
    one: Blocker, who: Bystander, verb: str, slug: str, mentors: tuple[str, ...], open_ones: tuple[int, ...]
) -> Refusal | None:
    """Why somebody may not `verb` this blocker.

    Outside its cohort it is as if there were none; inside, a private one is for `mentors`. `open_ones` are
    those that they may name instead.
    """
    if one.state is BlockerState.UNDONE:
        return NoSuchBlocker(one.id, open_ones)
    if who.may_touch(one):
        return None
    if who.member or who.organizer:
        return MentorsOnly(slug, verb, mentors)
    return NoSuchBlocker(one.id, open_ones)


def decide_take(
    one: Blocker, by: int, owner: str | None, taker: str | None, solver: str | None
) -> Refusal | None:
    """Why a blocker is not `by`'s to take; it may be theirs already. `owner`, `taker`, `solver` are nicks."""
    if one.state is BlockerState.SOLVED:
        return AlreadySolved(one.id, solver or "somebody")
    if one.state is BlockerState.STALE:
        return BlockerStale(one.id, None if one.private else owner)
    if one.person_id == by:
        return OwnBlocker(one.id)
    if one.state is BlockerState.TAKEN and one.taken_by != by:
        return AlreadyTaken(one.id, taker or "somebody")
    return None


def decide_solve(one: Blocker, by: int, solver: str | None) -> Refusal | None:
    """Why a blocker cannot be solved; it may be solved by `by` already."""
    if one.state is BlockerState.SOLVED and one.solved_by != by:
        return AlreadySolved(one.id, solver or "somebody")
    return None


@dataclass(frozen=True, slots=True)
class Propose:
    """Decided: they wait for somebody's word."""


@dataclass(frozen=True, slots=True)
class Confirm:
    """Decided: they are a mentor now."""


def decide_mentor(
    slug: str, mine: Membership | None, *, organizer: bool
) -> Propose | Confirm | Refusal | None:
    """What volunteering does; None when they mentor it, or have volunteered, already.

    `mine` is their live membership. An organizer needs nobody's word.
    """
    if mine is not None and mine.role is Role.MENTEE:
        return MenteeCannotMentor(slug)
    if mine is not None and (mine.state is MemberState.ACTIVE or not organizer):
        return None
    return Confirm() if organizer else Propose()
