"""Lines a second into the channel logs, beside a bare loop that writes the same bytes.

The bare loop does what cannot be done without: one `write` a line into the file of its channel, from bytes
made beforehand. `ChatLog.append` is given what the bot has: an event, a time, a msgid.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cohortbot.chatlog.files import ChatLog
from cohortbot.chatlog.line import Line, Message, format

PORTION = 1_000  # lines
START = datetime(2026, 11, 26, 16, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Said:
    channel: str
    message: Message
    at: datetime
    msgid: str


@dataclass(frozen=True, slots=True)
class Speed:
    """Lines a second of both, in the same run."""

    ours: float
    bare: float

    @property
    def ratio(self) -> float:
        return self.ours / self.bare


def measure(folder: Path, lines: int = 200_000, channels: int = 50, repeats: int = 5) -> Speed:
    """The run whose ratio is the median of `repeats`; ours and the bare loop take turns in `folder`."""
    runs = [
        Speed(
            ours=lines / _append_all(folder / f"ours-{run}", lines, channels),
            bare=lines / _write_all(folder / f"bare-{run}", lines, channels),
        )
        for run in range(repeats)
    ]
    return sorted(runs, key=lambda run: run.ratio)[repeats // 2]


def _talk(lines: int, channels: int) -> Iterator[list[Said]]:
    """What is said, made a portion at a time just before it is written: in life too a line is fresh."""
    for first in range(0, lines, PORTION):
        yield [_said(number, channels) for number in range(first, min(first + PORTION, lines))]


def _said(number: int, channels: int) -> Said:
    text = f"line {number} of what fifty cohorts say, about as long as people's lines are"
    at = START + timedelta(milliseconds=number)
    return Said(f"#cohort-{number % channels}", Message(f"nick{number % 97}", text), at, f"msgid{number}")


def _append_all(folder: Path, lines: int, channels: int) -> float:
    """Seconds of `ChatLog.append`, the opening of its files included."""
    chatlog = ChatLog(folder, "bench")
    seconds = 0.0
    for talk in _talk(lines, channels):
        begin = time.perf_counter()
        for said in talk:
            chatlog.append(said.channel, said.message, said.at, said.msgid)
        seconds += time.perf_counter() - begin
    chatlog.close()
    return seconds


def _write_all(folder: Path, lines: int, channels: int) -> float:
    """Seconds of the bare loop, without the opening of its files."""
    folder.mkdir()
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT
    files = {f"#cohort-{n}": os.open(folder / str(n), flags, 0o644) for n in range(channels)}
    seconds = 0.0
    for talk in _talk(lines, channels):
        written = [(s.channel, f"{format(Line(s.at, s.message))}\n".encode()) for s in talk]
        begin = time.perf_counter()
        for channel, line in written:
            os.write(files[channel], line)
        seconds += time.perf_counter() - begin
    for file in files.values():
        os.close(file)
    return seconds


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=200_000)
    parser.add_argument("--channels", type=int, default=50)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--folder", type=Path, help="where to write; default a temporary folder")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        speed = measure(Path(folder), options.lines, options.channels, options.repeats)
    print(
        f"channel log: {speed.ours:,.0f} lines/s, bare loop {speed.bare:,.0f} lines/s,"
        f" ratio {speed.ratio:.2f}"
        f" ({options.lines:,} lines, {options.channels} channels, median of {options.repeats})"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
