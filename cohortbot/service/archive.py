"""The channel log as everybody may read it: which channels are open, their days, and days in parts.

Which channels are open is asked of the config and the database, never of the folder: a log that lies there
and belongs to no public cohort and no channel of `irc.channels.extra` stays closed, be it of a cohort that
is not for everybody, or of a channel that some cohort has left.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from itertools import islice
from pathlib import Path

from sqlalchemy.engine import Connection

from cohortbot.chatlog import reading as logs
from cohortbot.chatlog.line import Action, Event, Line, Message, Unreadable
from cohortbot.domain.casemap import fold
from cohortbot.domain.message import LogAddress
from cohortbot.domain.model import Cohort
from cohortbot.service.app import App
from cohortbot.service.logpaths import PART
from cohortbot.store import cohorts
from cohortbot.store.engine import reading

NAMING_DAYS = 14  # of the log that are read for one person
_TIME = len("2026-11-26T16:00:03")
_CHUNK = 1 << 20  # bytes read at once when lines are counted


class LogsAway(Exception):
    """The folder of the logs is not there, or cannot be read."""


@dataclass(frozen=True, slots=True)
class OpenChannel:
    """A channel whose log everybody may read, spelled as its folder is; `cohort` is None for an extra one."""

    network: str
    name: str
    cohort: Cohort | None


@dataclass(frozen=True, slots=True)
class Day:
    """Up to `PART` lines of a day, from number `first` on; `total` is how many the day has.

    `previous` and `next` are the nearest days that have a file.
    """

    channel: OpenChannel
    on: date
    first: int
    total: int
    lines: tuple[tuple[int, Line | Unreadable], ...]
    previous: date | None
    next: date | None


def open_channel(app: App, network: str, channel: str) -> OpenChannel | None:
    """The channel that is meant, in any case, if its log is for everybody; Away and LogsAway are raised."""
    if not app.config.logs.public:
        return None
    wanted = _key(channel)
    with reading(app.engine) as tx:
        owners = [one for one in cohorts.all_of(tx, network) if _key(one.channel) == wanted]
    if not all(one.public for one in owners):
        return None
    extra = network == app.network and wanted in map(_key, app.config.irc.channels.extra)
    if not owners and not extra:
        return None
    name = _as_logged(app, network, wanted) or fold(channel, "ascii")
    return OpenChannel(network, name, owners[0] if owners else None)


def days(app: App, channel: OpenChannel) -> list[date]:
    """The days of a channel that have a file, newest first; LogsAway is raised."""
    with _folder(app) as folder:
        return logs.days(folder, channel.network, channel.name)[::-1]


def day(app: App, channel: OpenChannel, on: date, line: int = 1) -> Day | None:
    """The part of a day in which number `line` stands; None if there is no such day or line in it.

    A day with a file and not one line yet has its first part. LogsAway is raised.
    """
    with _folder(app) as folder:
        there = logs.days(folder, channel.network, channel.name)
        if on not in there:
            return None
        total = _count_lines(logs.path(folder, channel.network, channel.name, on))
        if line > max(total, 1):
            return None
        first = (line - 1) // PART * PART + 1
        rest = logs.day(folder, channel.network, channel.name, on, first)
        return Day(
            channel=channel,
            on=on,
            first=first,
            total=total,
            lines=tuple(islice(rest, PART)),
            previous=max((other for other in there if other < on), default=None),
            next=min((other for other in there if other > on), default=None),
        )


def raw_day(app: App, channel: OpenChannel, on: date) -> bytes | None:
    """A day's file as it is; None if there is none. LogsAway is raised."""
    with _folder(app) as folder:
        if on not in logs.days(folder, channel.network, channel.name):
            return None
        return logs.path(folder, channel.network, channel.name, on).read_bytes()


def lines_of(app: App, tx: Connection, network: str, nicks: Collection[str]) -> int:
    """How many lines of public logs were said under one of these nicks; LogsAway is raised."""
    if not app.config.logs.public:
        return 0
    owned = {_key(one.channel): one.public for one in cohorts.all_of(tx, network)}
    extra = map(_key, app.config.irc.channels.extra if network == app.network else ())
    everybodys = {key for key, public in {**dict.fromkeys(extra, True), **owned}.items() if public}
    said = [f"  {mark} ".encode() for nick in nicks for mark in (f"<{nick}>", f"* {nick}", f"-{nick}-")]
    with _folder(app) as folder:
        files = (
            logs.path(folder, network, name, on)
            for name in logs.channels(folder, network)
            if _key(name) in everybodys
            for on in logs.days(folder, network, name)
        )
        return sum(_count(path, said) for path in files)


def naming(app: App, cohort: Cohort, nick: str, bot_nick: str, since: datetime) -> list[LogAddress]:
    """Where other people named somebody in a cohort's channel since an instant, oldest first; not the bot.

    In the last `NAMING_DAYS` days at most; LogsAway is raised.
    """
    word = re.compile(rf"(?<![\w\[\]\\`^{{|}}-]){re.escape(nick)}(?![\w\[\]\\`^{{|}}-])", re.IGNORECASE)
    speaks_not = {one.lower() for one in (nick, bot_nick, app.config.irc.nick)}
    with _folder(app) as folder:
        name = _as_logged(app, cohort.network, _key(cohort.channel)) or cohort.channel
        found = []
        for on in logs.days(folder, cohort.network, name)[-NAMING_DAYS:]:
            if on < since.date():
                continue
            for number, line in logs.day(folder, cohort.network, name, on):
                if isinstance(line, Line) and line.at > since and _names(line.event, speaks_not, word):
                    found.append(LogAddress(cohort.network, name, on, number))
        return found


def _names(event: Event, speaks_not: Collection[str], word: re.Pattern[str]) -> bool:
    if not isinstance(event, Message | Action) or event.nick.lower() in speaks_not:
        return False
    return word.search(event.text) is not None


def _count(path: Path, said: Collection[bytes]) -> int:
    """How many lines begin so behind their time."""
    with path.open("rb") as file:
        return sum(line.startswith(one, _TIME) for line in file for one in said)


@contextmanager
def _folder(app: App) -> Iterator[Path]:
    """The folder of the logs while it is read: what goes wrong with it is LogsAway."""
    folder = app.config.logs.folder
    if not folder.is_dir():
        raise LogsAway(f"there is no folder {folder}")
    try:
        yield folder
    except OSError as fault:
        raise LogsAway(f"{fault.filename}: {fault.strerror}") from fault


def _key(channel: str) -> str:
    """A channel without case, as the most merging of casemappings sees it: closed beats open in doubt."""
    return fold(channel, "rfc1459")


def _as_logged(app: App, network: str, wanted: str) -> str | None:
    """The name under which the channel is logged: the server's casemapping has lowered it."""
    with _folder(app) as folder:
        return next((name for name in logs.channels(folder, network) if _key(name) == wanted), None)


def _count_lines(path: Path) -> int:
    """Whole lines only: a last one without its end is still being written."""
    with path.open("rb") as file:
        return sum(chunk.count(b"\n") for chunk in iter(partial(file.read, _CHUNK), b""))
