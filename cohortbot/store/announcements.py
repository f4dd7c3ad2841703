"""What organizers have to say to cohorts, kept until it is said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.engine import Connection

from cohortbot.store.tables import announcement


@dataclass(frozen=True, slots=True)
class Announcement:
    id: int
    by_id: int
    text: str


def make(tx: Connection, by: int, text: str, now: datetime, msgid: str) -> Announcement:
    """The one of this message; delivered again, the one there is."""
    known = tx.execute(select(announcement).where(announcement.c.msgid == msgid)).first()
    if known is not None:
        return Announcement(known.id, known.by_id, known.text)
    made = tx.execute(insert(announcement).values(by_id=by, text=text, at=now, msgid=msgid))
    return Announcement(made.inserted_primary_key[0], by, text)


def by_id(tx: Connection, announcement_id: int) -> Announcement | None:
    row = tx.execute(select(announcement).where(announcement.c.id == announcement_id)).first()
    return Announcement(row.id, row.by_id, row.text) if row is not None else None
