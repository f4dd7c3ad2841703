"""Answers that were said while no round was open: they wait for the cohort's next one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import delete, func, insert, select
from sqlalchemy.engine import Connection

from cohortbot.domain.message import LogAddress
from cohortbot.domain.model import Part
from cohortbot.store.tables import answer, held_answer


def hold(
    tx: Connection,
    cohort_id: int,
    person_id: int,
    parts: Sequence[tuple[Part, str]],
    *,
    private: bool,
    at: datetime,
    msgid: str,
    line: LogAddress | None,
    continues: str | None = None,
) -> None:
    """One row a part, as rounds.file writes them when their round has come."""
    shared = {
        "cohort_id": cohort_id,
        "person_id": person_id,
        "private": private,
        "at": at,
        "msgid": msgid,
        "continues": continues,
        "log_channel": line.channel if line else None,
        "log_day": line.day if line else None,
        "log_line": line.line if line else None,
    }
    tx.execute(insert(held_answer), [shared | {"part": part, "text": words or None} for part, words in parts])


def is_held(tx: Connection, msgid: str) -> bool:
    """Whether this message waits."""
    return tx.scalar(select(held_answer.c.id).where(held_answer.c.msgid == msgid).limit(1)) is not None


def waits(tx: Connection, cohort_id: int, person_id: int) -> bool:
    """Whether anything of somebody's waits for a cohort's next round."""
    mine = (held_answer.c.cohort_id == cohort_id, held_answer.c.person_id == person_id)
    return tx.scalar(select(held_answer.c.id).where(*mine).limit(1)) is not None


def take_back(tx: Connection, cohort_id: int, person_id: int) -> bool:
    """The last answer that waits is forgotten, with what went on from it; False when none does."""
    mine = (held_answer.c.cohort_id == cohort_id, held_answer.c.person_id == person_id)
    first = func.coalesce(held_answer.c.continues, held_answer.c.msgid)
    last = tx.scalar(select(first).where(*mine).order_by(held_answer.c.id.desc()).limit(1))
    return tx.execute(delete(held_answer).where(*mine, first == last)).rowcount > 0


def file_into(tx: Connection, rounds: Mapping[int, int]) -> None:
    """The rounds, by cohort, that these waited for are open: they are their answers, as they were said."""
    here = held_answer.c.cohort_id.in_(rounds)
    names = [column.name for column in held_answer.c if column.name != "id"]
    rows = tx.execute(select(*(held_answer.c[name] for name in names)).where(here).order_by(held_answer.c.id))
    waiting = [dict(zip(names, row, strict=True)) for row in rows]
    for each in waiting:
        each["round_id"] = rounds[each.pop("cohort_id")]
    if waiting:
        tx.execute(insert(answer), waiting)
        tx.execute(delete(held_answer).where(here))
