"""Who is speaking, decided inside the transaction that acts on it (product.md section 5)."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy.engine import Connection

from cohortbot.domain.casemap import bare, fold
from cohortbot.domain.identity import stems
from cohortbot.domain.message import Message, NoServices, NotAsked, Proven, ServicesDown
from cohortbot.domain.model import Person
from cohortbot.domain.refusals import NickIsSomebodys
from cohortbot.service.app import App
from cohortbot.service.call import Speaker, organizer_accounts
from cohortbot.service.merging import become
from cohortbot.service.presence import Presence
from cohortbot.store import people


def identify(app: App, tx: Connection, message: Message, presence: Presence) -> Speaker | NickIsSomebodys:
    """The speaker behind a message, or the fact that their nick is somebody else's.

    A proven account takes along what its connection claimed before.
    """
    if isinstance(message.proof, Proven):
        return _proven(app, tx, message, presence, message.proof.account)
    if isinstance(message.proof, NotAsked):
        return Speaker(_presumed(tx, message, presence), proven=False, organizer=False, claiming=False)
    owner = owner_of(app, tx, message, presence)
    if owner is not None:
        return NickIsSomebodys(owner, message.proof)
    return _unproven(tx, message, presence)


def _presumed(tx: Connection, message: Message, presence: Presence) -> Person | None:
    """Who a speaker seems to be whom nobody asked about: good for whose zone a time is said in, no more."""
    claimed = people.by_connection(tx, message.network, message.connection)
    return claimed or people.by_nick(tx, message.network, _key(message.nick, presence))


def _key(nick: str, presence: Presence) -> str:
    return fold(bare(nick), presence.casemapping)


def _proven(app: App, tx: Connection, message: Message, presence: Presence, account: str) -> Speaker:
    people.services_seen(tx, message.network)
    key, nick_key = _key(account, presence), _key(message.nick, presence)
    person = people.by_account(tx, message.network, key)
    claimed = people.by_connection(tx, message.network, message.connection)
    if person is None and claimed is not None:
        person = people.make(
            tx,
            on=message.network,
            nick=message.nick,
            nick_key=nick_key,
            account=(account, key),
            now=message.at,
        )
    if person is not None:
        if person.nick != message.nick:
            people.spoke_as(tx, message.network, key, message.nick, nick_key)
        if claimed is not None:
            become(app, tx, claimed, person, message.at)
        person = people.by_id(tx, person.id, message.network)
    organizer = account.lower() in organizer_accounts(app, tx)
    return Speaker(person, proven=True, organizer=organizer, claiming=True)


def owner_of(app: App, tx: Connection, message: Message, presence: Presence) -> str | None:
    """The name of a proven person to whom an unproven speaker's nick, or what it is made from, belongs.

    It does not when somebody else is proven under it now.
    """
    keys = [_key(stem, presence) for stem in stems(bare(message.nick))]
    accounts = organizer_accounts(app, tx)
    if named := next((accounts[key] for key in keys if key in accounts), None):
        return named
    for owner in people.owners(tx, message.network, keys):
        names = {owner.nick_key: owner.nick, _key(owner.account or "", presence): owner.account}
        return next((name for key in keys if (name := names.get(key))), owner.nick)
    return None


def _unproven(tx: Connection, message: Message, presence: Presence) -> Speaker | NickIsSomebodys:
    claimed = people.by_connection(tx, message.network, message.connection)
    if claimed is not None:
        return Speaker(claimed, proven=False, organizer=False, claiming=True)
    person = people.by_claim(tx, message.network, _key(message.nick, presence))
    if person is not None and _still_here_under_another(person, presence):
        return NickIsSomebodys(person.nick, message.proof)
    return Speaker(person, proven=False, organizer=False, claiming=False)


def _still_here_under_another(person: Person, presence: Presence) -> bool:
    return person.connection is not None and presence.nick_of(person.connection) is not None


def has_services(app: App, tx: Connection) -> bool:
    """Whether the network has services: the config logs in to them, or an account was ever seen there."""
    return app.config.irc.logs_in or people.has_services(tx, app.network)


def true_proof(app: App, tx: Connection, message: Message) -> Message:
    """`message`, knowing the network: where it has services and nobody can be proven, they are down."""
    if isinstance(message.proof, NoServices) and has_services(app, tx):
        return replace(message, proof=ServicesDown())
    return message
