"""People and the identities by which networks know them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, delete, insert, select, update
from sqlalchemy.engine import Connection, Row
from sqlalchemy.exc import IntegrityError

from cohortbot.domain.message import Proof, Proven
from cohortbot.domain.model import Person
from cohortbot.store.inserting import insert_new
from cohortbot.store.tables import identity, network, organizer, person

_PERSON = (
    select(
        person.c.id,
        identity.c.network,
        identity.c.nick,
        identity.c.nick_key,
        identity.c.account,
        identity.c.connection,
        person.c.zone,
        person.c.about,
        person.c.nudges,
        person.c.word_at,
    )
    .join_from(identity, person)
    # Of several identities the proven one speaks for a person, then the one used last.
    .order_by(identity.c.account.is_(None), identity.c.id.desc())
)


# Looked for with every word that is said: whole and made once, or making them would take longer than running.
_ON_NETWORK = _PERSON.where(identity.c.network == bindparam("on"))
_BY_ID = _PERSON.where(person.c.id == bindparam("id"))
_BY_ACCOUNT = _ON_NETWORK.where(identity.c.account_key == bindparam("key")).limit(1)
_BY_CONNECTION = _ON_NETWORK.where(identity.c.connection == bindparam("connection")).limit(1)
_HAS_SERVICES = select(network.c.has_services).where(network.c.name == bindparam("name"))
_ORGANIZERS = select(organizer.c.account_key, organizer.c.account).where(
    organizer.c.network == bindparam("on")
)

_AT_ONCE = 500  # values of one IN


def _person(row: Row | None) -> Person | None:
    return Person(*row) if row is not None else None


def _first(tx: Connection, *where: Any) -> Person | None:
    return _person(tx.execute(_PERSON.where(*where).limit(1)).first())


def by_id(tx: Connection, person_id: int, on: str) -> Person:
    """The person as known on network `on`, or elsewhere when only known there."""
    rows = [Person(*row) for row in tx.execute(_BY_ID, {"id": person_id})]
    return next((p for p in rows if p.network == on), rows[0])


def by_ids(tx: Connection, person_ids: Sequence[int], on: str) -> dict[int, Person]:
    """The same for many, by id."""
    found: dict[int, Person] = {}
    for row in tx.execute(_PERSON.where(person.c.id.in_(person_ids))):
        one = Person(*row)
        known = found.get(one.id)
        if known is None or (known.network != on and one.network == on):
            found[one.id] = one
    return found


def identities(tx: Connection, person_id: int, on: str) -> list[Person]:
    """Every way in which a person is known on one network, the one that speaks for them first."""
    where = (person.c.id == person_id, identity.c.network == on)
    return [Person(*row) for row in tx.execute(_PERSON.where(*where))]


def by_account(tx: Connection, on: str, account_key: str) -> Person | None:
    return _person(tx.execute(_BY_ACCOUNT, {"on": on, "key": account_key}).first())


def by_claim(tx: Connection, on: str, nick_key: str) -> Person | None:
    """The unproven person whom this nick names."""
    return _first(
        tx, identity.c.network == on, identity.c.nick_key == nick_key, identity.c.account_key.is_(None)
    )


def by_connection(tx: Connection, on: str, connection: str) -> Person | None:
    """The unproven person whom this very connection claimed to be."""
    return _person(tx.execute(_BY_CONNECTION, {"on": on, "connection": connection}).first())


def by_nick(tx: Connection, on: str, nick_key: str) -> Person | None:
    """Whom people mean by this nick: an account, who last spoke under it, who claimed it; in this order."""
    return by_account(tx, on, nick_key) or _first(
        tx, identity.c.network == on, identity.c.nick_key == nick_key
    )


def owners(tx: Connection, on: str, keys: Sequence[str]) -> list[Person]:
    """The proven people to whom any of these nicks belongs, by account or by the nick last used."""
    where = and_(
        identity.c.network == on,
        identity.c.account_key.is_not(None),
        identity.c.account_key.in_(keys) | identity.c.nick_key.in_(keys),
    )
    return [Person(*row) for row in tx.execute(_PERSON.where(where))]


def nicks(tx: Connection, on: str) -> list[str]:
    """Every nick known on a network, for «nobody of that name» and its nearest."""
    borne = (identity.c.network == on, identity.c.nick_key.not_like("*%"))
    return list(tx.scalars(select(identity.c.nick).where(*borne).distinct()))


def known_keys(tx: Connection, on: str, column: str, keys: Collection[str]) -> set[str]:
    """Which of these account keys, nick keys or connections (`column`) the programme has met on a network."""
    found: set[str] = set()
    every = sorted(keys)
    for start in range(0, len(every), _AT_ONCE):
        some = identity.c[column].in_(every[start : start + _AT_ONCE])
        found.update(tx.scalars(select(identity.c[column]).where(identity.c.network == on, some)))
    return found


def make(
    tx: Connection,
    *,
    on: str,
    nick: str,
    nick_key: str,
    now: datetime,
    account: tuple[str, str] | None = None,
    connection: str | None = None,
) -> Person:
    """A new person with one identity; `account` is (as spelled, folded).

    Another process may have made them in this very moment: then theirs is returned.
    """
    try:
        with tx.begin_nested():
            person_id = tx.execute(insert(person).values(made_at=now)).inserted_primary_key[0]
            tx.execute(
                insert(identity).values(
                    person_id=person_id,
                    network=on,
                    account=account[0] if account else None,
                    account_key=account[1] if account else None,
                    nick=nick,
                    nick_key=nick_key,
                    connection=None if account else connection,
                )
            )
    except IntegrityError:
        found = by_account(tx, on, account[1]) if account else by_claim(tx, on, nick_key)
        if found is None:
            raise
        return found
    return by_id(tx, person_id, on)


def meet(
    tx: Connection,
    on: str,
    nick: str,
    proof: Proof,
    connection: str,
    fold: Callable[[str], str],
    now: datetime,
) -> Person:
    """The person behind a connection that is in sight, made known if they were not."""
    if isinstance(proof, Proven):
        key = fold(proof.account)
        known = by_account(tx, on, key)
        return known or make(tx, on=on, nick=nick, nick_key=fold(nick), account=(proof.account, key), now=now)
    known = by_connection(tx, on, connection) or by_claim(tx, on, fold(nick))
    return known or make(tx, on=on, nick=nick, nick_key=fold(nick), connection=connection, now=now)


def spoke_as(tx: Connection, on: str, account_key: str, nick: str, nick_key: str) -> None:
    """Remember the nick under which an account spoke last."""
    tx.execute(
        update(identity)
        .where(identity.c.network == on, identity.c.account_key == account_key)
        .values(nick=nick, nick_key=nick_key)
    )


def claimed_by(tx: Connection, person_id: int, on: str, connection: str) -> None:
    """From now on this connection is the one that claimed."""
    tx.execute(
        update(identity)
        .where(identity.c.person_id == person_id, identity.c.network == on, identity.c.account.is_(None))
        .values(connection=connection)
    )


def had_a_word(tx: Connection, person_id: int, at: datetime) -> None:
    """They said something, to the bot or in a channel of theirs."""
    tx.execute(update(person).where(person.c.id == person_id).values(word_at=at))


def set_zone(tx: Connection, person_id: int, zone: str) -> None:
    tx.execute(update(person).where(person.c.id == person_id).values(zone=zone))


def set_nudges(tx: Connection, person_id: int, on: bool) -> None:
    tx.execute(update(person).where(person.c.id == person_id).values(nudges=on))


def without_nudges(tx: Connection, person_ids: Collection[int]) -> set[int]:
    """Those of these people who want no reminders."""
    query = select(person.c.id).where(person.c.id.in_(person_ids), person.c.nudges.is_(False))
    return set(tx.scalars(query))


def set_about(tx: Connection, person_id: int, about: str) -> None:
    tx.execute(update(person).where(person.c.id == person_id).values(about=about))


def take_words_along(tx: Connection, one: Person, into: Person) -> None:
    """Zone and «about», where `into` has none; nothing of them stays behind with nobody to erase it."""
    words = {"zone": into.zone or one.zone, "about": into.about or one.about}
    tx.execute(update(person).where(person.c.id == into.id).values(**words))
    tx.execute(update(person).where(person.c.id == one.id).values(zone=None, about=None))


def drop_claims(tx: Connection, person_id: int) -> None:
    """An unproven person has become somebody's account: their nick names nobody of its own any more."""
    tx.execute(delete(identity).where(identity.c.person_id == person_id, identity.c.account_key.is_(None)))


def move_identities(tx: Connection, from_id: int, into_id: int) -> None:
    tx.execute(update(identity).where(identity.c.person_id == from_id).values(person_id=into_id))


# --- organizers


def organizers_added(tx: Connection, on: str) -> dict[str, str]:
    """Accounts that organizers added on a network: folded to spelled."""
    rows = tx.execute(_ORGANIZERS, {"on": on})
    return {row.account_key: row.account for row in rows}


def add_organizer(tx: Connection, on: str, account: str, key: str, by: int, now: datetime) -> None:
    insert_new(tx, organizer, network=on, account=account, account_key=key, added_by=by, added_at=now)


def remove_organizer(tx: Connection, on: str, key: str) -> bool:
    where = (organizer.c.network == on, organizer.c.account_key == key)
    return bool(tx.execute(delete(organizer).where(*where)).rowcount)


# --- networks


def has_services(tx: Connection, name: str) -> bool:
    return bool(tx.scalar(_HAS_SERVICES, {"name": name}))


def services_seen(tx: Connection, name: str) -> None:
    """An account was seen on this network: it has services, for good."""
    if not has_services(tx, name):
        insert_new(tx, network, name=name, has_services=True)
