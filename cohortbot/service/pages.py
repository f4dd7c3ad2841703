"""What the site shows of cohorts, badges and bots; closed things are left out here, once for all pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.engine import Connection

from cohortbot.domain.casemap import fold
from cohortbot.domain.hearing import Why
from cohortbot.domain.model import Blocker, Cohort, Person, Round, Tally
from cohortbot.service.app import App
from cohortbot.service.offers import next_checkins
from cohortbot.store import awards, away, blockers, cohorts, memberships, people
from cohortbot.store import gauges as store_gauges
from cohortbot.store import lost_channels as store_lost_channels
from cohortbot.store import rounds as store_rounds
from cohortbot.store.engine import reading
from cohortbot.store.gauges import Gauge


@dataclass(frozen=True, slots=True)
class RoundSeen:
    """A cohort's newest round."""

    round: Round
    tally: Tally


@dataclass(frozen=True, slots=True)
class CohortSeen:
    """A public cohort as everybody may see it.

    `taken` counts the seated and those to whom a place is offered, `waiting` the others in the line.
    `mentors` are in the order in which they joined, and `away_until` holds, by their id, until when those are
    away that are; `next_at` is None without a schedule and while it rests;
    `round` is None before the first.
    """

    cohort: Cohort
    taken: int
    waiting: int
    mentors: tuple[Person, ...]
    away_until: Mapping[int, datetime]
    next_at: datetime | None
    round: RoundSeen | None


@dataclass(frozen=True, slots=True)
class MenteeSeen:
    """Somebody in a seat, and since when."""

    person: Person
    since: datetime


@dataclass(frozen=True, slots=True)
class BlockerSeen:
    """A blocker that is open or taken. Of a private one all but number and state is None."""

    number: int
    state: str
    nick: str | None
    text: str | None
    taken_by: str | None
    opened_at: datetime | None


@dataclass(frozen=True, slots=True)
class CohortWithPeople:
    """A public cohort with its mentees, in the order in which they joined, and blockers, oldest first."""

    seen: CohortSeen
    mentees: tuple[MenteeSeen, ...]
    blockers: tuple[BlockerSeen, ...]


@dataclass(frozen=True, slots=True)
class BadgeSeen:
    """An award that was issued.

    Of a cohort that is not for everybody the badge's own name and the people alone are told: `cohort`,
    `description`, `criteria` and `work` are None, and so is `name` if the badge has no name but the cohort's.
    """

    public_id: str
    name: str | None
    description: str | None
    criteria: str | None
    nick: str
    confirmed_by: str
    issued_at: datetime
    revoked_at: datetime | None
    work: str | None
    cohort: Cohort | None


def all_cohorts(app: App, now: datetime) -> list[CohortSeen]:
    """Every public cohort, in the order in which they were made, archived ones last; Away is raised."""
    with reading(app.engine) as tx:
        return _seen(tx, [one for one in cohorts.all_of(tx) if one.public], now)


def cohort(app: App, slug: str, now: datetime) -> CohortWithPeople | None:
    """The public cohort of that slug; None if there is none, or it is not for everybody. Away is raised."""
    with reading(app.engine) as tx:
        found = cohorts.by_slug(tx, slug)
        if found is None or not found.public:
            return None
        (seen,) = _seen(tx, [found], now)
        return CohortWithPeople(seen, _mentees(tx, found), _blockers(tx, found))


def badge(app: App, public_id: str) -> BadgeSeen | None:
    """The award behind `/b/<public_id>`, revoked ones too; None if there is none, or it is not issued yet."""
    with reading(app.engine) as tx:
        award = awards.by_public_id(tx, public_id)
        if award is None or award.issued_at is None:
            return None
        goal = cohorts.by_id(tx, award.cohort_id)
        own = goal.badge
        shown = own if goal.public else None
        mentor = people.by_id(tx, award.confirmed_by, goal.network)
        return BadgeSeen(
            public_id=award.public_id,
            name=goal.badge_name if goal.public or own else None,
            description=shown.description if shown else None,
            criteria=shown.criteria if shown else None,
            nick=people.by_id(tx, award.person_id, goal.network).nick,
            confirmed_by="a mentor" if mentor.erased else mentor.nick,
            issued_at=award.issued_at,
            revoked_at=award.revoked_at,
            work=award.url if goal.public else None,
            cohort=goal if goal.public else None,
        )


def gauges(app: App) -> list[Gauge]:
    """How the bot of each network is, in the order of their names; Away is raised."""
    with reading(app.engine) as tx:
        return store_gauges.all_of(tx)


@dataclass(frozen=True, slots=True)
class LostChannelSeen:
    """A channel that the bot should be in and is not; `channel` is None for a cohort's that is not public."""

    network: str
    channel: str | None
    why: Why
    since: datetime


def lost_channels(app: App) -> list[LostChannelSeen]:
    """What no log hears now, the oldest first; Away is raised."""
    with reading(app.engine) as tx:
        closed = {(one.network, one.channel) for one in cohorts.all_of(tx) if not one.public}
        lasting = store_lost_channels.lasting(tx)
    return [
        LostChannelSeen(
            network=one.network,
            channel=None if (one.network, fold(one.loss.channel, "ascii")) in closed else one.loss.channel,
            why=one.loss.why,
            since=one.loss.since,
        )
        for one in lasting
    ]


def _seen(tx: Connection, shown: Sequence[Cohort], now: datetime) -> list[CohortSeen]:
    ids = [one.id for one in shown]
    taken, waiting = memberships.taken_and_waiting(tx)
    mentor_ids = memberships.mentor_ids(tx, ids)
    newest = store_rounds.newest_of(tx, ids)
    tallies = store_rounds.tallies(tx, [one.id for one in newest.values()])
    absent = away.away_now(tx, [each for ids in mentor_ids.values() for each in ids], now)
    away_until = {person_id: absence.until for person_id, absence in absent.items()}
    next_at = next_checkins(tx, shown, now)
    rounds = {cohort_id: RoundSeen(one, tallies[one.id]) for cohort_id, one in newest.items()}
    return [
        CohortSeen(
            cohort=one,
            taken=taken.get(one.id, 0),
            waiting=waiting.get(one.id, 0),
            mentors=_people(tx, mentor_ids.get(one.id, []), one.network),
            away_until=away_until,
            next_at=next_at[one.id],
            round=rounds.get(one.id),
        )
        for one in shown
    ]


def _people(tx: Connection, ids: Sequence[int], network: str) -> tuple[Person, ...]:
    known = people.by_ids(tx, ids, network) if ids else {}
    return tuple(known[each] for each in ids)


def _mentees(tx: Connection, shown: Cohort) -> tuple[MenteeSeen, ...]:
    seated = memberships.mentees(tx, shown.id)
    known = _people(tx, [one.person_id for one in seated], shown.network)
    return tuple(MenteeSeen(person, one.state_since) for person, one in zip(known, seated, strict=True))


def _blockers(tx: Connection, shown: Cohort) -> tuple[BlockerSeen, ...]:
    return tuple(_blocker(tx, one, shown.network) for one in blockers.unsolved(tx, cohort_id=shown.id))


def _blocker(tx: Connection, one: Blocker, network: str) -> BlockerSeen:
    if one.private:
        return BlockerSeen(one.id, one.state, nick=None, text=None, taken_by=None, opened_at=None)
    taker = people.by_id(tx, one.taken_by, network).nick if one.taken_by is not None else None
    return BlockerSeen(
        number=one.id,
        state=one.state,
        nick=people.by_id(tx, one.person_id, network).nick,
        text=one.text,
        taken_by=taker,
        opened_at=one.opened_at,
    )
