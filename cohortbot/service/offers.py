"""What the clock does to seats, and the words about them that wait in the outbox."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from sqlalchemy.engine import Connection

from cohortbot.domain import schedule, zones
from cohortbot.domain.membership import (
    HowToEnter,
    JoinAnnounced,
    OfferRanOut,
    PlaceGiven,
    PlaceOffered,
    SeatLapsed,
    SeatLapses,
    Welcome,
)
from cohortbot.domain.model import Cohort, CohortState, Membership, MemberState, Person
from cohortbot.domain.schedule import Slot
from cohortbot.service import seats
from cohortbot.service.app import App
from cohortbot.service.coverage import day_in
from cohortbot.service.identify import has_services
from cohortbot.service.outbox import composes
from cohortbot.store import away, cohorts, events, memberships, outbox, people, rounds
from cohortbot.store.engine import reading, transaction
from cohortbot.store.outbox import Entry


def pass_on_offers(app: App, now: datetime) -> None:
    """Offers past their time: the place goes to the next in line, its person leaves the line and is told."""
    transaction(app.engine, lambda tx: _pass_on_offers(app, tx, now))


def _pass_on_offers(app: App, tx: Connection, now: datetime) -> None:
    for one in memberships.offers_run_out(tx, app.network, now):
        cohort = cohorts.lock(tx, one.cohort_id)
        seats.end(app, tx, one, MemberState.LEFT, now, first_until=now + app.limits.first_again)
        _by_the_clock(tx, "offer_ran_out", "offer-ran-out", cohort, one, now)


def end_unproven_seats(app: App, now: datetime) -> None:
    """Where there are services an unproven seat ends `Limits.unproven_seat` after the join, said before."""
    transaction(app.engine, lambda tx: _end_unproven_seats(app, tx, now))


def _end_unproven_seats(app: App, tx: Connection, now: datetime) -> None:
    if not has_services(app, tx):
        return
    for one in memberships.unproven_seats(tx, app.network, now - app.limits.unproven_warnings[0]):
        cohort = cohorts.lock(tx, one.cohort_id)
        age = now - one.joined_at
        if age >= app.limits.unproven_seat:
            seats.end(app, tx, one, MemberState.LEFT, now)
            _by_the_clock(tx, "lapsed", "seat-lapsed", cohort, one, now)
            continue
        due = sum(age >= warning for warning in app.limits.unproven_warnings)
        if due > one.lapse_warnings:
            memberships.change(tx, one.id, lapse_warnings=due)
            _tell(
                tx,
                "seat-lapses",
                cohort,
                one,
                now,
                detail=str(due),
                expires_at=one.joined_at + app.limits.unproven_seat,
            )


def hint_at_channels(app: App, now: datetime) -> None:
    """Who holds a seat and has not been in the channel for `Limits.absent_hint` is told once how to enter."""
    since = now - app.limits.absent_hint
    with reading(app.engine) as tx:
        anybody = bool(memberships.absent(tx, app.network, since))
    if anybody:
        transaction(app.engine, partial(_hint_at_channels, app, since=since, now=now))


def _hint_at_channels(app: App, tx: Connection, since: datetime, now: datetime) -> None:
    for one in memberships.absent(tx, app.network, since):
        memberships.change(tx, one.id, told_how_to_enter=True)
        _tell(tx, "how-to-enter", cohorts.by_id(tx, one.cohort_id), one, now)


def _by_the_clock(
    tx: Connection, event: str, kind: str, cohort: Cohort, one: Membership, now: datetime
) -> None:
    events.record(tx, event, now, way="tick", person=one.person_id, cohort=cohort.id, membership=one.id)
    _tell(tx, kind, cohort, one, now)


def _tell(
    tx: Connection,
    kind: str,
    cohort: Cohort,
    one: Membership,
    now: datetime,
    *,
    detail: str | None = None,
    expires_at: datetime | None = None,
) -> None:
    outbox.put(
        tx,
        kind,
        f"{kind}:{one.id}:{detail or now.isoformat()}",
        network=cohort.network,
        now=now,
        person=one.person_id,
        cohort=cohort.id,
        membership=one.id,
        detail=detail,
        expires_at=expires_at,
    )


# --- words


def _about(tx: Connection, entry: Entry) -> tuple[Cohort, Membership, Person]:
    assert entry.cohort_id is not None and entry.membership_id is not None  # every kind below has both
    one = memberships.by_id(tx, entry.membership_id)
    return cohorts.by_id(tx, entry.cohort_id), one, people.by_id(tx, one.person_id, entry.network)


def zone_of(person: Person, cohort: Cohort) -> str:
    return person.zone or cohort.zone


@composes("welcome")
def welcome(app: App, tx: Connection, entry: Entry) -> Welcome | None:
    cohort, one, person = _about(tx, entry)
    if one.state is not MemberState.ACTIVE:
        return None
    now = app.now()
    mentors = [other.person_id for other in memberships.mentors(tx, cohort.id)]
    absent = away.away_now(tx, mentors, now)
    acting = away.acting_mentors(tx, cohort.id, now)
    known = people.by_ids(tx, [*mentors, *acting], entry.network)
    return Welcome(
        slug=cohort.slug,
        title=cohort.title,
        goal=cohort.goal,
        channel=cohort.channel,
        channel_key=cohort.channel_key,
        mentors=tuple((known[each].nick, zones.awake(zone_of(known[each], cohort), now)) for each in acting),
        away=tuple((known[each].nick, absent[each].last_day) for each in mentors if each in absent),
        today=day_in(zone_of(person, cohort), now),
        next_at=next_checkin(tx, cohort, now),
        zone=person.zone,
        cohort_zone=cohort.zone,
        public=cohort.public,
        claim_word=None if person.proven else one.claim_word,
    )


def next_checkin(tx: Connection, cohort: Cohort, now: datetime) -> datetime | None:
    """The instant of the next slot not yet held; None without a schedule or while the cohort rests."""
    return next_checkins(tx, [cohort], now)[cohort.id]


def next_checkins(tx: Connection, some: Sequence[Cohort], now: datetime) -> dict[int, datetime | None]:
    """The same for many, by id."""
    done = rounds.newest_slots(tx, [one.id for one in some])
    return {one.id: _next_instant(one, done.get(one.id), now) for one in some}


def _next_instant(cohort: Cohort, done: Slot | None, now: datetime) -> datetime | None:
    if cohort.schedule is None or cohort.state is not CohortState.ACTIVE:
        return None
    slot = schedule.next_undone(cohort.schedule, cohort.due_from, done, now)
    return schedule.instant(cohort.schedule, slot) if slot is not None else None


@composes("joined")
def joined(_app: App, tx: Connection, entry: Entry) -> JoinAnnounced | None:
    cohort, one, person = _about(tx, entry)
    if one.state is not MemberState.ACTIVE:
        return None
    return JoinAnnounced(person.nick, cohort.slug, int(entry.detail or 0), cohort.places)


@composes("offer")
def offer(_app: App, tx: Connection, entry: Entry) -> PlaceOffered | None:
    cohort, one, person = _about(tx, entry)
    if one.state is not MemberState.OFFERED or one.offered_until is None:
        return None
    return PlaceOffered(cohort.slug, one.offered_until, zone_of(person, cohort))


@composes("offer-ran-out")
def offer_ran_out(app: App, tx: Connection, entry: Entry) -> OfferRanOut:
    cohort, _, _ = _about(tx, entry)
    return OfferRanOut(cohort.slug, app.limits.first_again.days)


@composes("seated")
def seated(_app: App, tx: Connection, entry: Entry) -> PlaceGiven | None:
    cohort, one, _ = _about(tx, entry)
    if one.state is not MemberState.ACTIVE:
        return None
    by = people.by_id(tx, entry.about_id, entry.network).nick if entry.about_id is not None else None
    taken = memberships.taken(tx, cohort.id)
    return PlaceGiven(cohort.slug, taken, cohort.places, by, cohort.channel, cohort.channel_key)


@composes("how-to-enter")
def how_to_enter(_app: App, tx: Connection, entry: Entry) -> HowToEnter | None:
    cohort, one, _ = _about(tx, entry)
    if one.state is not MemberState.ACTIVE or one.absent_since is None:
        return None
    return HowToEnter(cohort.slug, cohort.channel, cohort.channel_key)


@composes("seat-lapses")
def seat_lapses(app: App, tx: Connection, entry: Entry) -> SeatLapses | None:
    cohort, one, person = _about(tx, entry)
    if person.proven or not one.state.live:
        return None
    return SeatLapses(cohort.slug, one.joined_at + app.limits.unproven_seat, zone_of(person, cohort))


@composes("seat-lapsed")
def seat_lapsed(_app: App, tx: Connection, entry: Entry) -> SeatLapsed:
    cohort, _, _ = _about(tx, entry)
    return SeatLapsed(cohort.slug)
