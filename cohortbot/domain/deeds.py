"""What `undo` can take back: the deeds of one person, and which of them still stands. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from enum import StrEnum
from typing import Protocol, TypeVar


class Deed(StrEnum):
    """The kinds of `event` rows that `undo` knows; each names the ids that its row carries."""

    ANSWERED = "answered"  # round; blocker, if the answer said stuck
    HELD = "held"  # cohort: an answer that waits for its next round
    STUCK = "stuck"  # blocker, without a round
    TAKEN = "taken"  # blocker
    SOLVED = "solved"  # blocker
    DONE = "done"  # membership
    COMPLETED = "completed"  # membership, award
    OPENED = "opened"  # round


UNDONE = "undone"  # the kind of the row that takes a deed back; it bears the deed's ids


def undone_detail(deed: Deed, msgid: str) -> str:
    """The detail of an `undone` row: which deed went, and by which message."""
    return f"{deed} {msgid}"


def undone_by(detail: str | None) -> tuple[str, str]:
    """The inverse: (kind of deed, msgid)."""
    kind, _, msgid = (detail or "").partition(" ")
    return kind, msgid


class Happened(Protocol):
    """An `event` row, as far as `undo` reads it."""

    @property
    def kind(self) -> str: ...
    @property
    def detail(self) -> str | None: ...
    @property
    def round_id(self) -> int | None: ...
    @property
    def blocker_id(self) -> int | None: ...
    @property
    def membership_id(self) -> int | None: ...
    @property
    def award_id(self) -> int | None: ...


H = TypeVar("H", bound=Happened)


def latest_standing(newest_first: Iterable[H]) -> H | None:
    """The newest deed that was not taken back; None when there is none.

    Each `undone` takes back the newest deed before it with its ids that still stood then.
    """
    taken_back: Counter[Hashable] = Counter()
    for one in newest_first:
        if one.kind == UNDONE:
            taken_back[_about(undone_by(one.detail)[0], one)] += 1
        elif one.kind in _DEEDS:
            if not taken_back[_about(one.kind, one)]:
                return one
            taken_back[_about(one.kind, one)] -= 1
    return None


_DEEDS: Sequence[str] = tuple(Deed)


def _about(kind: str, one: Happened) -> Hashable:
    return kind, one.round_id, one.blocker_id, one.membership_id, one.award_id
