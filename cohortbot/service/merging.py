"""Two people turn out to be one: what an unproven nick did becomes an account's, or an organizer says so."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.engine import Connection

from cohortbot.domain.model import Membership, MemberState, Person
from cohortbot.service import covers, seats
from cohortbot.service.app import App
from cohortbot.store import awards, away, events, handing, memberships, people

# Of two live memberships of one cohort the one that stands further on is kept.
_STRENGTH = {
    MemberState.ACTIVE: 3,
    MemberState.OFFERED: 2,
    MemberState.PROPOSED: 1,
    MemberState.WAITING: 0,
}


def become(app: App, tx: Connection, claimed: Person, account: Person, now: datetime) -> None:
    """What an unproven person claimed becomes an account's, and their nick names nobody else."""
    absorb(app, tx, claimed, account, now)
    people.drop_claims(tx, claimed.id)
    events.record(tx, "identified", now, by=account.id, person=claimed.id)


def merge(app: App, tx: Connection, one: Person, into: Person, now: datetime) -> None:
    """An organizer's word that both are one person: every identity of `one` is `into`'s from now on.

    Once an account is among them the nicks that were only claimed name nobody any more: else whoever takes
    such a nick, unproven, would be taken for the owner of the account.
    """
    absorb(app, tx, one, into, now)
    people.move_identities(tx, one.id, into.id)
    if one.proven or into.proven:
        people.drop_claims(tx, into.id)
        _identified(app, tx, into, now)


def absorb(app: App, tx: Connection, one: Person, into: Person, now: datetime) -> None:
    """Everything of `one` becomes `into`'s: memberships, answers, blockers, awards, what waits to be said.

    Nobody stands in while away: if either is, whom either stands in for loses them, as when they go away.
    """
    if away.away_now(tx, [one.id, into.id], now):
        for each in (one, into):
            covers.withdraw(app, tx, each.id, now)
    for membership in memberships.live_of(tx, one.id):
        move_membership(app, tx, membership, into, now)
    handing.hand_over(tx, one.id, into.id)
    people.take_words_along(tx, one, into)
    awards.hand_over(tx, one.id, into.id, now)
    if into.proven:
        _identified(app, tx, into, now)


def _identified(app: App, tx: Connection, person: Person, now: datetime) -> None:
    """What proof brings: badges that waited for it, and an end of the brake's hold."""
    awards.issue_waiting(tx, person.id, now)
    seats.unhold(app, tx, person, now)


def move_membership(app: App, tx: Connection, one: Membership, into: Person, now: datetime) -> None:
    """One live membership becomes `into`'s; where they have one of that cohort, the stronger is kept."""
    theirs = memberships.live(tx, one.cohort_id, into.id)
    if theirs is None:
        memberships.change(tx, one.id, person_id=into.id)
        return
    weaker = theirs if _STRENGTH[one.state] > _STRENGTH[theirs.state] else one
    seats.end(app, tx, weaker, MemberState.LEFT, now)
    if weaker is theirs:
        memberships.change(tx, one.id, person_id=into.id)
