"""What somebody tells few organizers, and who of them may read it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.engine import Connection

from cohortbot.store.tables import identity, report, report_reader


@dataclass(frozen=True, slots=True)
class Report:
    """`readers` by id; `taken_by` is the one of them who sees to it."""

    id: int
    person_id: int
    text: str
    at: datetime
    taken_by: int | None
    readers: tuple[int, ...]


def make(
    tx: Connection, person_id: int, text: str, readers: Sequence[int], now: datetime, msgid: str
) -> Report:
    """Sent by the message `msgid`, once."""
    made = tx.execute(insert(report).values(person_id=person_id, text=text, at=now, msgid=msgid))
    number = made.inserted_primary_key[0]
    tx.execute(insert(report_reader), [{"report_id": number, "person_id": each} for each in readers])
    return Report(number, person_id, text, now, None, tuple(readers))


def by_msgid(tx: Connection, msgid: str) -> Report | None:
    return next(iter(_all(tx, report.c.msgid == msgid)), None)


def by_id(tx: Connection, number: int) -> Report | None:
    """None when its person was erased."""
    return next(iter(_all(tx, report.c.id == number)), None)


def waiting(tx: Connection, network: str, before: datetime) -> list[Report]:
    """Those said before an instant on a network that nobody sees to, oldest first."""
    theirs = select(identity.c.id).where(
        identity.c.person_id == report.c.person_id, identity.c.network == network
    )
    return _all(tx, report.c.taken_by.is_(None), report.c.at <= before, theirs.exists())


def take(tx: Connection, number: int, by: int, now: datetime) -> bool:
    """False when another reader was faster."""
    free = (report.c.id == number, report.c.taken_by.is_(None))
    return tx.execute(update(report).where(*free).values(taken_by=by, taken_at=now)).rowcount == 1


def _all(tx: Connection, *where: Any) -> list[Report]:
    found = tx.execute(select(report).where(*where).order_by(report.c.id)).all()
    return [_report(tx, row) for row in found]


def _report(tx: Connection, row: Any) -> Report:
    of = select(report_reader.c.person_id).where(report_reader.c.report_id == row.id)
    readers = tuple(tx.scalars(of.order_by(report_reader.c.person_id)))
    return Report(row.id, row.person_id, row.text, row.at, row.taken_by, readers)
