"""The writer of the channel logs: a line is on disk before anything acts on it, or its loss is told."""

from __future__ import annotations

import errno
import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Lock

from cohortbot.chatlog import reading
from cohortbot.chatlog.dayfile import DayFile
from cohortbot.chatlog.line import Event, Gap, Line, format, stamp_text
from cohortbot.chatlog.names import UnsafeName, channel_folder, day_name, safe
from cohortbot.chatlog.plain import plain
from cohortbot.chatlog.recall import Msgids, standing_line
from cohortbot.domain.message import LogAddress

log = logging.getLogger(__name__)

MAX_OPEN = 128  # day files open at once; a process may usually have 1,024 files
COMPLAIN_EVERY = timedelta(minutes=1)

_SECOND = timedelta(seconds=1)
_BEFORE_ALL = datetime.min.replace(tzinfo=UTC)


class _Channel:
    """What the writer knows of one channel while the process lives."""

    __slots__ = ("file", "folder", "gap", "msgids", "name", "prefix", "second", "until")

    def __init__(self, name: str, folder: Path) -> None:
        self.name = name
        self.folder = folder
        self.file: DayFile | None = None
        self.second = _BEFORE_ALL  # of the last line: none may be earlier
        self.until = _BEFORE_ALL  # until then that second's prefix serves for the next line too
        self.prefix = ""
        self.gap: datetime | None = None  # when the first line was lost that no gap line tells of yet
        self.msgids = Msgids()


