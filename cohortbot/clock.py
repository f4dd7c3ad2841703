"""The only reader of the clock, and of COHORTBOT_CLOCK_OFFSET, which moves all time that comes in."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

OFFSET_VARIABLE = "COHORTBOT_CLOCK_OFFSET"
_REREAD_AFTER = 1.0  # seconds; product.md section 6
_MOST = 100 * 365 * 86400.0  # seconds; a rehearsal of a century is enough, and no datetime overflows


class ClockOffsetError(ValueError):
    """COHORTBOT_CLOCK_OFFSET cannot be used; the text names it, its value, and what would be right."""


def _system() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class FixedOffset:
    """The variable holds the seconds themselves."""

    offset: timedelta

    def read(self) -> timedelta:
        return self.offset


class FileOffset:
    """The variable names a file that holds the seconds; it is read again once a second at most.

    A file that is empty for the moment (a shell truncates before it writes) keeps the last offset; one that
    holds anything else than seconds, or is gone, raises ClockOffsetError: time must not jump back in silence.
    """

    def __init__(self, path: Path, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._path = path
        self._monotonic = monotonic
        self._last = _seconds(_content(path), f"the file {path} holds ")
        self._read_at = self._monotonic()

    def read(self) -> timedelta:
        if self._monotonic() - self._read_at >= _REREAD_AFTER:
            held = _content(self._path)
            if held:
                self._last = _seconds(held, f"the file {self._path} holds ")
            self._read_at = self._monotonic()
        return self._last


@dataclass(frozen=True)
class Clock:
    """Aware UTC time, moved by an offset; handed around so that nothing else asks the machine.

    `source` is None where time is not moved. `reader` is the clock that is moved: this machine's, or the
    database's (`over`). All methods may be called from any thread.
    """

    source: FixedOffset | FileOffset | None = None
    reader: Callable[[], datetime] = _system

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> Clock:
        """This machine's clock, moved as `environ` says; ClockOffsetError if it cannot be followed."""
        value = environ.get(OFFSET_VARIABLE, "").strip()
        if not value:
            return cls()
        return cls(_source(value))

    @property
    def moved(self) -> bool:
        """Whether the variable is set, be it to 0: then time may step, and the tick runs every second."""
        return self.source is not None

    def offset(self) -> timedelta:
        """What is added now to every time that comes in; zero where the variable is not set."""
        return timedelta(0) if self.source is None else self.source.read()

    def now(self) -> datetime:
        """The instant it is, aware and in UTC, moved by the offset."""
        return self.shift(self.reader())

    def shift(self, at: datetime) -> datetime:
        """An aware instant that another clock told (a server's `time` tag), in UTC and moved as ours is."""
        return at.astimezone(UTC) + self.offset()

    def over(self, reader: Callable[[], datetime]) -> Clock:
        """The same offset over another clock; `reader` answers an aware datetime."""
        return replace(self, reader=reader)

    @staticmethod
    def monotonic() -> float:
        """Seconds that never jump and no offset moves: for pace, leases and time-outs of the wire."""
        return time.monotonic()

    @staticmethod
    def boottime() -> float:
        """The same, and it runs on while the machine sleeps."""
        return time.clock_gettime(time.CLOCK_BOOTTIME)


def _source(value: str) -> FixedOffset | FileOffset:
    path = Path(value)
    return FileOffset(path) if path.is_file() else FixedOffset(_seconds(value, ""))


def _content(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as fault:
        raise ClockOffsetError(f"{OFFSET_VARIABLE}: the file {path} cannot be read: {fault}") from fault


def _seconds(text: str, where: str) -> timedelta:
    wrong = (
        f"{OFFSET_VARIABLE}: {where}{text!r} is neither seconds (such as 3600 or -90.5) nor a file with them"
    )
    try:
        seconds = float(text)
    except ValueError:
        raise ClockOffsetError(wrong) from None
    if not -_MOST <= seconds <= _MOST:  # nan, too, is not between them
        raise ClockOffsetError(f"{OFFSET_VARIABLE}: {where}{text!r} is more than a hundred years")
    return timedelta(seconds=seconds)
