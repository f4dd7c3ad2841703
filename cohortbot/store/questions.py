"""What the bot has asked somebody and waits for: open for a while, answered once."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.engine import Connection, Row

from cohortbot.domain.message import LogAddress
from cohortbot.store import tables
from cohortbot.store.tables import question


@dataclass(frozen=True, slots=True)
class Question:
    """`subject` is the id of what it is about, in a table that `kind` names.

    `text` is what they had said, `line` where that stands in the channel log, None where it was private.
    """

    id: int
    person_id: int
    cohort_id: int | None
    kind: str
    subject: int | None
    text: str | None
    asked_at: datetime
    until: datetime
    answered_at: datetime | None
    line: LogAddress | None

    def open(self, now: datetime) -> bool:
        """Also for the message that answered it at this very instant: its reply may have been lost."""
        return now < self.until and self.answered_at in (None, now)


_NAMES = [field.name for field in fields(Question) if field.name != "line"]


def _question(row: Row) -> Question:
    line = None
    if row.log_line is not None:
        line = LogAddress(row.network, row.log_channel, row.log_day, row.log_line)
    return Question(**{name: row._mapping[name] for name in _NAMES}, line=line)


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
    line: LogAddress | None = None,
) -> None:
    """From now on `yes` and `no` of this person answer this one, and no older one."""
    tx.execute(
        insert(question).values(
            person_id=person_id,
            cohort_id=cohort,
            kind=kind,
            subject=subject,
            text=text,
            log_channel=line.channel if line else None,
            log_day=line.day if line else None,
            log_line=line.line if line else None,
            asked_at=now,
            until=until,
        )
    )


def latest(tx: Connection, person_id: int, kind: str | None = None) -> Question | None:
    """The last one asked, of this kind or of any, open or not."""
    columns = (*(question.c[name] for name in _NAMES), question.c.log_channel, question.c.log_day)
    query = select(*columns, question.c.log_line, tables.cohort.c.network)
    query = query.join_from(question, tables.cohort, isouter=True)
    query = query.where(question.c.person_id == person_id).order_by(question.c.id.desc()).limit(1)
    if kind is not None:
        query = query.where(question.c.kind == kind)
    row = tx.execute(query).first()
    return _question(row) if row is not None else None


def forget_text(tx: Connection, one: Question) -> None:
    """What they had said is not kept any longer."""
    tx.execute(update(question).where(question.c.id == one.id).values(text=None))


def answered(tx: Connection, one: Question, now: datetime) -> None:
    """Nobody answers it again; nothing changes when it was answered before."""
    tx.execute(
        update(question)
        .where(question.c.id == one.id, question.c.answered_at.is_(None))
        .values(answered_at=now)
    )