class ChatLog:
    """Writes the logs of one network, as its only writer; any thread may call.

    Files are `<folder>/<safe network>/<safe channel>/<YYYY-MM-DD>.log`, in UTC. A line is handed to the
    kernel when `append` returns; it reaches the disk itself when its day ends and at `close`. The count of
    lines is kept in memory: whoever may no longer write (the lease is lost) must `close` this, after which
    it writes nothing, and take a new one later.
    """

    def __init__(
        self,
        folder: Path,
        network: str,
        *,
        may_write: Callable[[], bool] = lambda: True,
        max_open: int = MAX_OPEN,
    ) -> None:
        """Touches nothing yet; `may_write` is asked last before each line. Raises `UnsafeName`."""
        safe(network)
        self._logs = folder
        self._network = network
        self._max_open = max_open
        self._may_write = may_write
        self._lock = Lock()
        self._channels: dict[str, _Channel] = {}
        self._unloggable: set[str] = set()
        self._closed = False
        self._lost = 0
        self._quiet_until = _BEFORE_ALL

    @property
    def lost(self) -> int:
        """How many lines could not be written since the start; for the status page."""
        return self._lost

    def mend(self) -> list[LogAddress]:
        """At start: give torn last lines their newline, and say which they were (logged as warnings too)."""
        with self._lock:
            try:
                channels = reading.channels(self._logs, self._network)
            except OSError as fault:
                log.error("%s cannot be read: %s", self._logs, fault)
                return []
            return [address for channel in channels if (address := self._mended(channel))]

    def append(self, channel: str, event: Event, at: datetime, msgid: str | None = None) -> LogAddress | None:
        """Write what just happened in `channel` and say where it stands; None if it could not be written.

        `channel` as the server's casemapping lowers it; `event` as `publishable` left it; `at` aware, from
        `line.stamp`; it is raised to the line before where it would be earlier. A `msgid` that stands in the
        log already (among the last `recall.MAX_KNOWN`) is not written again; its address is returned.
        A fault of the disk is said in the operator's log and marked by a gap line as soon as it ends.
        """
        body = event.body()
        if not body.isprintable():  # `plain` asks this first, but here a call counts
            body = plain(body)
        with self._lock:
            state = self._channels.get(channel) or self._meet(channel)
            if state is None:
                return None
            if msgid is not None and (standing := state.msgids.find(msgid)) is not None:
                return LogAddress(self._network, channel, *standing)
            try:
                if at >= state.until or state.file is None:
                    self._turn(state, at)
                file = state.file
                assert file is not None
                if not self._may_write():
                    return None
                if state.gap is None:
                    number = file.append(f"{state.prefix}{body}\n".encode(), 1)
                else:
                    number = self._append_after_gap(state, file, body)
            except OSError as fault:
                self._lose(state, at, fault)
                return None
            if msgid is not None:
                state.msgids.add(msgid, file.day, number)
        return LogAddress(self._network, channel, file.day, number)

    def replay(
        self, channel: str, event: Event, said: datetime | None, arrival: datetime, msgid: str | None = None
    ) -> LogAddress | None:
        """Write a replayed line at its arrival, unless it stands there already; as `append` otherwise.

        It stands there if its `msgid` is known; else, since a file keeps no msgids and a restart forgets
        them, if a line with the same words was written at the time it was `said` (its `time` tag), or
        one that redaction has overwritten since. What was replayed without a msgid goes by its time and
        words, until a restart: after that, a line that was first written at an earlier replay's arrival and
        is replayed once more is written twice, which loses nothing.
        """
        if said is not None and not self._knows(channel, msgid):
            msgid = msgid or format(Line(said, event))
            standing = self._standing_line(channel, event, said)
            if standing is not None:
                return standing
        return self.append(channel, event, arrival, msgid)

    def close(self) -> None:
        """Mark gaps if that is possible now, hand all to the disk and let go of every file."""
        with self._lock:
            for state in self._channels.values():
                self._close_gap(state)
                self._let_go(state)
            self._closed = True

    def _knows(self, channel: str, msgid: str | None) -> bool:
        with self._lock:
            state = self._channels.get(channel)
            return state is not None and msgid is not None and state.msgids.find(msgid) is not None

    def _standing_line(self, channel: str, event: Event, said: datetime) -> LogAddress | None:
        """What the files say; where they cannot be read, nothing stands: a line twice is better than none."""
        try:
            return standing_line(self._logs, self._network, channel, event, said)
        except (OSError, UnsafeName) as fault:
            log.warning("%s: cannot tell what was written before: %s", channel, fault)
            return None

    def _meet(self, channel: str) -> _Channel | None:
        """Begin with `channel`; None, said once, if it has no safe name."""
        try:
            folder = channel_folder(self._logs, self._network, channel)
        except UnsafeName as fault:
            if channel not in self._unloggable:
                self._unloggable.add(channel)
                log.error("%s on %s is not logged: %s", channel, self._network, fault)
            return None
        state = self._channels[channel] = _Channel(channel, folder)
        return state

    def _turn(self, state: _Channel, at: datetime) -> None:
        """Make `state` ready for a line at `at`: its day's file open, its second's stamp written out."""
        if self._closed:
            raise OSError(errno.EBADF, "this log is closed", str(state.folder))
        if state.second is _BEFORE_ALL and (newest := reading.newest_day(state.folder)):
            state.second = datetime(newest.year, newest.month, newest.day, tzinfo=UTC)
        second = max(at.astimezone(UTC).replace(microsecond=0), state.second)
        if state.file is None or state.file.day != second.date():
            second = max(second, self._open(state, second) or second)
        state.second, state.until = second, second + _SECOND
        state.prefix = f"{stamp_text(second)}  "

    def _open(self, state: _Channel, second: datetime) -> datetime | None:
        """Open the file of the day of `second`; returns the stamp of its last line."""
        self._let_go(state)
        self._close_finished(second)
        day = second.date()
        state.file = DayFile(state.folder / day_name(day), day)
        return state.file.last

    def _close_finished(self, second: datetime) -> None:
        """Close the files of days before that of `second`, and the longest silent ones beyond the limit."""
        still_open = []
        for state in self._channels.values():
            if state.file is None:
                continue
            if state.file.day < second.date():
                self._let_go(state)
            else:
                still_open.append(state)
        still_open.sort(key=lambda state: state.second)
        for state in still_open[: max(0, len(still_open) + 1 - self._max_open)]:
            self._let_go(state)

    def _append_after_gap(self, state: _Channel, file: DayFile, body: str) -> int:
        assert state.gap is not None
        both = f"{state.prefix}{Gap(state.gap).body()}\n{state.prefix}{body}\n"
        number = file.append(both.encode(), 2)
        log.warning("%s is written again; it has a gap since %s", file.path, stamp_text(state.gap))
        state.gap = None
        return number

    def _lose(self, state: _Channel, at: datetime, fault: OSError) -> None:
        """Remember since when lines are lost, say so (once a minute), and open the file anew next time."""
        self._lost += 1
        if state.gap is None:
            state.gap = max(at.astimezone(UTC).replace(microsecond=0), state.second)
        if state.file is not None:
            state.file.abandon()
            state.file = None
        if at >= self._quiet_until:
            self._quiet_until = at + COMPLAIN_EVERY
            log.error(
                "the log of %s on %s cannot be written, %d lines lost so far: %s",
                state.name,
                self._network,
                self._lost,
                fault,
            )

    def _close_gap(self, state: _Channel) -> None:
        """The last chance to mark a gap: after this nobody knows of it."""
        if state.gap is None:
            return
        try:
            self._turn(state, state.gap)
            assert state.file is not None
            state.file.append(f"{state.prefix}{Gap(state.gap).body()}\n".encode(), 1)
        except OSError as fault:
            log.error("%s: the gap since %s cannot be marked: %s", state.folder, stamp_text(state.gap), fault)
        state.gap = None

    def _let_go(self, state: _Channel) -> None:
        if state.file is not None:
            state.file.close()
            state.file = None

    def _mended(self, channel: str) -> LogAddress | None:
        """The torn line of a channel's newest day, mended: a day is closed before the next is opened."""
        folder = channel_folder(self._logs, self._network, channel)
        try:
            day = reading.newest_day(folder)
            if day is None:
                return None
            file = DayFile(folder / day_name(day), day)
        except OSError as fault:
            log.error("%s cannot be opened: %s", folder, fault)
            return None
        file.close()
        return LogAddress(self._network, channel, day, file.lines) if file.mended else None
