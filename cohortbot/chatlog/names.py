"""Names of networks and channels as names of folders: safe in every path, and reversible."""

from __future__ import annotations

import string
from datetime import date
from pathlib import Path
from urllib.parse import unquote_to_bytes

MAX_BYTES = 240  # product.md, Channel logs; file systems take 255, which leaves room for endings

_SAFE = frozenset((string.ascii_letters + string.digits + "#&+-_.!~").encode())


class UnsafeName(ValueError):
    """A name that cannot be a folder of the channel log; its text says why."""


def safe(name: str) -> str:
    """The folder of a network or channel: every byte of its UTF-8 but `A-Za-z0-9#&+-_.!~` becomes `%XX`.

    `.` and `..`, which mean something in paths, become `%2E` and `%2E%2E`. Raises `UnsafeName` for an empty
    name, for half surrogates, and where the result would exceed `MAX_BYTES`.
    """
    if name in ("", ".", ".."):
        return _dots(name)
    try:
        data = name.encode()
    except UnicodeEncodeError as error:
        raise UnsafeName(f"{name!a} is no text: {error.reason}") from error
    folder = "".join(chr(byte) if byte in _SAFE else f"%{byte:02X}" for byte in data)
    if len(folder) > MAX_BYTES:
        raise UnsafeName(f"{name!r} makes a folder name of {len(folder)} bytes; {MAX_BYTES} is the most")
    return folder


def unsafe(folder: str) -> str:
    """The name whose `safe` is `folder`; raises `UnsafeName` for what `safe` never returns (`..`, `%41`)."""
    try:
        name = unquote_to_bytes(folder).decode()
    except UnicodeError as error:
        raise UnsafeName(f"{folder!a} is no folder of the channel log") from error
    if safe(name) != folder:
        raise UnsafeName(f"{folder!r} is no folder of the channel log")
    return name


def channel_folder(logs: Path, network: str, channel: str) -> Path:
    """Where the days of a channel lie; `channel` as the server's casemapping lowers it."""
    return logs / safe(network) / safe(channel)


def day_name(day: date) -> str:
    """The name of one day's file."""
    return f"{day.isoformat()}.log"


def day_of(file_name: str) -> date | None:
    """The day whose `day_name` is `file_name`; None for any other file."""
    try:
        day = date.fromisoformat(file_name.removesuffix(".log"))
    except ValueError:
        return None
    return day if day_name(day) == file_name else None


def _dots(name: str) -> str:
    if not name:
        raise UnsafeName("an empty name has no folder")
    return name.replace(".", "%2E")
