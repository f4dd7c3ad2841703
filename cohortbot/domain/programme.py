"""What mentors and organizers do with cohorts and people: pure decisions and their outcomes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches

from cohortbot.domain.grammar import Names, resolve
from cohortbot.domain.model import Cohort, CohortState, Membership, MemberState, Person, Role
from cohortbot.domain.refusals import (
    CohortRests,
    FullFor,
    MentorCannotBeMentee,
    NoSuchCohort,
    NotMemberOf,
    NotUnproven,
    Refusal,
)

# --- cohorts


@dataclass(frozen=True, slots=True)
class CohortMade:
    """`like` is the slug whose settings it took; `scheduled`: check-ins are planned."""

    slug: str
    title: str
    channel: str
    places: int
    like: str | None
    scheduled: bool


@dataclass(frozen=True, slots=True)
class SettingsChanged:
    """Every key whose value is another now, with it as it is typed; `offered` places went to the line.

    `over` counts the seats held beyond the places; `next_at` is set when the schedule was changed, and
    `instead_of` to the check-in that was to be the next, if it is another.
    """

    slug: str
    changes: tuple[tuple[str, str], ...]
    offered: int
    over: int
    next_at: datetime | None
    instead_of: datetime | None
    zone: str


@dataclass(frozen=True, slots=True)
class CohortTurned:
    """The state of a cohort; `again`: it was so before. `by` is None when no person did it."""

    slug: str
    state: CohortState
    since: datetime
    by: str | None
    zone: str
    again: bool


@dataclass(frozen=True, slots=True)
class TurnAnnounced:
    """Said in the cohort's channel when somebody paused, resumed or archived it from elsewhere."""

    slug: str
    state: CohortState
    by: str
    why: str | None


@dataclass(frozen=True, slots=True)
class Announcing:
    """It will be said in `count` channels; `slugs` are the cohorts, as far as they may be named here."""

    slugs: tuple[str, ...]
    count: int


@dataclass(frozen=True, slots=True)
class Announced:
    """In a cohort's channel: what organizer `by` has to say."""

    text: str
    by: str


@dataclass(frozen=True, slots=True)
class Reloaded:
    """What a new reading of `file` changed; `restart` are keys that are in force after a restart only."""

    file: str
    made: tuple[str, ...]
    changed: tuple[str, ...]
    restart: tuple[str, ...]


# --- people


@dataclass(frozen=True, slots=True)
class Added:
    """`taken` is None when the cohort is full: then they are first in line, no longer held."""

    slug: str
    nick: str
    taken: int | None
    places: int
    again: bool


@dataclass(frozen=True, slots=True)
class Moved:
    """`again`: they were there before, and not where they were to be moved from."""

    nick: str
    left: str
    slug: str
    taken: int
    places: int
    offered_to_next: bool
    again: bool


@dataclass(frozen=True, slots=True)
class YouWereMoved:
    left: str
    slug: str
    by: str
    taken: int
    places: int
    channel: str
    channel_key: str | None


@dataclass(frozen=True, slots=True)
class Removed:
    """`again`: their membership had ended before; `heard_why`: they are here and were told the reason."""

    nick: str
    slug: str
    role: Role
    offered_to_next: bool
    heard_why: bool
    again: bool


@dataclass(frozen=True, slots=True)
class YouWereRemoved:
    slug: str
    by: str


@dataclass(frozen=True, slots=True)
class RemovedBecause:
    """The reason, in the words of whoever removed them: said at once or never, since it is kept nowhere."""

    slug: str
    by: str
    why: str


@dataclass(frozen=True, slots=True)
class Merged:
    """`slugs` are the cohorts, as far as they may be named here, of the one person that both are now."""

    nick: str
    into: str
    slugs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PersonBarred:
    """`ended` counts the memberships that ended; `again`: barred before."""

    nick: str
    ended: int
    again: bool


@dataclass(frozen=True, slots=True)
class BanLines:
    """What to say to ChanServ so that each channel stays closed to `mask` too."""

    channels: tuple[str, ...]
    mask: str
    why: str


@dataclass(frozen=True, slots=True)
class PersonUnbarred:
    """`was`: there was a bar to take back."""

    nick: str
    was: bool


@dataclass(frozen=True, slots=True)
class OrganizerAdded:
    """`met`: the bot knows somebody of that account, and tells them."""

    account: str
    met: bool
    again: bool


@dataclass(frozen=True, slots=True)
class OrganizerRemoved:
    """`was`: they had been one."""

    account: str
    was: bool


