"""Every refusal as a value: what happened, why, and what to type are facts in it; `texts` says them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from cohortbot.domain.message import Proof
from cohortbot.domain.model import CohortState


@dataclass(frozen=True, slots=True)
class UnknownVerb:
    word: str
    nearest: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BadUsage:
    verb: str
    usage: str


@dataclass(frozen=True, slots=True)
class NoSuchCohort:
    word: str
    nearest: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """A prefix that several cohorts begin with."""

    word: str
    slugs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CohortNeeded:
    """None was named, and not exactly one could be meant; `own` are the speaker's, `there` all there are."""

    verb: str
    usage: str
    own: tuple[str, ...]
    there: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NotInIt:
    """The speaker is not in it: how to join."""

    slug: str


@dataclass(frozen=True, slots=True)
class NotInAny:
    """The speaker is in no cohort at all: how to join one."""


@dataclass(frozen=True, slots=True)
class NotMemberOf:
    """Somebody else is not in it (as `role`)."""

    nick: str
    slug: str
    role: str


@dataclass(frozen=True, slots=True)
class NotIdentified:
    """The verb needs proof and there is none; `proof` says why."""

    verb: str
    proof: Proof


@dataclass(frozen=True, slots=True)
class NickIsSomebodys:
    """`owner` is the nick that belongs to somebody else; nothing is done and nothing else is said."""

    owner: str
    proof: Proof


@dataclass(frozen=True, slots=True)
class ThrowawayNick:
    """A nick that a web client made up."""

    nick: str


@dataclass(frozen=True, slots=True)
class CohortRests:
    """Paused or archived; `by` is None when the config did it."""

    slug: str
    state: CohortState
    since: datetime
    by: str | None
    zone: str


@dataclass(frozen=True, slots=True)
class AnsweredBefore:
    """What was quoted is not filed: there is an answer by now."""

    slug: str
    number: int


@dataclass(frozen=True, slots=True)
class NoSuchRound:
    """`newest` is the number of the last one, None before the first."""

    slug: str
    number: int | None
    newest: int | None


@dataclass(frozen=True, slots=True)
class NoOpenRound:
    """`next_at` is None without a schedule."""

    slug: str
    next_at: datetime | None
    zone: str


@dataclass(frozen=True, slots=True)
class WhichCohort:
    """An answer that could be for several of the speaker's cohorts: the slug before it says which."""

    verb: str
    slugs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MentorsOnly:
    slug: str
    verb: str
    mentors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OrganizersOnly:
    verb: str
    organizers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TooLong:
    what: str
    limit: int
    length: int


@dataclass(frozen=True, slots=True)
class CompletingYourself:
    slug: str
    others: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NobodyOfThatName:
    nick: str
    nearest: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NoBadgeOf:
    """Nobody confirmed that they reached this goal."""

    nick: str
    slug: str


@dataclass(frozen=True, slots=True)
class NotUnproven:
    """A mentor removes the unproven alone; organizers remove anybody."""

    nick: str
    slug: str


@dataclass(frozen=True, slots=True)
class MentorCannotBeMentee:
    """Nobody is mentor and mentee of the same cohort; `nick` is None for the speaker."""

    slug: str
    nick: str | None = None


@dataclass(frozen=True, slots=True)
class MenteeCannotMentor:
    slug: str


@dataclass(frozen=True, slots=True)
class FullFor:
    """`add` and `move` do not seat anybody beyond the places."""

    slug: str
    places: int
    nick: str


@dataclass(frozen=True, slots=True)
class NoSuchBlocker:
    """No such number in reach of the speaker; `open_ones` are those that are."""

    number: int
    open_ones: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class BlockersOf:
    """Not exactly one blocker could be meant; `nick` None: the speaker's own."""

    nick: str | None
    numbers: tuple[int, ...]
    verb: str


@dataclass(frozen=True, slots=True)
class AlreadySolved:
    number: int
    by: str


@dataclass(frozen=True, slots=True)
class AlreadyTaken:
    number: int
    by: str


@dataclass(frozen=True, slots=True)
class BlockerStale:
    """Nobody waits for help with it any more."""

    number: int
    nick: str | None


@dataclass(frozen=True, slots=True)
class OwnBlocker:
    """Nobody takes their own blocker."""

    number: int


@dataclass(frozen=True, slots=True)
class CheckinAnswered:
    """A check-in that somebody has answered is not taken back."""

    slug: str
    number: int


@dataclass(frozen=True, slots=True)
class NothingToUndo:
    """Nothing of the speaker's within `minutes`."""

    minutes: int


@dataclass(frozen=True, slots=True)
class NothingAsked:
    word: str


@dataclass(frozen=True, slots=True)
class PrivateOnly:
    verb: str


@dataclass(frozen=True, slots=True)
class WordUnknown:
    """A claim word that is wrong or past its time."""


@dataclass(frozen=True, slots=True)
class SlugRefused:
    slug: str
    why: str


