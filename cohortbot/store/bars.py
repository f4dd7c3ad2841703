"""Bars: kept as keyed hashes of accounts and nicks, so that they outlive the erasure of the person."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Boolean, and_, bindparam, delete, select, update
from sqlalchemy.engine import Connection
from sqlalchemy.sql import ColumnElement

from cohortbot.store.inserting import insert_new
from cohortbot.store.tables import bar, secret


def account(key: str) -> str:
    """The name under which a services account, folded, is barred."""
    return f"account:{key}"


def nick(key: str) -> str:
    """The name under which an unproven nick, folded, is barred."""
    return f"nick:{key}"


def put(tx: Connection, network: str, names: Collection[str], by: int, now: datetime) -> bool:
    """Bar these names; False when all of them were barred before."""
    put = [insert_new(tx, bar, network=network, digest=_digest(tx, name), at=now, by_id=by) for name in names]
    return any(put)


def take_back(tx: Connection, network: str, names: Collection[str]) -> bool:
    """False when none of them was barred."""
    return tx.execute(delete(bar).where(_these(tx, network, names))).rowcount > 0


def there_are(tx: Connection, network: str) -> bool:
    """Whether anybody is barred on a network."""
    return tx.scalar(_ANY, {"network": network}) is not None


_ANY = select(bar.c.digest).where(bar.c.network == bindparam("network")).limit(1)  # asked for every word said


def stand(tx: Connection, network: str, names: Collection[str]) -> bool:
    """Whether any of these names is barred."""
    return tx.scalar(select(bar.c.digest).where(_these(tx, network, names)).limit(1)) is not None


def tell_once(tx: Connection, network: str, names: Collection[str], now: datetime) -> bool:
    """Note that they were told; False when they had been."""
    where = (_these(tx, network, names), bar.c.told_at.is_(None))
    return tx.execute(update(bar).where(*where).values(told_at=now)).rowcount > 0


def _these(tx: Connection, network: str, names: Collection[str]) -> ColumnElement[Boolean]:
    return and_(bar.c.network == network, bar.c.digest.in_([_digest(tx, name) for name in names]))


def _digest(tx: Connection, name: str) -> str:
    """HMAC-SHA-256 under this database's own key, made when it is first needed."""
    key = tx.scalar(_KEY)
    if key is None:
        insert_new(tx, secret, name="bar", value=secrets.token_hex(32))
        key = tx.scalar(_KEY)
    return hmac.new(bytes.fromhex(str(key)), name.encode(), hashlib.sha256).hexdigest()


_KEY = select(secret.c.value).where(secret.c.name == "bar")
