"""What the bot has asked somebody and waits for: open for a while, answered once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.engine import Connection

from cohortbot.store.tables import question


@dataclass(frozen=True, slots=True)
class Question:
    """`subject` is the id of what it is about, in a table that `kind` names; `text` what they had said."""

    id: int
    person_id: int
    cohort_id: int | None
    kind: str
    subject: int | None
    text: str | None
    asked_at: datetime
    until: datetime
    answered_at: datetime | None

    def open(self, now: datetime) -> bool:
        """Also for the message that answered it at this very instant: its reply may have been lost."""
        return now < self.until and self.answered_at in (None, now)


_COLUMNS = [question.c[name] for name in Question.__dataclass_fields__]


def ask(
    tx: Connection,
    kind: str,
    person_id: int,
    now: datetime,
    until: datetime,
    *,
    cohort: int | None = None,
    subject: int | None = None,
    text: str | None = None,
) -> None:
    """From now on `yes` and `no` of this person answer this one, and no older one."""
    tx.execute(
        insert(question).values(
            person_id=person_id,
            cohort_id=cohort,
            kind=kind,
            subject=subject,
            text=text,
            asked_at=now,
            until=until,
        )
    )


def latest(tx: Connection, person_id: int, kind: str | None = None) -> Question | None:
    """The last one asked, of this kind or of any, open or not."""
    query = select(*_COLUMNS).where(question.c.person_id == person_id).order_by(question.c.id.desc()).limit(1)
    if kind is not None:
        query = query.where(question.c.kind == kind)
    row = tx.execute(query).first()
    return Question(*row) if row is not None else None


def answered(tx: Connection, one: Question, now: datetime) -> None:
    """Nobody answers it again; nothing changes when it was answered before."""
    tx.execute(
        update(question)
        .where(question.c.id == one.id, question.c.answered_at.is_(None))
        .values(answered_at=now)
    )
