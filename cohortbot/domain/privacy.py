"""What is kept of somebody, and what only few may hear: the outcomes of erase, export and report. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class NothingKept:
    """There is nothing of the speaker."""


@dataclass(frozen=True, slots=True)
class EraseAsked:
    """`lines` is how many lines of theirs stand in public logs, None where those cannot be read.

    `word` is what they say behind `erase me` within `open_for`.
    """

    nick: str
    seats: int
    badges: int
    lines: int | None
    word: str
    open_for: timedelta


@dataclass(frozen=True, slots=True)
class Erased:
    """`nick` is somebody else, whom an organizer erased; None for the speaker."""

    nick: str | None
    seats: int
    badges: int
    lines: int | None


@dataclass(frozen=True, slots=True)
class ExportLink:
    """`path` gives the file once, within `open_for`."""

    path: str
    open_for: timedelta


# --- reports


@dataclass(frozen=True, slots=True)
class ReportAsked:
    """Who would read it, by nick; `mentoring` are the organizers who mentor the speaker, and would not."""

    readers: tuple[str, ...]
    mentoring: tuple[str, ...]
    open_for: timedelta


@dataclass(frozen=True, slots=True)
class NobodyToRead:
    """Every organizer mentors the speaker, or there is none: the contact is the way."""

    mentoring: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReportSent:
    readers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReportDropped:
    """Nobody hears of it."""


@dataclass(frozen=True, slots=True)
class ReportFor:
    """What a reader is told; `nick` is who said it, `others` who else reads it."""

    number: int
    nick: str
    text: str
    others: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReportTaken:
    """A reader sees to it; `nick` is who said it."""

    number: int
    nick: str


@dataclass(frozen=True, slots=True)
class ReportLeft:
    """A reader leaves it to the others."""

    number: int


@dataclass(frozen=True, slots=True)
class YourReportTaken:
    by: str


Outcome = (
    NothingKept
    | EraseAsked
    | Erased
    | ExportLink
    | ReportAsked
    | NobodyToRead
    | ReportSent
    | ReportDropped
    | ReportFor
    | ReportTaken
    | ReportLeft
    | YourReportTaken
)
