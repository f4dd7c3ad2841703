"""One day of one channel as an open file: whole lines appended, each handed to the kernel at once."""

from __future__ import annotations

import errno
import logging
import os
from datetime import UTC, date, datetime
from pathlib import Path

log = logging.getLogger(__name__)

_CHUNK = 1 << 20  # bytes read at once when a file is measured
_TAIL = 1 << 16  # bytes in which the last stamp is looked for: over a hundred of IRC's longest lines
_STAMP = len("2026-11-26T16:00:03")


class DayFile:
    """A day file open for appending, by its only writer.

    `lines` counts what it holds, so that the next line's number is known; `last` is the stamp of its last
    line that bears one, None while there is none; `mended` says whether opening found a torn last line.
    """

    __slots__ = ("_fd", "_size", "day", "last", "lines", "mended", "path")

    def __init__(self, path: Path, day: date) -> None:
        """Open `path`, made if need be with its folders; a torn last line gets its newline.

        So the torn bytes stay, as a line of their own, and no line's number changes. Raises `OSError`.
        """
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self.day = day
        self._fd = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            self._measure()
        except OSError:
            os.close(self._fd)
            raise

    def append(self, data: bytes, lines: int) -> int:
        """Write `lines` whole lines in one call and return the number of the last one.

        All or nothing: what a full disk took of it is undone. Raises `OSError`; `abandon` it then, since what
        could not even be undone is a torn line, which the next opening mends.
        """
        written = os.write(self._fd, data)
        if written != len(data):
            os.ftruncate(self._fd, self._size)
            why = f"{os.strerror(errno.ENOSPC)}, only {written} of {len(data)} bytes written"
            raise OSError(errno.ENOSPC, why, str(self.path))
        self._size += written
        self.lines += lines
        return self.lines

    def close(self) -> None:
        """Hand the file to the disk and let go of it; a disk that refuses is said in the log."""
        try:
            os.fsync(self._fd)
        except OSError as error:
            log.error("%s may not survive a power cut: %s", self.path, error)
        finally:
            os.close(self._fd)

    def abandon(self) -> None:
        """Let go of a file that has failed."""
        os.close(self._fd)

    def _measure(self) -> None:
        self.lines = self._size = 0
        tail = b""
        while chunk := os.read(self._fd, _CHUNK):
            self.lines += chunk.count(b"\n")
            self._size += len(chunk)
            tail = (tail + chunk)[-_TAIL:]
        self.mended = bool(tail) and not tail.endswith(b"\n")
        self.last = _last_stamp(tail, self.day)
        if self.mended:
            self.append(b"\n", 1)
            log.warning(
                "%s: line %d was torn by a crash; it now ends where it was torn", self.path, self.lines
            )


def _last_stamp(tail: bytes, day: date) -> datetime | None:
    """The stamp of the last line of `tail` that bears one of `day`."""
    for line in reversed(tail.split(b"\n")):
        try:
            at = datetime.fromisoformat(line[:_STAMP].decode("ascii"))
        except ValueError:
            continue
        if at.date() == day and len(line) > _STAMP:
            return at.replace(tzinfo=UTC)
    return None
