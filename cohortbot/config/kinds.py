"""The kinds of value that a key can have: each reads what was typed, or says what would be right.

Every reader takes text (or what it returned before, so that defaults pass) and raises ValueError with a
sentence that goes on from the value: "is not HH:MM".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta
from functools import cache
from pathlib import Path
from typing import Annotated, NamedTuple
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from pydantic import AfterValidator, BeforeValidator, ValidationInfo

from cohortbot.config.faults import nearest
from cohortbot.config.reserved import WORDS

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

# The name of a channel's log folder, product.md section 6: below ext4's 255 bytes with room for a suffix.
MAX_FOLDER_NAME = 240  # bytes
MAX_QUESTION = 200  # characters
_SAFE_IN_FOLDER_NAME = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789#&+-_.!~")

# What may not stand in a channel's name: RFC 2812 section 1.3.
_NOT_IN_CHANNEL = re.compile(r"[\x00-\x20,\x7f]")
_NICK = re.compile(r"[A-Za-z\[\]\\`_^{|}][A-Za-z0-9\[\]\\`_^{|}-]*")  # RFC 2812 section 2.3.1
_NETWORK = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}")
_SLUG = re.compile(r"[a-z][a-z0-9-]*")
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?\.?|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*(%\w+)?")
_TIME = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_AMOUNT = re.compile(r"([0-9]{1,4}) *([a-z]+)")
_UNITS = {
    **dict.fromkeys(("m", "min", "minute", "minutes"), timedelta(minutes=1)),
    **dict.fromkeys(("h", "hour", "hours"), timedelta(hours=1)),
    **dict.fromkeys(("d", "day", "days"), timedelta(days=1)),
    **dict.fromkeys(("w", "week", "weeks"), timedelta(weeks=1)),
}
_PERIODS = (timedelta(weeks=1), timedelta(weeks=2))

# Files in the zone database's folder that are no IANA zone of a place or of UTC.
_NO_PLACE = frozenset({"Factory", "localtime"})


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Where a file's values are read: `folder` for relative paths, `environ` for `${NAME}`.

    Handed to the schema as pydantic's context. Settings from chat are read without: nobody on IRC can make
    the bot look into its environment or its files.
    """

    folder: Path
    environ: Mapping[str, str]


class Listen(NamedTuple):
    """The address that the site listens on; an IPv6 host is without its brackets."""

    host: str
    port: int

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"


def one_line(text: str) -> str:
    """Text for one line of IRC: runs of blanks and line ends become one blank each."""
    line = " ".join(text.split())
    if not line:
        raise ValueError("is empty")
    if any(ord(character) < 0x20 or ord(character) == 0x7F for character in line):
        raise ValueError("has control characters in it")
    return line


def question(text: str) -> str:
    """A cohort's own question: with the verbs and the closing time behind it, it is one line of IRC."""
    line = one_line(text)
    if len(line) > MAX_QUESTION:
        raise ValueError(f"has {len(line)} characters, {MAX_QUESTION} fit")
    return line


def word(text: str) -> str:
    """Text without blanks: an account, a pattern for nicks."""
    if not text or text.split() != [text]:
        raise ValueError("is not one word")
    return text


def nick(text: str) -> str:
    if not _NICK.fullmatch(text):
        raise ValueError("is not a nick (letters, digits, - _ [ ] { } \\ ` ^ |, no digit or - first)")
    return text


def network(text: str) -> str:
    """A network's name; it is also the name of a folder and a part of addresses."""
    if not _NETWORK.fullmatch(text):
        raise ValueError("is not a short name (letters, digits, - _ .; like oftc or libera)")
    return text


def host(text: str) -> str:
    if not _HOST.fullmatch(text):
        raise ValueError("is not a host name or an IP address alone; the port has a key of its own")
    return text


def channel(text: str) -> str:
    if text[:1] not in ("#", "&") or len(text) == 1 or _NOT_IN_CHANNEL.search(text):
        raise ValueError("is not a channel (# and a name without blanks and commas)")
    length = folder_name_length(text)
    if length > MAX_FOLDER_NAME:
        raise ValueError(
            f"is too long: its log folder's name would have {length} bytes, the most is {MAX_FOLDER_NAME}"
        )
    return text


def folder_name_length(name: str) -> int:
    """The bytes of the folder name that a channel's log would have: unsafe bytes are written `%XX`."""
    return sum(1 if byte in _SAFE_IN_FOLDER_NAME else 3 for byte in name.encode())


def channel_prefix(text: str) -> str:
    if text[:1] not in ("#", "&") or _NOT_IN_CHANNEL.search(text):
        raise ValueError('is not the beginning of a channel\'s name (like "#cohort-")')
    return text


def slug(text: str) -> str:
    """A cohort's short name, which people type: not a word that means something else in a command."""
    if not _SLUG.fullmatch(text):
        raise ValueError("is not a slug (lower-case letters, digits and -, a letter first)")
    if text in WORDS:
        raise ValueError("is a word of the bot's commands; call the cohort something else")
    return text


def weekday(text: str) -> str:
    """A day's English name in lower case; three letters are enough."""
    lower = text.strip().lower()
    for name in WEEKDAYS:
        if len(lower) >= 3 and name.startswith(lower):
            return name
    raise ValueError(f"is not a day of the week ({', '.join(WEEKDAYS)})")