@dataclass(frozen=True, slots=True)
class SettingRefused:
    """A value that does not fit: key, value as quoted for people ("" for none), and what would be right.

    `right` goes on from the value: «is not HH:MM».
    """

    key: str
    value: str
    right: str


@dataclass(frozen=True, slots=True)
class ReloadRefused:
    """The config file is faulty; `faults` are its errors, nothing was changed."""

    faults: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OrganizerOfConfig:
    account: str


@dataclass(frozen=True, slots=True)
class NotTheClaiming:
    """What an unproven person does for the connection alone that claimed `nick`."""

    nick: str
    verb: str


@dataclass(frozen=True, slots=True)
class EraseWordWrong:
    """Not the word that was asked for, or past its time."""


@dataclass(frozen=True, slots=True)
class EraseOneself:
    """Who is proven is erased by nobody else."""

    nick: str


@dataclass(frozen=True, slots=True)
class OrganizerNotBarred:
    """Who organizes is not barred, oneself included, lest nobody be left to take it back."""

    nick: str
    account: str


@dataclass(frozen=True, slots=True)
class NoSuchPlace:
    place: str
    nearest: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SeveralPlaces:
    place: str
    zones: tuple[str, ...]


class WhyNoDate(StrEnum):
    UNREADABLE = "unreadable"
    PAST = "past"
    FAR = "far"


@dataclass(frozen=True, slots=True)
class DateRefused:
    """A date that is none, is past, or is further off than anything is planned."""

    text: str
    why: WhyNoDate


@dataclass(frozen=True, slots=True)
class NobodyAsked:
    """A check-in has nobody to ask: no mentee is seated, or all `seated` are away."""

    slug: str
    seated: int


@dataclass(frozen=True, slots=True)
class NoneToSkip:
    """No check-in is open, and none is planned."""

    slug: str


@dataclass(frozen=True, slots=True)
class NotTheirMentee:
    """A mentor sets mentees of their own cohorts away, an organizer anybody."""

    nick: str


@dataclass(frozen=True, slots=True)
class NothingToCover:
    """Who is away mentors no cohort."""


@dataclass(frozen=True, slots=True)
class CoverIsOneself:
    """Whoever is away was named to stand in for themselves."""


@dataclass(frozen=True, slots=True)
class ChainOfCovers:
    """Who is away stands in for `nick` themselves: a cover is not handed on."""

    nick: str


@dataclass(frozen=True, slots=True)
class CoverUnproven:
    nick: str


@dataclass(frozen=True, slots=True)
class CoverIsMentee:
    """Named to stand in where they are a mentee."""

    nick: str
    slugs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CoverIsAway:
    """Named to stand in while they are away themselves, up to and including `last_day`."""

    nick: str
    last_day: date
    today: date


@dataclass(frozen=True, slots=True)
class NoCoverAsked:
    """`cover yes` or `cover no` by somebody whom nobody waits for."""


@dataclass(frozen=True, slots=True)
class NotLogged:
    """`link` where no line is kept, or not so many."""

    lines: int


@dataclass(frozen=True, slots=True)
class SamePerson:
    nick: str
    into: str


@dataclass(frozen=True, slots=True)
class DatabaseAway:
    """The database did not answer; `unknown` when a commit was under way."""

    unknown: bool


@dataclass(frozen=True, slots=True)
class SlowDown:
    """Too many commands: said once."""


@dataclass(frozen=True, slots=True)
class Barred:
    """Said once to who is barred."""


Refusal = (
    UnknownVerb
    | BadUsage
    | NoSuchCohort
    | Ambiguous
    | CohortNeeded
    | NotInIt
    | NotInAny
    | NotMemberOf
    | NotIdentified
    | NickIsSomebodys
    | ThrowawayNick
    | CohortRests
    | AnsweredBefore
    | NoSuchRound
    | NoOpenRound
    | WhichCohort
    | MentorsOnly
    | OrganizersOnly
    | TooLong
    | CompletingYourself
    | NobodyOfThatName
    | NoBadgeOf
    | NotUnproven
    | MentorCannotBeMentee
    | MenteeCannotMentor
    | FullFor
    | NoSuchBlocker
    | BlockersOf
    | AlreadySolved
    | AlreadyTaken
    | BlockerStale
    | OwnBlocker
    | CheckinAnswered
    | NothingToUndo
    | NothingAsked
    | PrivateOnly
    | WordUnknown
    | SlugRefused
    | SettingRefused
    | ReloadRefused
    | OrganizerOfConfig
    | OrganizerNotBarred
    | NotTheClaiming
    | EraseWordWrong
    | EraseOneself
    | NoSuchPlace
    | SeveralPlaces
    | DateRefused
    | NobodyAsked
    | NoneToSkip
    | NotTheirMentee
    | NothingToCover
    | CoverIsOneself
    | ChainOfCovers
    | CoverUnproven
    | CoverIsMentee
    | CoverIsAway
    | NoCoverAsked
    | NotLogged
    | SamePerson
    | DatabaseAway
    | SlowDown
    | Barred
)
