"""One line of a channel log: the events that can stand there, how each is written, and how it is read back.

The form is the one that irclog2html and OpenStack's archive read:

    2026-11-26T16:00:03  <cy> !stuck cinder-volume exits 1

The stamp has a fixed width and names hold no blanks, so that what comes first decides what a line is, and
nothing that a person says can change it: their text is always the last thing, up to the end of the line.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import ClassVar, Literal

from cohortbot.chatlog.plain import plain

Kind = Literal[
    "message", "action", "notice", "join", "part", "quit", "kick", "nick", "mode", "topic", "gap", "redacted"
]

MAX_AHEAD = timedelta(minutes=2)  # product.md, Channel logs: a tag further ahead than this counts as none


@dataclass(frozen=True, slots=True)
class Message:
    nick: str
    text: str
    form: ClassVar[Kind] = "message"

    def body(self) -> str:
        return f"<{self.nick}> {self.text}"


@dataclass(frozen=True, slots=True)
class Action:
    nick: str
    text: str
    form: ClassVar[Kind] = "action"

    def body(self) -> str:
        return f"* {self.nick} {self.text}"


@dataclass(frozen=True, slots=True)
class Notice:
    nick: str
    text: str
    form: ClassVar[Kind] = "notice"

    def body(self) -> str:
        return f"-{self.nick}- {self.text}"


@dataclass(frozen=True, slots=True)
class Join:
    nick: str
    channel: str
    form: ClassVar[Kind] = "join"
    text: ClassVar[None] = None

    def body(self) -> str:
        return f"*** {self.nick} has joined {self.channel}"


@dataclass(frozen=True, slots=True)
class Part:
    """`text` is the reason, None without one."""

    nick: str
    channel: str
    text: str | None = None
    form: ClassVar[Kind] = "part"

    def body(self) -> str:
        return f"*** {self.nick} has left {self.channel}{_bracketed(self.text)}"


@dataclass(frozen=True, slots=True)
class Quit:
    """`text` is the reason, None without one."""

    nick: str
    text: str | None = None
    form: ClassVar[Kind] = "quit"

    def body(self) -> str:
        return f"*** {self.nick} has quit IRC{_bracketed(self.text)}"


@dataclass(frozen=True, slots=True)
class Kick:
    """`nick` had to go, `by` made them; `text` is the reason, None without one."""

    nick: str
    by: str
    text: str | None = None
    form: ClassVar[Kind] = "kick"

    def body(self) -> str:
        return f"*** {self.nick} was kicked by {self.by}{_bracketed(self.text)}"


@dataclass(frozen=True, slots=True)
class Rename:
    """`text` is the new nick."""

    nick: str
    text: str
    form: ClassVar[Kind] = "nick"

    def body(self) -> str:
        return f"*** {self.nick} is now known as {self.text}"


@dataclass(frozen=True, slots=True)
class Mode:
    """`text` is the change with its parameters, `+o bob`; `nick` may be a server."""

    nick: str
    text: str
    form: ClassVar[Kind] = "mode"

    def body(self) -> str:
        return f"*** {self.nick} sets mode: {self.text}"


@dataclass(frozen=True, slots=True)
class Topic:
    """`text` is the new topic, empty when it was taken away; `nick` may be a server."""

    nick: str
    text: str
    form: ClassVar[Kind] = "topic"

    def body(self) -> str:
        return f'*** {self.nick} changes topic to "{self.text}"'


@dataclass(frozen=True, slots=True)
class Gap:
    """Lines are missing here: nothing could be written from `since` (aware UTC, whole seconds) on."""

    since: datetime
    form: ClassVar[Kind] = "gap"
    nick: ClassVar[None] = None

    @property
    def text(self) -> str:
        return stamp_text(self.since)

    def body(self) -> str:
        return f"*** log gap since {self.text}"


Event = Message | Action | Notice | Join | Part | Quit | Kick | Rename | Mode | Topic | Gap
"""What happened in a channel. Names (nick, by, channel) are not empty and hold no blanks; texts are `plain`.

