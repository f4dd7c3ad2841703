"""What waits to be said: claimed for sending, put into outcomes when it is sent, settled by a receipt."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.engine import Connection

from cohortbot.domain import zones
from cohortbot.domain.casemap import fold
from cohortbot.domain.message import LogAddress, Proven, Target, Timing, ToChannel, ToPerson, Urgency
from cohortbot.domain.model import Person
from cohortbot.domain.outcomes import Outcome
from cohortbot.domain.undelivered import WHY, Why
from cohortbot.service.app import App
from cohortbot.service.hints import HINT, UNHINTED, hint
from cohortbot.service.presence import Presence
from cohortbot.service.reply import DayDigest
from cohortbot.store import cohorts, outbox, people
from cohortbot.store.engine import transaction
from cohortbot.store.outbox import Entry

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Parcel:
    """One claimed thing to say. `again`: an earlier sending of it died without a receipt.

    `ids` are the entries that it stands for: several where they are said as one.
    """

    ids: tuple[int, ...]
    token: str
    to: Target
    outcome: Outcome | DayDigest
    again: bool
    urgency: Urgency
    person_id: int | None
    cohort_id: int | None
    kind: str
    claimed_at: datetime


Composer = Callable[[App, Connection, Entry], Outcome | None]
"""Makes the outcome that an entry stands for as things are now; None when it is not true any more."""

COMPOSERS: dict[str, Composer] = {}


def composes(kind: str) -> Callable[[Composer], Composer]:
    """Registers the one function that knows what an outbox entry of `kind` says."""

    def register(composer: Composer) -> Composer:
        COMPOSERS[kind] = composer
        return composer

    return register


def claim(app: App, now: datetime, presence: Presence, in_hand: Collection[int]) -> list[Parcel]:
    """Take at most `Limits.outbox_batch` entries that can be said now: offers, then the oldest.

    An entry for a person is taken only while a connection is here that may speak for them, does not shut us
    out, and may be written to at the network's pace for new people. One that is being sent and is not
    `in_hand` (ids) was taken by a process or for a connection that is gone, since a network has one bot at a
    time: nobody knows whether it was heard.

    It is said once more, not again and again: what dies a second time is given up. So that what kills us does
    not take along what was never said, a second try goes alone.
    """
    token = secrets.token_hex(8)
    return transaction(
        app.engine,
        lambda tx: _claim(app, tx, now, presence, token, in_hand),
        deadline=app.limits.database_wait,
    )


def _claim(
    app: App, tx: Connection, now: datetime, presence: Presence, token: str, in_hand: Collection[int]
) -> list[Parcel]:
    claim = _Claim(app, tx, now, token)
    parcels: list[Parcel] = []
    for entries in _in_turn(tx, outbox.open_entries(tx, app.network, now, in_hand), now):
        if len(parcels) == app.limits.outbox_batch:
            break
        first = entries[0]
        to = _target(tx, first, presence)
        second_try = any(entry.state == "sending" for entry in entries)
        if to is None or (second_try and parcels) or not _may_go(to, first, presence):
            continue
        opened = [(entry, outcome) for entry in entries if (outcome := claim.open(entry)) is not None]
        if not opened:
            continue
        outcomes = tuple(outcome for _, outcome in opened)
        said = DayDigest(outcomes) if first.timing is Timing.DAILY else outcomes[0]
        ids = tuple(entry.id for entry, _ in opened)
        again = any(entry.attempts > 0 or entry.state == "sending" for entry, _ in opened)
        parcels.append(
            Parcel(
                ids,
                token,
                to,
                said,
                again,
                _urgency(first),
                first.person_id,
                first.cohort_id,
                first.kind,
                now,
            )
        )
        if second_try:
            break
    return parcels


def _in_turn(tx: Connection, entries: Sequence[Entry], now: datetime) -> list[list[Entry]]:
    """What may be said now by the clock of whom it is for: offers first, then the oldest; digests as one."""
    turns: list[list[Entry]] = []
    digests: dict[int | None, list[Entry]] = {}
    for entry in sorted(entries, key=lambda entry: _urgency(entry) is not Urgency.AT_ONCE):
        if not _in_time(tx, entry, now):
            continue
        if entry.timing is not Timing.DAILY:
            turns.append([entry])
        elif entry.person_id in digests:
            digests[entry.person_id].append(entry)
        else:
            digests[entry.person_id] = [entry]
            turns.append(digests[entry.person_id])
    return turns


def _in_time(tx: Connection, entry: Entry, now: datetime) -> bool:
    if entry.timing is Timing.NOW or entry.person_id is None:
        return True
    zone = people.by_id(tx, entry.person_id, entry.network).zone
    if zone is None:
        zone = cohorts.by_id(tx, entry.cohort_id).zone if entry.cohort_id is not None else "UTC"
    return zones.may_be_said(entry.timing, zone, entry.made_at, now)


class _Claim:
    """One claiming of entries, in one transaction."""

    def __init__(self, app: App, tx: Connection, now: datetime, token: str) -> None:
        self._app = app
        self._tx = tx
        self._now = now
        self._token = token

    def open(self, entry: Entry) -> Outcome | None:
        """Claim it and see what it says now; None where somebody was faster, or nothing is to be said."""
        died = outbox.claim(self._tx, entry, self._token)
        if died is None:
            return None
        if died > 1 and entry.state == "sending":  # what was refused is known not to be said, however often
            log.warning("outbox entry %d (%s) died twice without a receipt: given up", entry.id, entry.kind)
            self._expire(entry, "said again, and no receipt")
            return None
        outcome = COMPOSERS[entry.kind](self._app, self._tx, replace(entry, attempts=died))
        if outcome is None:
            self._expire(entry, "untrue by now")
        return outcome

    def _expire(self, entry: Entry, reason: str) -> None:
        outbox.settle(self._tx, [entry.id], self._token, "expired", self._now, reason=reason)


def _urgency(entry: Entry) -> Urgency:
    if entry.kind == "offer":
        return Urgency.AT_ONCE
    return Urgency.IN_TURN if entry.person_id is None else Urgency.SOON


def _target(tx: Connection, entry: Entry, presence: Presence) -> Target | None:
    if entry.person_id is None:
        assert entry.cohort_id is not None  # the table's own promise
        channel = cohorts.by_id(tx, entry.cohort_id).channel
        if not presence.joined(channel):
            return None
        return _addressed(tx, entry, channel, presence) if entry.kind == HINT else ToChannel(channel)
    person = people.by_id(tx, entry.person_id, entry.network)
    nick = speaks_for(tx, person, presence)
    if nick is None and person.account is not None:
        presence.seek(person.account, person.nick)
    return ToPerson(nick) if nick is not None else None


def _addressed(tx: Connection, entry: Entry, channel: str, presence: Presence) -> Target | None:
    """The channel, and in it by name whom the entry is about, while they are there."""
    assert entry.about_id is not None  # a hint names somebody
    nick = speaks_for(tx, people.by_id(tx, entry.about_id, entry.network), presence)
    return ToChannel(channel, nick) if nick is not None and presence.in_channel(nick, channel) else None


def speaks_for(tx: Connection, person: Person, presence: Presence) -> str | None:
    """The nick of a connection that may hear private words for `person` now, None when there is none.

    For an account: one that is proven. For the unproven: the connection that claimed, or the nick that
    claimed while nobody proven owns it.
    """
    if person.account is not None:
        return presence.nick_of_account(person.account)
    if person.connection is not None and (nick := presence.nick_of(person.connection)) is not None:
        return nick
    there = presence.connection_of(person.nick)
    if there is None or isinstance(presence.proof_of(person.nick), Proven):
        return None
    key = fold(person.nick, presence.casemapping)
    return None if people.owners(tx, person.network, [key]) else person.nick


def _may_go(to: Target, entry: Entry, presence: Presence) -> bool:
    if isinstance(to, ToChannel):
        return True
    if entry.reason is not None and entry.reason == _shut_out(entry.reason[:3], to.nick, presence):
        return False
    return presence.may_write(to.nick, urgent=_urgency(entry) is Urgency.AT_ONCE)


def _shut_out(code: str, nick: str, presence: Presence) -> str:
    """Why a word waits that a connection's settings keep from it: on another one it is tried again."""
    return f"{code} {presence.connection_of(nick)}"


