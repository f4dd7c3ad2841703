"""What the bot has asked somebody and waits for: a «yes» or «no» that is open for a while."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.engine import Connection

from cohortbot.store.tables import question


@dataclass(frozen=True, slots=True)
class Question:
    id: int
    person_id: int
    cohort_id: int
    kind: str
    asked_at: datetime
    until: datetime
    answered_at: datetime | None


_COLUMNS = [question.c[name] for name in Question.__dataclass_fields__]


def ask(tx: Connection, kind: str, person_id: int, cohort_id: int, now: datetime, until: datetime) -> None:
    """From now on `yes` and `no` of this person answer this one, and no older one."""
    tx.execute(
        insert(question).values(
            person_id=person_id, cohort_id=cohort_id, kind=kind, asked_at=now, until=until
        )
    )


def latest(tx: Connection, person_id: int) -> Question | None:
    """The last one asked, open or not."""
    query = select(*_COLUMNS).where(question.c.person_id == person_id).order_by(question.c.id.desc()).limit(1)
    row = tx.execute(query).first()
    return Question(*row) if row is not None else None


def answered(tx: Connection, one: Question, now: datetime) -> None:
    tx.execute(
        update(question)
        .where(question.c.id == one.id, question.c.answered_at.is_(None))
        .values(answered_at=now)
    )
