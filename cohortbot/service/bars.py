"""Who is barred: kept as a keyed hash of the account or nick, and answered once."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from enum import Enum, auto

from sqlalchemy import select, update
from sqlalchemy.engine import Connection

from cohortbot.domain.casemap import bare, fold
from cohortbot.domain.message import Message, Proven
from cohortbot.domain.model import Person
from cohortbot.domain.refusals import NickIsSomebodys
from cohortbot.service.call import Speaker
from cohortbot.service.presence import Presence
from cohortbot.store.inserting import insert_new
from cohortbot.store.tables import bar, secret


class Bar(Enum):
    NONE = auto()
    SAY_SO = auto()
    SILENT = auto()


def digests(tx: Connection, person: Person, account_key: str | None) -> list[str]:
    """The keyed hashes under which a person is barred: their account, or the nick that claimed."""
    name = f"account:{account_key}" if account_key is not None else f"nick:{person.nick_key}"
    return [digest(tx, name)]


def digest(tx: Connection, name: str) -> str:
    """HMAC-SHA-256 of `account:…` or `nick:…`, folded, under this database's own key."""
    return hmac.new(_key(tx), name.encode(), hashlib.sha256).hexdigest()


def _key(tx: Connection) -> bytes:
    found = tx.scalar(select(secret.c.value).where(secret.c.name == "bar"))
    if found is None:
        insert_new(tx, secret, name="bar", value=secrets.token_hex(32))
        return _key(tx)
    return bytes.fromhex(found)


def barred(tx: Connection, message: Message, speaker: Speaker | NickIsSomebodys, presence: Presence) -> Bar:
    """Whether the speaker is heard; the first time since the bar they are told."""
    if tx.scalar(select(bar.c.digest).where(bar.c.network == message.network).limit(1)) is None:
        return Bar.NONE
    if isinstance(message.proof, Proven):
        names = [f"account:{fold(message.proof.account, presence.casemapping)}"]
    else:
        names = [f"nick:{fold(bare(message.nick), presence.casemapping)}"]
        if not isinstance(speaker, NickIsSomebodys) and speaker.person is not None:
            names.append(f"nick:{speaker.person.nick_key}")
    hashes = [digest(tx, name) for name in names]
    where = (bar.c.network == message.network, bar.c.digest.in_(hashes))
    if tx.scalar(select(bar.c.digest).where(*where)) is None:
        return Bar.NONE
    first = tx.execute(update(bar).where(*where, bar.c.told_at.is_(None)).values(told_at=message.at))
    return Bar.SAY_SO if first.rowcount else Bar.SILENT
