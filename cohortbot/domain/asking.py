"""What people ask about cohorts, each other and themselves: the values that answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from cohortbot.domain.model import CohortState, MemberState, Role
from cohortbot.domain.undelivered import Why


@dataclass(frozen=True, slots=True)
class CohortLine:
    """One cohort in a list."""

    slug: str
    title: str
    state: CohortState
    taken: int
    places: int
    waiting: int


@dataclass(frozen=True, slots=True)
class CohortList:
    cohorts: tuple[CohortLine, ...]


@dataclass(frozen=True, slots=True)
class CohortCard:
    """One cohort; `next_at` is None without a schedule or while it rests."""

    slug: str
    title: str
    goal: str
    channel: str
    state: CohortState
    taken: int
    places: int
    waiting: int
    mentors: tuple[str, ...]
    next_at: datetime | None
    zone: str
    public: bool


@dataclass(frozen=True, slots=True)
class NextCheckin:
    """`zone` is the asker's; `open_until` is set while a round is open."""

    slug: str
    next_at: datetime | None
    zone: str
    open_number: int | None
    open_until: datetime | None
    state: CohortState


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody of a cohort; while they are away, until when and who stands in for them, if anybody does."""

    nick: str
    proven: bool
    last_day: date | None
    cover: str | None


@dataclass(frozen=True, slots=True)
class WhoIsIn:
    """All people of one cohort."""

    slug: str
    mentors: tuple[Known, ...]
    mentees: tuple[Known, ...]
    waiting: int
    places: int
    today: date


@dataclass(frozen=True, slots=True)
class WhoIsInAll:
    """The same for each cohort of a mentor of several."""

    cohorts: tuple[WhoIsIn, ...]


@dataclass(frozen=True, slots=True)
class WhoIs:
    """One person as the people of their cohorts may know them; `roles` are (slug, role, state)."""

    person: Known
    roles: tuple[tuple[str, Role, MemberState], ...]
    about: str | None
    zone: str | None
    today: date


@dataclass(frozen=True, slots=True)
class MyPlace:
    """One membership of the asker's: `number` of `places` for a seat, a place in the line for a wait."""

    slug: str
    role: Role
    state: MemberState
    number: int
    places: int
    held: bool
    since: datetime
    offered_until: datetime | None
    done_at: datetime | None
    round_open: int | None
    answered: bool


@dataclass(frozen=True, slots=True)
class MyAbsence:
    """`asked` has not answered, since an instant, whether they cover; `covered_by` does."""

    last_day: date
    asked: tuple[str, datetime] | None
    covered_by: str | None


@dataclass(frozen=True, slots=True)
class MyCover:
    """Standing in for `nick`; in each of `slugs`, or (none) asked to and not answered yet."""

    nick: str
    slugs: tuple[str, ...]
    last_day: date


@dataclass(frozen=True, slots=True)
class MyState:
    """Where the asker stands; `zone` and `about` are what they set, None when they have not."""

    nick: str
    proven: bool
    organizer: bool
    places: tuple[MyPlace, ...]
    zone: str | None
    about: str | None
    stuck_on: tuple[int, ...]
    away: MyAbsence | None
    covers: tuple[MyCover, ...]
    now: datetime


@dataclass(frozen=True, slots=True)
class MyLast:
    """What the asker last answered: by cohort, the round's number and its parts as (part, text)."""

    answers: tuple[tuple[str, int, tuple[tuple[str, str | None], ...]], ...]


@dataclass(frozen=True, slots=True)
class ZoneSet:
    zone: str
    now: datetime


@dataclass(frozen=True, slots=True)
class AboutSet:
    text: str


@dataclass(frozen=True, slots=True)
class HelpNow:
    """What this person can do now: the verbs, most useful first."""

    verbs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HelpVerb:
    """One verb explained, with those that begin with the same word."""

    verbs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LineLink:
    """The address of a line of the log: `path` is root-relative."""

    path: str


@dataclass(frozen=True, slots=True)
class WordsWait:
    """How much waits for somebody: said `now` (those words are the answer), `later`, or sent a moment ago."""

    now: int
    later: int
    on_their_way: int


@dataclass(frozen=True, slots=True)
class SomethingWaits:
    """For somebody in a channel: their settings keep our private words from them."""

    why: Why


Outcome = (
    CohortList
    | CohortCard
    | NextCheckin
    | WhoIsIn
    | WhoIsInAll
    | WhoIs
    | MyState
    | MyLast
    | ZoneSet
    | AboutSet
    | HelpNow
    | HelpVerb
    | LineLink
    | WordsWait
    | SomethingWaits
)
