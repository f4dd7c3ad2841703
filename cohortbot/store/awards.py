"""Awards: goals reached, confirmed by a mentor, public under an unguessable id."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime

from sqlalchemy import Boolean, func, insert, select, update
from sqlalchemy.engine import Connection
from sqlalchemy.sql import ColumnElement

from cohortbot.domain.model import Award, Membership
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


def by_id(tx: Connection, award_id: int) -> Award:
    return Award(*tx.execute(select(*_FIELDS).where(award.c.id == award_id)).one())


def of_membership(tx: Connection, membership_id: int) -> Award | None:
    """The award of a membership that stands; one that was revoked does not."""
    where = (award.c.membership_id == membership_id, award.c.revoked_at.is_(None))
    row = tx.execute(select(*_FIELDS).where(*where)).first()
    return Award(*row) if row is not None else None


def all_of(tx: Connection) -> list[Award]:
    """Every award, the oldest first."""
    return [Award(*row) for row in tx.execute(select(*_FIELDS).order_by(award.c.id))]


def given(tx: Connection, cohort_id: int) -> int:
    """How many awards of a cohort stand, those included that wait for their person to identify."""
    stands = (award.c.cohort_id == cohort_id, award.c.revoked_at.is_(None))
    return int(tx.scalar(select(func.count()).select_from(award).where(*stands)) or 0)


def standing_of(tx: Connection, person_id: int) -> list[Award]:
    """Somebody's awards that stand, those included that wait for them to identify."""
    where = (award.c.person_id == person_id, award.c.revoked_at.is_(None))
    return [Award(*row) for row in tx.execute(select(*_FIELDS).where(*where).order_by(award.c.id))]


def last_of(tx: Connection, cohort_id: int, person_id: int) -> Award | None:
    """Somebody's newest award of a cohort, revoked or not."""
    query = select(*_FIELDS).where(award.c.cohort_id == cohort_id, award.c.person_id == person_id)
    row = tx.execute(query.order_by(award.c.id.desc()).limit(1)).first()
    return Award(*row) if row is not None else None


def make(
    tx: Connection,
    one: Membership,
    public_id: str,
    *,
    confirmed_by: int,
    now: datetime,
    issued: bool,
    url: str | None,
) -> Award:
    """The goal of a membership is reached; without `issued` the badge waits for its person to identify."""
    made = tx.execute(
        insert(award).values(
            public_id=public_id,
            cohort_id=one.cohort_id,
            person_id=one.person_id,
            membership_id=one.id,
            confirmed_by=confirmed_by,
            confirmed_at=now,
            issued_at=now if issued else None,
            url=url,
        )
    )
    return by_id(tx, made.inserted_primary_key[0])


def revoke(tx: Connection, award_id: int, now: datetime) -> bool:
    """False when it was revoked already."""
    where = (award.c.id == award_id, award.c.revoked_at.is_(None))
    return tx.execute(update(award).where(*where).values(revoked_at=now)).rowcount == 1
