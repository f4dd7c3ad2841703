"""What somebody has said last of a check-in, in one place: a line that begins with `...` goes on from it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, select
from sqlalchemy.engine import Connection
from sqlalchemy.sql import Select

from cohortbot.domain.model import Part
from cohortbot.store.blockers import UNSOLVED, Step
from cohortbot.store.tables import answer, blocker, held_answer, round_, step


@dataclass(frozen=True, slots=True)
class Unfinished:
    """The part said last, with all its words so far; `msgid` is of the line that began it.

    It is in a round, waits for the next one of its cohort (`round_id` None), or is a blocker that was said
    while none was open (`blocker_alone`).
    """

    at: datetime
    msgid: str
    part: Part
    text: str
    cohort_id: int
    round_id: int | None = None
    blocker_alone: int | None = None


def newest(tx: Connection, person_id: int, since: datetime, channel: str | None) -> Unfinished | None:
    """The newest said after `since` in `channel`, or in private (None), that still stands."""
    filed = select(*_said(answer), round_.c.cohort_id, answer.c.round_id).join_from(answer, round_)
    waiting = select(*_said(held_answer), held_answer.c.cohort_id)
    stands = (answer.c.person_id == person_id, answer.c.undone_at.is_(None))
    found = [
        _line(tx, filed.where(*stands), answer, since, channel),
        _line(tx, waiting.where(held_answer.c.person_id == person_id), held_answer, since, channel),
        _blocker(tx, person_id, since, channel),
    ]
    return max((one for one in found if one is not None), key=lambda one: one.at, default=None)


def _said(table: Any) -> list[Any]:
    first = func.coalesce(table.c.continues, table.c.msgid).label("msgid")
    return [table.c.at, first, table.c.part, func.coalesce(table.c.text, "").label("text")]


def _line(
    tx: Connection, query: Select, table: Any, since: datetime, channel: str | None
) -> Unfinished | None:
    there = (_is_there(table, channel), table.c.at >= since)
    row = tx.execute(query.where(*there).order_by(table.c.id.desc()).limit(1)).first()
    return Unfinished(**dict(row._mapping) | {"part": Part(row.part)}) if row is not None else None


def _is_there(table: Any, channel: str | None) -> Any:
    """What could not be logged has no address: that it was said there, who asks knows."""
    if channel is None:
        return table.c.private
    return and_(~table.c.private, func.coalesce(table.c.log_channel, channel) == channel)


def _blocker(tx: Connection, person_id: int, since: datetime, channel: str | None) -> Unfinished | None:
    """One that no answer bears."""
    added = select(func.max(step.c.at)).where(step.c.blocker_id == blocker.c.id, step.c.kind == Step.ADDED)
    at = func.coalesce(added.scalar_subquery(), blocker.c.opened_at)
    query = (
        select(at.label("at"), blocker.c.msgid, blocker.c.text, blocker.c.cohort_id, blocker.c.id)
        .where(
            blocker.c.person_id == person_id,
            _is_there(blocker, channel),
            at >= since,
            blocker.c.state.in_([str(each) for each in UNSOLVED]),
            ~select(answer.c.id).where(answer.c.msgid == blocker.c.msgid).exists(),
            ~select(held_answer.c.id).where(held_answer.c.msgid == blocker.c.msgid).exists(),
        )
        .order_by(blocker.c.id.desc())
        .limit(1)
    )
    row = tx.execute(query).first()
    if row is None:
        return None
    return Unfinished(row.at, row.msgid, Part.STUCK, row.text, row.cohort_id, blocker_alone=row.id)
