"""`/logs/<network>/<channel>/`, `…/<date>` and `…/<date>.txt`: what was said?

Names in these addresses are folder names of the channel log (`chatlog.names.safe`), quoted once more as URLs
do. A name that is spelled otherwise is led to the right address; one that is no name is 404.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from cohortbot.chatlog.line import Action, Line, Message, Notice, Unreadable, kind
from cohortbot.chatlog.names import UnsafeName, day_of, safe, unsafe
from cohortbot.domain.message import LogAddress
from cohortbot.service import archive
from cohortbot.service.archive import Day, OpenChannel
from cohortbot.service.logpaths import PART, channel_path, line_path
from cohortbot.web.moments import iso, weekday
from cohortbot.web.site import Site

_LINE_NUMBER = re.compile(r"[1-9][0-9]{0,8}")


@dataclass(frozen=True, slots=True)
class Link:
    """An address with its words; `here` if it is the page that one looks at."""

    path: str
    text: str
    here: bool = False


@dataclass(frozen=True, slots=True)
class Month:
    name: str
    days: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class ChannelPage:
    channel: str
    network: str
    cohort: Link | None
    months: tuple[Month, ...]


@dataclass(frozen=True, slots=True)
class LogLine:
    """A line of the log; `nick` is None where `text` tells all of it, as of joins and modes."""

    number: int
    path: str
    iso: str | None
    clock: str | None
    kind: str
    nick: str | None
    text: str


@dataclass(frozen=True, slots=True)
class DayPage:
    """`parts` are none where the day fits one page."""

    channel: Link
    network: str
    cohort: Link | None
    date: str
    weekday: str
    raw_path: str
    lines: tuple[LogLine, ...]
    parts: tuple[Link, ...]
    previous: Link | None
    next: Link | None


def channel(site: Site, request: Request) -> Response:
    """The days of a channel, newest first."""
    found = _open_channel(site, request)
    if (moved := _moved(request, found, "")) is not None:
        return moved
    base = channel_path(found.network, found.name)
    days = [Link(f"{base}{day}", f"{weekday(day)[:3]} {day}") for day in archive.days(site.app, found)]
    months = tuple(
        Month(name, tuple(links)) for name, links in groupby(days, key=lambda link: link.text[4:11])
    )
    return site.page("channel.html", ChannelPage(found.name, found.network, _cohort(found), months))


def day(site: Site, request: Request) -> Response:
    """A day, or the part of it in which `?line=` stands."""
    found = _open_channel(site, request)
    on = _date(request)
    if (moved := _moved(request, found, on.isoformat())) is not None:
        return moved
    line = request.query_params.get("line", "1")
    if not _LINE_NUMBER.fullmatch(line):
        raise HTTPException(404, f"{line!r} is no line; lines are counted from 1.")
    shown = archive.day(site.app, found, on, int(line))
    if shown is None:
        raise _no_day(on)
    return site.page("day.html", _page(shown))


def raw(site: Site, request: Request) -> Response:
    """A day's file, byte by byte."""
    found = _open_channel(site, request)
    on = _date(request)
    if (moved := _moved(request, found, f"{on}.txt")) is not None:
        return moved
    data = archive.raw_day(site.app, found, on)
    if data is None:
        raise _no_day(on)
    return Response(data, media_type="text/plain; charset=utf-8")


# --- addresses


def _open_channel(site: Site, request: Request) -> OpenChannel:
    network, name = _name(request.path_params["network"]), _name(request.path_params["channel"])
    if network is not None and name is not None:
        found = archive.open_channel(site.app, network, name)
        if found is not None:
            return found
    raise HTTPException(404, "There is no public log of that network and channel.")


def _name(part: str) -> str | None:
    """The name that a part of the path means: a folder's, else the plain name; None if it can be neither."""
    try:
        return unsafe(part)
    except UnsafeName:
        pass
    try:
        safe(part)
    except UnsafeName:
        return None
    return part


def _moved(request: Request, found: OpenChannel, rest: str) -> RedirectResponse | None:
    """To the one address of what was asked for, if it was asked for under another; its query comes along."""
    parts = request.path_params
    if (parts["network"], parts["channel"]) == (safe(found.network), safe(found.name)):
        wants_slash = not rest and not request.url.path.endswith("/")
        if not wants_slash:
            return None
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(f"{channel_path(found.network, found.name)}{rest}{query}", 308)


def _date(request: Request) -> date:
    text: str = request.path_params["day"]
    found = day_of(f"{text}.log")
    if found is None:
        raise HTTPException(404, "A day of the log is written like 2026-11-26.")
    return found


def _no_day(on: date) -> HTTPException:
    return HTTPException(404, f"Nothing of that is in the log of {on}: no such day, or no such line.")


# --- pages


def _cohort(found: OpenChannel) -> Link | None:
    one = found.cohort
    return Link(f"/c/{one.slug}", one.title) if one is not None else None


def _page(shown: Day) -> DayPage:
    base = channel_path(shown.channel.network, shown.channel.name)
    return DayPage(
        channel=Link(base, shown.channel.name),
        network=shown.channel.network,
        cohort=_cohort(shown.channel),
        date=shown.on.isoformat(),
        weekday=weekday(shown.on),
        raw_path=f"{base}{shown.on}.txt",
        lines=tuple(_line(shown, number, entry) for number, entry in shown.lines),
        parts=_parts(shown, base) if shown.total > PART else (),
        previous=_day_link(base, shown.previous),
        next=_day_link(base, shown.next),
    )


def _day_link(base: str, on: date | None) -> Link | None:
    return Link(f"{base}{on}", str(on)) if on is not None else None


def _parts(shown: Day, base: str) -> tuple[Link, ...]:
    return tuple(
        Link(
            path=f"{base}{shown.on}" if first == 1 else f"{base}{shown.on}?line={first}",
            text=f"{first}–{min(first + PART - 1, shown.total)}",
            here=first == shown.first,
        )
        for first in range(1, shown.total + 1, PART)
    )


def _line(shown: Day, number: int, entry: Line | Unreadable) -> LogLine:
    path = line_path(LogAddress(shown.channel.network, shown.channel.name, shown.on, number))
    if isinstance(entry, Unreadable):
        return LogLine(number, path, None, None, "unreadable", None, entry.text)
    event = entry.event
    spoken = isinstance(event, Message | Action | Notice)
    text = event.text if isinstance(event, Message | Action | Notice) else event.body().removeprefix("*** ")
    return LogLine(
        number=number,
        path=path,
        iso=iso(entry.at),
        clock=f"{entry.at:%H:%M:%S}",
        kind=kind(event),
        nick=event.nick if spoken else None,
        text=text,
    )
