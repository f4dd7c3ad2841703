"""Links that work once: the token goes to whom it is for, its SHA-256 is what is kept."""

from __future__ import annotations

import hashlib
from datetime import datetime
from enum import Enum, auto

from sqlalchemy import insert, select, update
from sqlalchemy.engine import Connection

from cohortbot.store.tables import session


class Link(Enum):
    UNKNOWN = auto()
    OVER = auto()  # used, or past its time
    OPEN = auto()


def make(tx: Connection, kind: str, token: str, person_id: int, now: datetime, until: datetime) -> None:
    values = {"kind": kind, "person_id": person_id, "made_at": now, "until": until}
    tx.execute(insert(session).values(digest=_digest(token), **values))


def look(tx: Connection, kind: str, token: str, now: datetime) -> Link:
    """How a link stands; looking changes nothing."""
    where = (session.c.digest == _digest(token), session.c.kind == kind)
    row = tx.execute(select(session.c.until, session.c.used_at).where(*where)).first()
    if row is None:
        return Link.UNKNOWN
    return Link.OPEN if row.used_at is None and now < row.until else Link.OVER


def redeem(tx: Connection, kind: str, token: str, now: datetime) -> int | None:
    """The person whose link it is, once; None ever after."""
    where = (session.c.digest == _digest(token), session.c.kind == kind)
    is_open = (session.c.used_at.is_(None), session.c.until > now)
    if tx.execute(update(session).where(*where, *is_open).values(used_at=now)).rowcount != 1:
        return None
    return int(tx.scalar(select(session.c.person_id).where(*where)) or 0)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
