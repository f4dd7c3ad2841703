"""Answers that were said while no round was open: they wait for the cohort's next one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, insert, select
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
) -> None:
    """One row a part, as rounds.file writes them when their round has come."""
    shared = {
        "cohort_id": cohort_id,
        "person_id": person_id,
        "private": private,
        "at": at,
        "msgid": msgid,
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
    """The last line of answers that waits is forgotten; False when none does."""
    mine = (held_answer.c.cohort_id == cohort_id, held_answer.c.person_id == person_id)
    last = tx.scalar(select(held_answer.c.msgid).where(*mine).order_by(held_answer.c.id.desc()).limit(1))
    return tx.execute(delete(held_answer).where(*mine, held_answer.c.msgid == last)).rowcount > 0


def file_into(tx: Connection, cohort_id: int, round_id: int) -> None:
    """The round that these waited for is open: they are its answers, as they were said."""
    here = held_answer.c.cohort_id == cohort_id
    names = ("person_id", "part", "text", "private", "at", "msgid", "log_channel", "log_day", "log_line")
    rows = tx.execute(select(*(held_answer.c[name] for name in names)).where(here).order_by(held_answer.c.id))
    waiting = [dict(zip(names, row, strict=True)) | {"round_id": round_id} for row in rows]
    if waiting:
        tx.execute(insert(answer), waiting)
        tx.execute(delete(held_answer).where(here))
