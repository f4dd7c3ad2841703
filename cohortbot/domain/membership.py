"""Joining, leaving, waiting and being offered a place: pure decisions and their outcomes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from cohortbot.domain.model import Cohort, CohortState, Membership, MemberState, Person, Role
from cohortbot.domain.refusals import CohortRests, MentorCannotBeMentee, Refusal

# Places in the waitlist (`membership.line_rank`): lower goes first.
FIRST_BY_UNDO = -1
FIRST = 0
ORDINARY = 1


@dataclass(frozen=True, slots=True)
class Joined:
    """A place is theirs; `taken` of `places`, they included. `again`: it was theirs before."""

    slug: str
    taken: int
    places: int
    again: bool = False


@dataclass(frozen=True, slots=True)
class Waiting:
    """Full: `place` counts from 1."""

    slug: str
    place: int
    again: bool = False


@dataclass(frozen=True, slots=True)
class Held:
    """Waiting until they identify or a mentor adds them: too many unproven joins at once."""

    slug: str
    nick: str
    again: bool = False


Standing = Joined | Waiting | Held


@dataclass(frozen=True, slots=True)
class JoinResults:
    """What became of each cohort named, in one reply; `enter` are channels that the person is not in."""

    results: tuple[Standing | Refusal, ...]
    enter: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class JoinAnnounced:
    """Said once in the cohort's channel when somebody joined from elsewhere."""

    nick: str
    slug: str
    taken: int
    places: int


@dataclass(frozen=True, slots=True)
class Left:
    """`was` is the state that ended, `role` the one it was in."""

    slug: str
    role: Role
    was: MemberState
    offered_to_next: bool


@dataclass(frozen=True, slots=True)
class Welcome:
    """The first private word to a new member.

    `mentors` are (nick, awake now) of those who are there and whoever stands in; `away` are (nick, last day).
    """

    slug: str
    title: str
    goal: str
    channel: str
    channel_key: str | None
    mentors: tuple[tuple[str, bool], ...]
    away: tuple[tuple[str, date], ...]
    today: date
    next_at: datetime | None
    zone: str | None
    cohort_zone: str
    public: bool
    claim_word: str | None


@dataclass(frozen=True, slots=True)
class PlaceOffered:
    slug: str
    until: datetime
    zone: str


@dataclass(frozen=True, slots=True)
class OfferRanOut:
    slug: str
    days: int


@dataclass(frozen=True, slots=True)
class PlaceGiven:
    """An earlier wait became a seat: they were held and are proven now, or a mentor added them."""

    slug: str
    taken: int
    places: int
    by: str | None
    channel: str
    channel_key: str | None


@dataclass(frozen=True, slots=True)
class HowToEnter:
    """A seat is held and its channel was not entered for days."""

    slug: str
    channel: str
    channel_key: str | None


@dataclass(frozen=True, slots=True)
class SeatLapses:
    """An unproven seat ends at `at` unless they identify."""

    slug: str
    at: datetime
    zone: str


@dataclass(frozen=True, slots=True)
class SeatLapsed:
    slug: str


@dataclass(frozen=True, slots=True)
class Claimed:
    """The seat whose welcome held the word is the speaker's now; `word` is the next one."""

    slug: str
    state: MemberState
    word: str | None


@dataclass(frozen=True, slots=True)
class ChannelLogged:
    """Told once a person and channel to who enters it."""

    channel: str


Outcome = (
    Joined
    | Waiting
    | Held
    | JoinResults
    | JoinAnnounced
    | Left
    | Welcome
    | PlaceOffered
    | OfferRanOut
    | PlaceGiven
    | HowToEnter
    | SeatLapses
    | SeatLapsed
    | Claimed
    | ChannelLogged
)


@dataclass(frozen=True, slots=True)
class Line:
    """A cohort's waitlist as a decision sees it: `free` seats, and how many wait that may be offered one."""

    free: int
    eligible: int


@dataclass(frozen=True, slots=True)
class Seat:
    """Decided: give them a seat now."""


@dataclass(frozen=True, slots=True)
class Queue:
    """Decided: they wait, at this rank; `held` by the brake."""

    rank: int
    held: bool


def decide_join(
    cohort: Cohort,
    person: Person,
    mine: Membership | None,
    line: Line,
    *,
    brake: bool,
    first_again: bool,
    rests_by: str | None,
    zone: str,
) -> Seat | Queue | Refusal | None:
    """What a `join` does; None when it changes nothing, since they are in it or wait for it already.

    `mine` is their live membership; `brake`: too many unproven joins lately; `first_again`: an offer of
    theirs ran out not long ago.
    """
    if mine is not None and mine.role is Role.MENTOR:
        return MentorCannotBeMentee(cohort.slug)
    if mine is not None and mine.state is MemberState.ACTIVE:
        return None
    if cohort.state is not CohortState.ACTIVE:
        return CohortRests(cohort.slug, cohort.state, cohort.state_since, rests_by, zone)
    if mine is not None and mine.state is MemberState.OFFERED:
        return Seat()
    if mine is not None:
        return _unhold(mine, person, line)
    if brake and not person.proven:
        return Queue(rank=FIRST, held=True)
    if line.free > 0 and line.eligible == 0:
        return Seat()
    return Queue(rank=FIRST if first_again else ORDINARY, held=False)


def _unhold(mine: Membership, person: Person, line: Line) -> Seat | Queue | None:
    """Proof ends the brake's hold: a seat while there is a free one, else the front of the line."""
    if not (mine.held and person.proven):
        return None
    return Seat() if line.free > 0 else Queue(rank=FIRST, held=False)
