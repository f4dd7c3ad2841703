"""Whether a line stands in the log already: by its msgid, or asked of the files, which outlive a restart."""

from __future__ import annotations

import mmap
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from cohortbot.chatlog import reading
from cohortbot.chatlog.line import Action, Event, Line, Message, Notice, format, redaction
from cohortbot.chatlog.plain import plain
from cohortbot.domain.message import LogAddress

MAX_KNOWN = 250  # what is older is asked of the files

# A line may stand a little off its `time` tag: it is never earlier than the line before it, and where the
# tag was not sent the first time our clock stamped it.
_SECONDS_OFF = (0, 1, -1, 2)


class Msgids:
    """The msgids of one channel's latest lines, and where those stand: `MAX_KNOWN` to twice that.

    They are kept in two generations, the older of which is forgotten as a whole, and a generation is of one
    day: so that each costs one number.
    """

    __slots__ = ("_before", "_before_day", "_day", "_now")

    def __init__(self) -> None:
        self._now: dict[str, int] = {}
        self._before: dict[str, int] = {}
        self._day = self._before_day = date.min

    def add(self, msgid: str, day: date, number: int) -> None:
        if len(self._now) >= MAX_KNOWN or day != self._day:
            self._before, self._before_day = self._now, self._day
            self._now, self._day = {}, day
        self._now[msgid] = number

    def find(self, msgid: str) -> tuple[date, int] | None:
        if (number := self._now.get(msgid)) is not None:
            return self._day, number
        if (number := self._before.get(msgid)) is not None:
            return self._before_day, number
        return None


def standing_line(logs: Path, network: str, channel: str, event: Event, said: datetime) -> LogAddress | None:
    """Where the log has `event`, said at `said` or within two seconds of it; None if it has it not.

    The same words under the same nick count, and so does what redaction made of them: a replay must not
    bring back what was taken out.
    """
    for at in (said + timedelta(seconds=off) for off in _SECONDS_OFF):
        day = at.astimezone(UTC).date()
        for look in _looks(event):
            line = _number_of(reading.path(logs, network, channel, day), format(Line(at, look)).encode())
            if line is not None:
                return LogAddress(network, channel, day, line)
    return None


def _looks(event: Event) -> Iterator[Event]:
    yield event
    if isinstance(event, Message | Action | Notice):
        yield replace(event, text=redaction(plain(event.text)))


def _number_of(path: Path, line: bytes) -> int | None:
    """The number of the first line of the file that is exactly `line`; None if there is none."""
    if not path.is_file() or path.stat().st_size == 0:  # nothing to map
        return None
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as text:
        if text[: len(line) + 1] == line + b"\n":
            return 1
        found = text.find(b"\n" + line + b"\n")
        return None if found < 0 else text[: found + 1].count(b"\n") + 1
