"""Awards: goals reached, confirmed by a mentor, public under an unguessable id."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime

from sqlalchemy import Boolean, select, update
from sqlalchemy.engine import Connection
from sqlalchemy.sql import ColumnElement

from cohortbot.domain.model import Award
from cohortbot.store import outbox
from cohortbot.store.tables import award, cohort

_FIELDS = [award.c[field.name] for field in fields(Award)]


def hand_over(tx: Connection, one: int, into: int, now: datetime) -> None:
    """`one` turned out to be `into`: their awards and confirmations too.

    An award that would then be confirmed by oneself is revoked and stays where it was.
    """
    tx.execute(update(award).where(award.c.revoked_at.is_(None), _between(one, into)).values(revoked_at=now))
    for column in (award.c.person_id, award.c.confirmed_by):
        tx.execute(update(award).where(column == one, ~_between(one, into)).values({column: into}))


def _between(one: int, other: int) -> ColumnElement[Boolean]:
    return award.c.person_id.in_([one, other]) & award.c.confirmed_by.in_([one, other])


def issue_waiting(tx: Connection, person_id: int, now: datetime) -> None:
    """Issue the awards that waited for their person to identify, and have each link said to them."""
    query = (
        select(award.c.id, award.c.cohort_id, award.c.membership_id, cohort.c.network)
        .join_from(award, cohort)
        .where(award.c.person_id == person_id, award.c.issued_at.is_(None), award.c.revoked_at.is_(None))
    )
    for row in tx.execute(query).all():
        tx.execute(update(award).where(award.c.id == row.id).values(issued_at=now))
        outbox.put(
            tx,
            "badge",
            f"badge:{row.id}",
            network=row.network,
            now=now,
            person=person_id,
            cohort=row.cohort_id,
            award=row.id,
        )


def by_public_id(tx: Connection, public_id: str) -> Award | None:
    row = tx.execute(select(*_FIELDS).where(award.c.public_id == public_id)).first()
    return Award(*row) if row is not None else None