def clock_time(value: object) -> object:
    if isinstance(value, time):
        return value
    match = _TIME.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        raise ValueError("is not HH:MM")
    return time(int(match[1]), int(match[2]))


def day_date(value: object) -> object:
    if isinstance(value, date):
        return value
    try:
        if isinstance(value, str) and _DATE.fullmatch(value.strip()):
            return date.fromisoformat(value.strip())
    except ValueError:
        pass
    raise ValueError("is not a date (YYYY-MM-DD)")


def duration(value: object) -> object:
    """`72h`, `3 days`, `30m`, `1 week`: a whole number above 0 and one unit."""
    if isinstance(value, timedelta):
        return value
    match = _AMOUNT.fullmatch(value.strip().lower()) if isinstance(value, str) else None
    unit = _UNITS.get(match[2]) if match else None
    if match is None or unit is None or int(match[1]) == 0:
        raise ValueError("is not a length of time (72h, 3 days, 30m)")
    return int(match[1]) * unit


def period(value: object) -> object:
    try:
        length = duration(value)
    except ValueError:
        length = None
    if length not in _PERIODS:
        raise ValueError("is not 1 week or 2 weeks")
    return length


def duration_text(length: timedelta) -> str:
    """A duration as `duration` reads it, in whole hours where it can be: 72h, 90m."""
    minutes = length // timedelta(minutes=1)
    return f"{minutes // 60}h" if minutes % 60 == 0 else f"{minutes}m"


def period_text(length: timedelta) -> str:
    """`1 week` or `2 weeks`."""
    weeks = length // timedelta(weeks=1)
    return "1 week" if weeks == 1 else f"{weeks} weeks"


def zone(text: str) -> str:
    """The name of a zone in the IANA database, spelled as there."""
    known = _zones()
    if text in known:
        return text
    by_place = {name.rpartition("/")[2]: name for name in sorted(known)}
    close = nearest(text, known) or by_place.get(nearest(text, by_place) or "")
    if close is None:
        raise ValueError("is not an IANA time zone (like Europe/Berlin or UTC)")
    raise ValueError(f"is not an IANA time zone; did you mean {close}?")


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones()) - _NO_PLACE


def web_address(text: str) -> str:
    """An http or https address, as it stands but for a `/` at its end."""
    try:
        parts = urlsplit(text)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable or text.split() != [text]:
        raise ValueError("is not a web address (https://…)")
    return text.rstrip("/")


def site_address(text: str) -> str:
    """Where the site is reached: it has no path, since links inside the site begin at its root."""
    address = web_address(text)
    parts = urlsplit(address)
    if parts.path or parts.query or parts.fragment:
        raise ValueError("is not the address of a whole site (https://cohorts.example.org, without a path)")
    return address


def chat_address(text: str) -> str:
    """A web client's address; `{channel}` in it stands for the channel."""
    plain = text.replace("{channel}", "")
    if "{" in plain or "}" in plain:
        raise ValueError("has braces in it that are not {channel}")
    web_address(plain)
    return text


def listen(value: object) -> object:
    if isinstance(value, Listen):
        return value
    address, _, port = value.rpartition(":") if isinstance(value, str) else ("", "", "")
    bare = address[1:-1] if address.startswith("[") and address.endswith("]") else address
    bracketed = bare != address
    if not _HOST.fullmatch(bare) or bracketed != (":" in bare) or not port.isascii() or not port.isdigit():
        raise ValueError("is not an address and a port (127.0.0.1:8080)")
    if not 1 <= int(port) <= 65535:
        raise ValueError("has a port that is not between 1 and 65535")
    return Listen(bare, int(port))


def absolute(path: Path, info: ValidationInfo) -> Path:
    """A file or folder; relative ones count from the config file's folder."""
    surroundings: Surroundings | None = info.context
    return path if surroundings is None else surroundings.folder / path


Line = Annotated[str, AfterValidator(one_line)]
Question = Annotated[str, AfterValidator(question)]
Slug = Annotated[str, AfterValidator(slug)]
Word = Annotated[str, AfterValidator(word)]
Nick = Annotated[str, AfterValidator(nick)]
Network = Annotated[str, AfterValidator(network)]
Host = Annotated[str, AfterValidator(host)]
Channel = Annotated[str, AfterValidator(channel)]
ChannelPrefix = Annotated[str, AfterValidator(channel_prefix)]
Weekday = Annotated[str, AfterValidator(weekday)]
ClockTime = Annotated[time, BeforeValidator(clock_time)]
Day = Annotated[date, BeforeValidator(day_date)]
Duration = Annotated[timedelta, BeforeValidator(duration)]
Period = Annotated[timedelta, BeforeValidator(period)]
Zone = Annotated[str, AfterValidator(zone)]
WebAddress = Annotated[str, AfterValidator(web_address)]
SiteAddress = Annotated[str, AfterValidator(site_address)]
ChatAddress = Annotated[str, AfterValidator(chat_address)]
ListenAddress = Annotated[Listen, BeforeValidator(listen)]
Folder = Annotated[Path, AfterValidator(absolute)]
File = Annotated[Path, AfterValidator(absolute)]
