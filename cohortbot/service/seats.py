"""Seats change hands here: taken, freed, offered on, in the transaction that frees them."""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy.engine import Connection

from cohortbot.domain.identity import claim_word
from cohortbot.domain.membership import FIRST, Line
from cohortbot.domain.model import Cohort, CohortState, Membership, MemberState, Person, Role
from cohortbot.service import coverage, handover
from cohortbot.service.app import App
from cohortbot.store import away, blockers, cohorts, events, memberships, outbox


def line_of(tx: Connection, cohort: Cohort, now: datetime) -> Line:
    return Line(
        free=cohort.places - memberships.taken(tx, cohort.id),
        eligible=len(_may_have_one(tx, cohort, now)),
    )


def _may_have_one(tx: Connection, cohort: Cohort, now: datetime) -> list[Membership]:
    """To whom a place may be offered, the first first; who is away is passed over and keeps their place."""
    line = [one for one in memberships.waiting(tx, cohort.id) if not one.held]
    absent = away.away_now(tx, [one.person_id for one in line], now)
    return [one for one in line if one.person_id not in absent]


def place_in_line(tx: Connection, one: Membership) -> int:
    """Counted from 1, those held by the brake included."""
    return [other.id for other in memberships.waiting(tx, one.cohort_id)].index(one.id) + 1


def seat(app: App, tx: Connection, cohort: Cohort, one: Membership, now: datetime) -> Membership:
    """Seat a waiting or offered membership; a seat must be free or its own (the cohort is locked)."""
    if one.state is not MemberState.OFFERED:
        memberships.take_seat(tx, cohort.id, one.id)
    memberships.move_to(
        tx, one, MemberState.ACTIVE, now, held=False, offered_until=None, **new_claim(app, now)
    )
    outbox.withdraw(tx, now, kinds=["offer"], membership=one.id)
    return memberships.by_id(tx, one.id)


def new_claim(app: App, now: datetime) -> dict[str, object]:
    """A word that makes a seat its speaker's, for the welcome of an unproven person."""
    return {"claim_word": claim_word(secrets.choice), "claim_until": now + app.limits.claim}


def end(
    app: App, tx: Connection, one: Membership, state: MemberState, now: datetime, **columns: object
) -> bool:
    """End a live membership, withdraw what waits to be said about it, and offer its seat on.

    True when the seat was offered to the next in line.
    """
    if not memberships.move_to(tx, one, state, now, claim_word=None, claim_until=None, **columns):
        return False
    outbox.withdraw(tx, now, membership=one.id)
    if one.state is MemberState.ACTIVE and state is not MemberState.COMPLETED:  # that may be undone
        taken = blockers.taken_by(tx, one.person_id, one.cohort_id)
        handover.let_go(tx, taken, one.person_id, now)
    if one.role is Role.MENTOR and one.state is MemberState.ACTIVE:
        coverage.lost(app, tx, one.cohort_id, now)
    if not memberships.free_seat(tx, one.id):
        return False
    return bool(fill(app, tx, cohorts.lock(tx, one.cohort_id), now))


def fill(app: App, tx: Connection, cohort: Cohort, now: datetime) -> list[Membership]:
    """Fit the seats to the places and offer every free one to the first in line who may have it.

    A paused cohort rests. What is offered counts as taken and is held for `Limits.offer`.
    """
    memberships.fit_seats(tx, cohort.id, cohort.places)
    if cohort.state is not CohortState.ACTIVE:
        return []
    free = cohort.places - memberships.taken(tx, cohort.id)
    offered = _may_have_one(tx, cohort, now)[: max(free, 0)]
    for one in offered:
        memberships.take_seat(tx, cohort.id, one.id)
        memberships.move_to(tx, one, MemberState.OFFERED, now, offered_until=now + app.limits.offer)
        events.record(
            tx, "offered", now, way="tick", person=one.person_id, cohort=cohort.id, membership=one.id
        )
        _say_offer(tx, cohort, one, now, until=now + app.limits.offer)
    return offered


def _say_offer(
    tx: Connection, cohort: Cohort, one: Membership, now: datetime, *, until: datetime | None
) -> None:
    outbox.put(
        tx,
        "offer",
        f"offer:{one.id}:{now.isoformat()}",
        network=cohort.network,
        now=now,
        person=one.person_id,
        cohort=cohort.id,
        membership=one.id,
        expires_at=until,
    )


def wake_offers(tx: Connection, cohort: Cohort, now: datetime) -> None:
    """Offers that rested since the cohort's last change of state are said again, with their new end."""
    memberships.extend_offers(tx, cohort.id, cohort.state_since, now)
    for one in memberships.in_states(tx, cohort.id, Role.MENTEE, [MemberState.OFFERED]):
        _say_offer(tx, cohort, one, now, until=one.offered_until)


def unhold(app: App, tx: Connection, person: Person, now: datetime) -> None:
    """Proof ends the brake's hold: a seat while one is free, else the front of the line."""
    for one in memberships.live_of(tx, person.id):
        if not (one.held and one.role is Role.MENTEE and one.state is MemberState.WAITING):
            continue
        cohort = cohorts.lock(tx, one.cohort_id)
        if cohort.state is CohortState.ACTIVE and line_of(tx, cohort, now).free > 0:
            seat(app, tx, cohort, one, now)
            give_place(tx, cohort, one, now)
        else:
            memberships.change(tx, one.id, held=False, line_rank=FIRST)


def give_place(tx: Connection, cohort: Cohort, one: Membership, now: datetime, by: int | None = None) -> None:
    """Record that somebody who waited was seated, tell them, and welcome them."""
    events.record(
        tx, "seated", now, by=by, person=one.person_id, cohort=cohort.id, membership=one.id, way="irc"
    )
    for kind in ("seated", "welcome"):
        outbox.put(
            tx,
            kind,
            f"{kind}:{one.id}",
            network=cohort.network,
            now=now,
            person=one.person_id,
            cohort=cohort.id,
            membership=one.id,
            about=by,
        )
