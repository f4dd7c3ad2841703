"""People come into channels, leave them, and log in: what the programme does about it."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.engine import Connection

from cohortbot.domain.casemap import fold
from cohortbot.domain.membership import ChannelLogged
from cohortbot.domain.message import NotAsked, Proof, Proven, ToPerson
from cohortbot.domain.model import Person
from cohortbot.service.app import App
from cohortbot.service.merging import become
from cohortbot.service.outbox import speaks_for
from cohortbot.service.presence import Presence
from cohortbot.service.reminding import tell_of_open_round
from cohortbot.service.reply import Reply
from cohortbot.store import cohorts, memberships, people
from cohortbot.store.engine import Away, transaction
from cohortbot.store.inserting import insert_new
from cohortbot.store.tables import told_logged

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Arrival:
    """Somebody who came into a channel (or, `channel` None, logged in where they are)."""

    network: str
    channel: str | None
    nick: str
    connection: str
    proof: Proof
    at: datetime


def entered(app: App, arrival: Arrival, presence: Presence) -> list[Reply] | None:
    """Note that a member is in their channel, and say once a person and channel that it is logged.

    Who has just been welcomed, which said it, is not told again; bots are told nothing. While the database is
    away, None, and soon: those who wait for an answer come first, and it is to be asked for again.
    """
    if presence.is_bot(arrival.nick):
        return []
    try:
        told = transaction(
            app.engine, lambda tx: _entered(app, tx, arrival, presence), deadline=app.limits.one_moment
        )
    except Away as away:
        log.warning("the database is away, that somebody entered is not noted yet: %s", away)
        return None
    return [Reply(ToPerson(arrival.nick), ChannelLogged(told))] if told is not None else []


def _entered(app: App, tx: Connection, arrival: Arrival, presence: Presence) -> str | None:
    channel = arrival.channel or ""
    person = known(tx, arrival, presence)
    every = cohorts.all_of(tx, arrival.network)
    cohort = next((one for one in every if fold(one.channel, presence.casemapping) == channel), None)
    if cohort is not None and person is not None:
        one = memberships.live(tx, cohort.id, person.id)
        if one is not None:
            memberships.change(tx, one.id, absent_since=None)
            tell_of_open_round(tx, cohort, one, arrival.at)
            if one.state == "active":
                # Their welcome has said it, or will.
                _told(tx, arrival, presence, channel)
                return None
    if not app.config.logs.notice:
        return None
    return channel if _told(tx, arrival, presence, channel) else None


def _told(tx: Connection, arrival: Arrival, presence: Presence, channel: str) -> bool:
    """Remember that they know; False when they did already."""
    proof = arrival.proof
    name = f"account:{proof.account}" if isinstance(proof, Proven) else f"nick:{arrival.nick}"
    who = fold(name, presence.casemapping)
    return insert_new(tx, told_logged, network=arrival.network, channel=channel, who=who)


def logged_in(app: App, arrival: Arrival, presence: Presence) -> None:
    """What this connection claimed before it was proven becomes its account's."""
    if not isinstance(arrival.proof, Proven):
        return
    try:
        transaction(
            app.engine, lambda tx: _logged_in(app, tx, arrival, presence), deadline=app.limits.one_moment
        )
    except Away as away:  # their next command does it
        log.warning("the database is away, that somebody logged in is not noted: %s", away)


def _logged_in(app: App, tx: Connection, arrival: Arrival, presence: Presence) -> None:
    people.services_seen(tx, arrival.network)
    claimed = people.by_connection(tx, arrival.network, arrival.connection)
    if claimed is None:
        return

    def same_case(nick: str) -> str:
        return fold(nick, presence.casemapping)

    account = people.meet(
        tx, arrival.network, arrival.nick, arrival.proof, arrival.connection, same_case, arrival.at
    )
    become(app, tx, claimed, account, arrival.at)


def known(tx: Connection, arrival: Arrival, presence: Presence) -> Person | None:
    """The person behind a connection in sight, if the programme has met them."""
    if isinstance(arrival.proof, Proven):
        return people.by_account(tx, arrival.network, fold(arrival.proof.account, presence.casemapping))
    if claimed := people.by_connection(tx, arrival.network, arrival.connection):
        return claimed
    nick_key = fold(arrival.nick, presence.casemapping)
    if isinstance(arrival.proof, NotAsked):  # who it seems to be is good enough to greet them
        return people.by_nick(tx, arrival.network, nick_key)
    return people.by_claim(tx, arrival.network, nick_key)


def note_presence(app: App, now: datetime, presence: Presence) -> None:
    """Who of the seated is in their channel now, and since when the others are not."""
    transaction(app.engine, lambda tx: _note_presence(app, tx, now, presence))


def _note_presence(app: App, tx: Connection, now: datetime, presence: Presence) -> None:
    for cohort in cohorts.all_of(tx, app.network):
        if not presence.joined(cohort.channel):
            continue
        for one in memberships.mentees(tx, cohort.id):
            person = people.by_id(tx, one.person_id, app.network)
            # Where nobody announces accounts, whoever bears the nick counts: it only spares them a hint.
            nick = speaks_for(tx, person, presence) or person.nick
            here = presence.in_channel(nick, cohort.channel)
            if here and one.absent_since is not None:
                memberships.change(tx, one.id, absent_since=None)
            elif not here and one.absent_since is None:
                memberships.change(tx, one.id, absent_since=now)
