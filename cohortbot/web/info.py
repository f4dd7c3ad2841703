"""`/help`, `/status` and `/about`: all verbs, is the bot up, and what is kept of what people say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from starlette.requests import Request
from starlette.responses import Response

from cohortbot.domain import dates
from cohortbot.domain.verbs import VERBS, Verb, Who
from cohortbot.service import pages
from cohortbot.service.pages import LostChannelSeen
from cohortbot.store.gauges import Gauge
from cohortbot.texts import about_channels
from cohortbot.web.moments import Moment, dated
from cohortbot.web.site import Contact, Site, contact

SILENT = timedelta(minutes=1)  # the bot writes its gauges every 10 s; after this it counts as down


@dataclass(frozen=True, slots=True)
class VerbLine:
    """`anchor` is the verb as an element's id."""

    anchor: str
    usage: str
    help: str


@dataclass(frozen=True, slots=True)
class Group:
    who: str
    verbs: tuple[VerbLine, ...]


@dataclass(frozen=True, slots=True)
class HelpPage:
    bot: str
    groups: tuple[Group, ...]


@dataclass(frozen=True, slots=True)
class LostLine:
    """A channel that the bot is not in; `channel` is None where its name is not for everybody."""

    channel: str | None
    reason: str
    since: Moment


@dataclass(frozen=True, slots=True)
class NetworkLine:
    """How the bot of one network is; `age` is how old that news is, `lost` what no log hears."""

    network: str
    up: bool
    verdict: str
    connected_since: Moment | None
    last_tick: Moment | None
    queued: int
    reconnects: int
    errors: int
    at: Moment
    age: str
    lost: tuple[LostLine, ...]


@dataclass(frozen=True, slots=True)
class StatusPage:
    networks: tuple[NetworkLine, ...]
    now: Moment


@dataclass(frozen=True, slots=True)
class AboutPage:
    bot: str
    network: str
    logs_public: bool
    off_record_prefix: str
    organizers: tuple[str, ...]
    contact: Contact | None


_WHO = {
    Who.ANYONE: "Anyone",
    Who.PERSON: "Anybody who takes part",
    Who.MENTOR: "Mentors of the cohort, and organizers",
    Who.ORGANIZER: "Organizers",
}


def help_(site: Site, _request: Request) -> Response:
    groups = tuple(
        Group(words, tuple(_verb(each) for each in VERBS if each.who is who)) for who, words in _WHO.items()
    )
    return site.page("help.html", HelpPage(site.app.config.irc.nick, groups))


def status(site: Site, _request: Request) -> Response:
    now = site.app.now()
    lost = pages.lost_channels(site.app)
    networks = tuple(_network(one, lost, now) for one in pages.gauges(site.app))
    return site.page("status.html", StatusPage(networks, dated(now)))


def about(site: Site, _request: Request) -> Response:
    config = site.app.config
    page = AboutPage(
        bot=config.irc.nick,
        network=config.irc.network,
        logs_public=config.logs.public,
        off_record_prefix=config.logs.off_record_prefix,
        organizers=config.programme.organizers,
        contact=contact(config.programme.contact),
    )
    return site.page("about.html", page)


def _verb(verb: Verb) -> VerbLine:
    return VerbLine(verb.name.replace(" ", "-"), verb.usage, verb.help)


def _network(one: Gauge, lost: Sequence[LostChannelSeen], now: datetime) -> NetworkLine:
    age = max(now - one.at, timedelta(0))
    up = age <= SILENT and one.connected_since is not None
    return NetworkLine(
        network=one.network,
        up=up,
        verdict=_verdict(one, age),
        connected_since=dated(one.connected_since) if one.connected_since is not None else None,
        last_tick=dated(one.last_tick) if one.last_tick is not None else None,
        queued=one.queued,
        reconnects=one.reconnects,
        errors=one.errors,
        at=dated(one.at),
        age=dates.span(age),
        lost=tuple(
            LostLine(each.channel, about_channels.reason(each.why), dated(each.since))
            for each in lost
            if each.network == one.network
        ),
    )


def _verdict(one: Gauge, age: timedelta) -> str:
    if age > SILENT:
        return "down: it has not been heard from"
    if one.connected_since is None:
        return "running, but not connected"
    return "up"
