"""Reading the channel logs back: which channels and days there are, and the lines of a day.

Networks and channels are given by their names, never as parts of a path; what comes from outside as a
folder's name goes through `names.unsafe` first. Nothing here writes, and a missing folder is an empty one.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from cohortbot.chatlog.line import Line, Unreadable, parse
from cohortbot.chatlog.names import UnsafeName, channel_folder, day_name, day_of, safe, unsafe


def networks(logs: Path) -> list[str]:
    """The networks that have logs, in alphabetical order."""
    return _named_folders(logs)


def channels(logs: Path, network: str) -> list[str]:
    """The channels of `network` that have logs, in alphabetical order."""
    return _named_folders(logs / safe(network))


def days(logs: Path, network: str, channel: str) -> list[date]:
    """The days of a channel that have a file, oldest first."""
    return sorted(_days(channel_folder(logs, network, channel)))


def newest_day(folder: Path) -> date | None:
    """The last day that has a file in a channel's `folder`; None if none has."""
    return max(_days(folder), default=None)


def path(logs: Path, network: str, channel: str, day: date) -> Path:
    """The file of a day, be it there or not: its bytes are what `.txt` serves. Raises `UnsafeName`."""
    return channel_folder(logs, network, channel) / day_name(day)


def day(
    logs: Path, network: str, channel: str, date: date, start: int = 1
) -> Iterator[tuple[int, Line | Unreadable]]:
    """The lines of a day from number `start` on, each with its number, in the file's order.

    One line is in memory at a time. Lines end at `\\n` alone; a last line without one is still being
    written (or torn, which the writer mends) and no line yet. What is not UTF-8 or not of our form is
    `Unreadable`, with its bytes as they are (`\\xe9` for a stray one). The first `next` raises
    `FileNotFoundError` if the day has no file.
    """
    with path(logs, network, channel, date).open("rb") as file:
        for number, raw in enumerate(file, start=1):
            if number >= start and raw.endswith(b"\n"):
                yield number, _read(raw[:-1])


def _read(raw: bytes) -> Line | Unreadable:
    try:
        return parse(raw.decode())
    except UnicodeDecodeError:
        return Unreadable(raw.decode("utf-8", "backslashreplace"))


def _named_folders(folder: Path) -> list[str]:
    """The names whose `safe` is a folder in `folder`; whatever else lies there is not ours."""
    names = []
    for entry in _entries(folder):
        try:
            name = unsafe(entry.name)
        except UnsafeName:
            continue
        if entry.is_dir():
            names.append(name)
    return sorted(names)


def _days(folder: Path) -> Iterator[date]:
    return (day for entry in _entries(folder) if (day := day_of(entry.name)))


def _entries(folder: Path) -> Iterator[Path]:
    return folder.iterdir() if folder.is_dir() else iter(())