def sent(app: App, parcel: Parcel, now: datetime, line: LogAddress | None = None) -> None:
    """The server has it: said, for good."""
    _settle(app, parcel, "sent", now, line=line)


def refused(
    app: App, parcel: Parcel, code: str, presence: Presence, now: datetime, *, partly: bool = False
) -> None:
    """The server would not deliver it, with this numeric; `partly`: after its first lines were.

    A private word was not said then, and waits: for the person, for the pace, or (where their own settings
    keep it from them) for `missed` or another connection of theirs, and they are told so where others talk.
    """
    transaction(
        app.engine,
        lambda tx: _refused(app, tx, parcel, code, presence, now, partly),
        deadline=app.limits.database_wait,
    )


def _refused(
    app: App, tx: Connection, parcel: Parcel, code: str, presence: Presence, now: datetime, partly: bool
) -> None:
    if isinstance(parcel.to, ToChannel):
        outbox.settle(tx, parcel.ids, parcel.token, "refused", now, reason=code)
        return
    why, nick = WHY.get(code, Why.SETTINGS), parcel.to.nick
    lets_us_in = app.floor.has_asked_since(presence.connection_of(nick), parcel.claimed_at)
    if why in (Why.ABSENT, Why.PACE) or lets_us_in:
        outbox.release(tx, parcel.ids, parcel.token, partly=partly)
    elif outbox.release(tx, parcel.ids, parcel.token, partly=partly, reason=_shut_out(code, nick, presence)):
        assert parcel.person_id is not None  # or it would be to a channel
        if parcel.kind in UNHINTED:
            return
        hint(app, tx, parcel.person_id, nick, why, presence, now, first=parcel.cohort_id)


def _settle(
    app: App,
    parcel: Parcel,
    state: str,
    now: datetime,
    *,
    reason: str | None = None,
    line: LogAddress | None = None,
) -> None:
    transaction(
        app.engine,
        lambda tx: outbox.settle(tx, parcel.ids, parcel.token, state, now, reason=reason, line=line),
        deadline=app.limits.database_wait,
    )


def released(app: App, parcel: Parcel) -> None:
    """It never reached the socket: whoever claims it next says it as if for the first time."""
    transaction(
        app.engine,
        lambda tx: outbox.release(tx, parcel.ids, parcel.token),
        deadline=app.limits.database_wait,
    )