@dataclass(frozen=True, slots=True)
class YouOrganize:
    by: str


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One deed. `by` is None when it was nobody known by now; `way`: irc, config, or tick (the clock)."""

    at: datetime
    kind: str
    way: str
    by: str | None
    about: str | None
    slug: str | None
    detail: str | None


@dataclass(frozen=True, slots=True)
class Audit:
    """The latest deeds, newest first; `of` is the cohort or person asked for."""

    of: str | None
    lines: tuple[AuditLine, ...]
    zone: str


Outcome = (
    CohortMade
    | SettingsChanged
    | CohortTurned
    | TurnAnnounced
    | Announcing
    | Announced
    | Reloaded
    | Added
    | Moved
    | YouWereMoved
    | Removed
    | YouWereRemoved
    | RemovedBecause
    | Merged
    | PersonBarred
    | BanLines
    | PersonUnbarred
    | OrganizerAdded
    | OrganizerRemoved
    | YouOrganize
    | Audit
)


# --- decisions


_LIKE = re.compile(r"(?P<title>.+\S)\s+like\s+(?P<slug>\S+)", re.IGNORECASE | re.DOTALL)


def title_and_model(text: str, names: Names) -> tuple[str, str | None] | NoSuchCohort:
    """`TITLE [like SLUG]` taken apart: the title, and the cohort whose settings the new one takes.

    «Feels like home» is a title, unless a cohort is called home; a word that is nearly a cohort's name is
    taken for a slip and refused with the nearest.
    """
    match = _LIKE.fullmatch(text.strip())
    if match is None:
        return text.strip(), None
    model = resolve(match["slug"], names, exact=True)
    if isinstance(model, str):
        return match["title"], model
    if near := get_close_matches(match["slug"].lower(), list(names.channels), n=3, cutoff=0.6):
        return NoSuchCohort(match["slug"], tuple(near))
    return text.strip(), None


def typed_edits(text: str) -> tuple[tuple[str, str], ...]:
    """`KEY VALUE | KEY VALUE` taken apart, in the order typed, keys in lower case; a value may be empty."""
    pieces = [piece.strip().partition(" ") for piece in re.split(r"(?:^|\s)\|(?:\s|$)", text)]
    return tuple((key.lower(), value.strip()) for key, _, value in pieces if key)


def decide_turn(cohort: Cohort, to: CohortState, by: str | None, zone: str) -> CohortTurned | Refusal | None:
    """None: it changes its state. What is so already is said with since when.

    What has ended or is archived is not paused; what has ended goes on with a later `ends`.
    """
    if cohort.state is to:
        return CohortTurned(cohort.slug, to, cohort.state_since, by, zone, again=True)
    over = cohort.state in (CohortState.ENDED, CohortState.ARCHIVED)
    asleep = cohort.state is CohortState.ENDED and to is CohortState.ACTIVE
    if asleep or (over and to is CohortState.PAUSED):
        return CohortRests(cohort.slug, cohort.state, cohort.state_since, by, zone)
    return None


def decide_move(
    person: Person,
    left: Cohort,
    there: Membership | None,
    to: Cohort,
    mine: Membership | None,
    *,
    free: int,
    rests_by: str | None,
    zone: str,
) -> Refusal | None:
    """Whether a mentee may get a seat in `to` for what they have in `left`; None: they may.

    `there` and `mine` are their live memberships of `left` and `to`. Whoever is seated in `to` already only
    gives up `left`; a place that is offered to them is theirs.
    """
    if there is not None and there.role is Role.MENTOR:
        return NotMemberOf(person.nick, left.slug, Role.MENTEE)
    if mine is not None and mine.role is Role.MENTOR:
        return MentorCannotBeMentee(to.slug, person.nick)
    if mine is not None and mine.state is MemberState.ACTIVE:
        return None
    if there is None:
        return NotMemberOf(person.nick, left.slug, Role.MENTEE)
    if to.state is not CohortState.ACTIVE:
        return CohortRests(to.slug, to.state, to.state_since, rests_by, zone)
    if free <= 0 and not (mine is not None and mine.state is MemberState.OFFERED):
        return FullFor(to.slug, to.places, person.nick)
    return None


def decide_remove(cohort: Cohort, one: Membership, person: Person, *, organizer: bool) -> Refusal | None:
    """An organizer ends anybody's membership, a mentor an unproven mentee's; None: it ends."""
    if not organizer and (person.proven or one.role is Role.MENTOR):
        return NotUnproven(person.nick, cohort.slug)
    return None