Every event has `body()`, `form`, and what a reader shows: `nick`, the first name on the line (None for a
gap), and `text`, what follows it (None where there is nothing).
"""


@dataclass(frozen=True, slots=True)
class Line:
    """An event and when it was: aware UTC in whole seconds."""

    at: datetime
    event: Event


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A line that `format` never wrote (torn by a crash, edited by hand), as it stands in the file."""

    text: str


def format(line: Line) -> str:
    """The line as it stands in a file, without its newline; parts of a second are left off.

    Control codes that an event may hold against the rule are dropped here too: it is always one line.
    """
    return f"{stamp_text(line.at)}  {plain(line.event.body())}"


def parse(text: str) -> Line | Unreadable:
    """The inverse of `format`, both ways round where it is a `Line`.

    It never guesses: what `format` cannot have written is `Unreadable`.
    """
    found = _STAMPED.fullmatch(text)
    if found is None or plain(text) != text:
        return Unreadable(text)
    at, event = _moment(found[1]), _event(found[2])
    if at is None or event is None:
        return Unreadable(text)
    return Line(at, event)


def kind(event: Event) -> Kind:
    """The event's kind as readers are told it: `redacted` if its text is exactly what redaction writes."""
    text = event.text
    return "redacted" if text and text == redaction(text) else event.form


def redaction(text: str) -> str:
    """What redaction writes over `text`: as many bytes, so that no other line of the file moves."""
    size = len(text.encode())
    return "[redacted]".ljust(size) if size >= len("[redacted]") else "*" * size


def stamp(tag: datetime | None, arrival: datetime) -> datetime:
    """When a line was said: by the server's `time` tag, else when it came in.

    A tag more than `MAX_AHEAD` of our clock is a wrong clock's and counts as none.
    """
    if tag is None or tag > arrival + MAX_AHEAD:
        return arrival
    return tag


def stamp_text(at: datetime) -> str:
    """`2026-11-26T16:00:03`, in UTC."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds")


def _bracketed(reason: str | None) -> str:
    return "" if reason is None else f" ({reason})"


_STAMP = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"
_STAMPED = re.compile(rf"({_STAMP})  (.*)")
_NICK = "(?P<nick>[^ ]+)"
_REASON = r"(?: \((?P<text>.*)\))?"
_FORMS: tuple[tuple[Callable[..., Event], re.Pattern[str]], ...] = (
    (Message, re.compile(rf"<{_NICK}> (?P<text>.*)")),
    (Action, re.compile(rf"\* {_NICK} (?P<text>.*)")),
    (Notice, re.compile(rf"-{_NICK}- (?P<text>.*)")),
    (Join, re.compile(rf"\*\*\* {_NICK} has joined (?P<channel>[^ ]+)")),
    (Part, re.compile(rf"\*\*\* {_NICK} has left (?P<channel>[^ ]+){_REASON}")),
    (Quit, re.compile(rf"\*\*\* {_NICK} has quit IRC{_REASON}")),
    (Kick, re.compile(rf"\*\*\* {_NICK} was kicked by (?P<by>[^ ]+){_REASON}")),
    (Rename, re.compile(rf"\*\*\* {_NICK} is now known as (?P<text>[^ ]+)")),
    (Mode, re.compile(rf"\*\*\* {_NICK} sets mode: (?P<text>.*)")),
    (Topic, re.compile(rf'\*\*\* {_NICK} changes topic to "(?P<text>.*)"')),
)
_GAP = re.compile(rf"\*\*\* log gap since ({_STAMP})")


def _event(body: str) -> Event | None:
    for form, pattern in _FORMS:
        if found := pattern.fullmatch(body):
            return form(**found.groupdict())
    found = _GAP.fullmatch(body)
    since = _moment(found[1]) if found else None
    return Gap(since) if since else None


def _moment(text: str) -> datetime | None:
    """The instant of a stamp; None for a date that no calendar has."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC)
    except ValueError:
        return None
