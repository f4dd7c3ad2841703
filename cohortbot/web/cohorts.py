"""`/` and `/c/<slug>`: what can I join, is there room, who helps me, and when is the next check-in?"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from cohortbot.config import Config
from cohortbot.domain import dates, zones
from cohortbot.domain.model import Cohort, CohortState, Person, RoundState
from cohortbot.service import pages
from cohortbot.service.logpaths import channel_path
from cohortbot.service.pages import BlockerSeen, CohortSeen, CohortWithPeople, RoundSeen
from cohortbot.web.moments import Moment, moment, on_day, weekday
from cohortbot.web.site import Site

_SLUG = re.compile(r"[a-z][a-z0-9-]{0,99}")


@dataclass(frozen=True, slots=True)
class Card:
    """A cohort among others. `resting` is «paused», «ended» or «archived», None while it is active."""

    path: str
    slug: str
    title: str
    goal: str
    room: str
    has_room: bool
    resting: str | None
    mentors: tuple[str, ...]
    next_at: Moment | None


@dataclass(frozen=True, slots=True)
class FrontPage:
    active: tuple[Card, ...]
    resting: tuple[Card, ...]
    network: str
    server: str


@dataclass(frozen=True, slots=True)
class Joining:
    """How to get in: a web client, a link for programs, and what to type there."""

    channel: str
    network: str
    server: str | None
    chat: str | None
    irc: str | None
    command: str
    has_key: bool
    bot: str


@dataclass(frozen=True, slots=True)
class Mentor:
    nick: str
    zone: str | None
    there: str | None
    awake: bool
    away_until: Moment | None


@dataclass(frozen=True, slots=True)
class Mentee:
    nick: str
    proven: bool
    since: Moment


@dataclass(frozen=True, slots=True)
class BlockerLine:
    """A blocker; `text` and `nick` are None for a private one."""

    number: int
    state: str
    nick: str | None
    text: str | None
    taken_by: str | None


@dataclass(frozen=True, slots=True)
class Checkins:
    """`rhythm` is None without a schedule; `latest` says how the newest round went, None before the first."""

    rhythm: str | None
    next_at: Moment | None
    latest: str | None
    closes_at: Moment | None


@dataclass(frozen=True, slots=True)
class CohortPage:
    card: Card
    channel: str
    steps: tuple[str, ...]
    resting_since: Moment | None
    joining: Joining | None
    checkins: Checkins
    mentors: tuple[Mentor, ...]
    mentors_wanted: int
    mentees: tuple[Mentee, ...]
    waiting: int
    blockers: tuple[BlockerLine, ...]
    badge: str
    log_path: str | None


def slug_of(request: Request) -> str:
    """The slug in the path; 404 for what no slug looks like, before the database sees it."""
    slug: str = request.path_params["slug"]
    if not _SLUG.fullmatch(slug):
        raise no_cohort()
    return slug


def no_cohort() -> HTTPException:
    return HTTPException(404, "There is no cohort of that name. The front page has all that there are.")


def front(site: Site, _request: Request) -> Response:
    cards = [_card(one) for one in pages.all_cohorts(site.app, site.app.now())]
    irc = site.app.config.irc
    page = FrontPage(
        active=tuple(one for one in cards if one.resting is None),
        resting=tuple(one for one in cards if one.resting is not None),
        network=irc.network,
        server=_server(site.app.config),
    )
    return site.page("front.html", page)


def cohort(site: Site, request: Request) -> Response:
    now = site.app.now()
    found = pages.cohort(site.app, slug_of(request), now)
    if found is None:
        raise no_cohort()
    return site.page("cohort.html", _page(found, site.app.config, now))


def _page(found: CohortWithPeople, config: Config, now: datetime) -> CohortPage:
    one = found.seen.cohort
    active = one.state is CohortState.ACTIVE
    return CohortPage(
        card=_card(found.seen),
        channel=one.channel,
        steps=tuple(one.steps),
        resting_since=None if active else moment(one.state_since, one.zone),
        joining=_joining(one, config) if active else None,
        checkins=_checkins(found.seen),
        mentors=tuple(_mentor(each, found.seen.away_until.get(each.id), now) for each in found.seen.mentors),
        mentors_wanted=one.mentors_wanted,
        mentees=tuple(
            Mentee(each.person.nick, each.person.proven, on_day(each.since)) for each in found.mentees
        ),
        waiting=found.seen.waiting,
        blockers=tuple(map(_blocker, found.blockers)),
        badge=one.badge_name,
        log_path=channel_path(one.network, one.channel) if config.logs.public else None,
    )


def _card(seen: CohortSeen) -> Card:
    one = seen.cohort
    resting = None if one.state is CohortState.ACTIVE else str(one.state)
    return Card(
        path=f"/c/{one.slug}",
        slug=one.slug,
        title=one.title,
        goal=one.goal,
        room=_room(seen),
        has_room=seen.taken < one.places,
        resting=resting,
        mentors=tuple(each.nick for each in seen.mentors),
        next_at=moment(seen.next_at, one.zone) if seen.next_at is not None else None,
    )


def _room(seen: CohortSeen) -> str:
    places, taken = seen.cohort.places, seen.taken
    if taken < places:
        return f"{places - taken} of {places} places free"
    waiting = f", {seen.waiting} waiting" if seen.waiting else ""
    return f"full: {taken} of {places} taken{waiting}"


def _joining(one: Cohort, config: Config) -> Joining:
    here = one.network == config.irc.network
    return Joining(
        channel=one.channel,
        network=one.network,
        server=_server(config) if here else None,
        chat=config.web.chat_link(one.channel) if here else None,
        irc=_irc_link(config, one.channel) if here else None,
        command=f"!join {one.slug}",
        has_key=one.channel_key is not None,
        bot=config.irc.nick,
    )


def _server(config: Config) -> str:
    return f"{config.irc.host}, port {config.irc.port}{' (TLS)' if config.irc.tls else ''}"


def _irc_link(config: Config, channel: str) -> str:
    host = f"[{config.irc.host}]" if ":" in config.irc.host else config.irc.host
    scheme = "ircs" if config.irc.tls else "irc"
    return f"{scheme}://{host}:{config.irc.port}/{quote(channel, safe='')}"


def _checkins(seen: CohortSeen) -> Checkins:
    one = seen.cohort
    is_open = seen.round is not None and seen.round.round.state is RoundState.OPEN
    return Checkins(
        rhythm=_rhythm(one),
        next_at=moment(seen.next_at, one.zone) if seen.next_at is not None else None,
        latest=_latest(seen.round) if seen.round is not None else None,
        closes_at=moment(seen.round.round.closes_at, one.zone)
        if seen.round is not None and is_open
        else None,
    )


def _rhythm(one: Cohort) -> str | None:
    if one.schedule is None:
        return None
    day = weekday(one.schedule.starts)
    every = f"every {day}" if one.schedule.every_weeks == 1 else f"every second {day}"
    return f"{every} at {one.schedule.at:%H:%M} {one.schedule.zone}"


def _latest(seen: RoundSeen) -> str:
    number, tally = seen.round.number, seen.tally
    answered = f"{tally.answered} of {tally.asked} answered"
    match seen.round.state:
        case RoundState.OPEN:
            return f"Check-in {number} is open: {answered} so far"
        case RoundState.CLOSED:
            return f"In check-in {number}, the last one, {answered}"
        case RoundState.SKIPPED:
            return f"Check-in {number} was skipped"
        case RoundState.MISSED:
            return f"Check-in {number} was missed, because the bot was not there; that is nobody's fault"


def _mentor(person: Person, away_until: datetime | None, now: datetime) -> Mentor:
    absent = moment(away_until) if away_until is not None else None
    if person.zone is None:
        return Mentor(person.nick, None, None, awake=False, away_until=absent)
    there, awake = dates.said(now, person.zone), zones.awake(person.zone, now)
    return Mentor(person.nick, person.zone, there, awake, absent)


def _blocker(one: BlockerSeen) -> BlockerLine:
    return BlockerLine(one.number, one.state, one.nick, one.text, one.taken_by)
