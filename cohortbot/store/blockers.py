"""What people are stuck on, and the steps towards its end."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.engine import Connection, Row

from cohortbot.domain.message import LogAddress
from cohortbot.domain.model import Blocker, BlockerState
from cohortbot.store.tables import blocker, cohort, step

UNSOLVED = (BlockerState.OPEN, BlockerState.TAKEN)


class Step(StrEnum):
    TAKEN = "taken"
    SOLVED = "solved"
    UNDONE = "undone"


def _blocker(row: Row) -> Blocker:
    line = None
    if row.log_line is not None:
        line = LogAddress(row.network, row.log_channel, row.log_day, row.log_line)
    return Blocker(
        id=row.id,
        cohort_id=row.cohort_id,
        person_id=row.person_id,
        round_id=row.round_id,
        text=row.text,
        private=row.private,
        state=BlockerState(row.state),
        opened_at=row.opened_at,
        taken_by=row.taken_by,
        taken_at=row.taken_at,
        solved_by=row.solved_by,
        solved_at=row.solved_at,
        how=row.how,
        line=line,
    )


def _all(tx: Connection, *where: Any) -> list[Blocker]:
    query = select(blocker, cohort.c.network).join_from(blocker, cohort).where(*where)
    return [_blocker(row) for row in tx.execute(query.order_by(blocker.c.id))]


def by_id(tx: Connection, number: int) -> Blocker | None:
    """A blocker's number is its id, across all cohorts."""
    return next(iter(_all(tx, blocker.c.id == number)), None)


def by_msgid(tx: Connection, msgid: str) -> Blocker | None:
    """The one that this message opened, if it was carried out before."""
    return next(iter(_all(tx, blocker.c.msgid == msgid)), None)


def unsolved(tx: Connection, *, cohort_id: int | None = None, person_id: int | None = None) -> list[Blocker]:
    """Those open or taken, of a cohort, of a person, or of both; oldest first."""
    where = [blocker.c.state.in_([str(state) for state in UNSOLVED])]
    if cohort_id is not None:
        where.append(blocker.c.cohort_id == cohort_id)
    if person_id is not None:
        where.append(blocker.c.person_id == person_id)
    return _all(tx, *where)


def unsolved_of(tx: Connection, person_id: int) -> list[int]:
    """The numbers of what somebody is stuck on, in all their cohorts, oldest first."""
    return [one.id for one in unsolved(tx, person_id=person_id)]


def make(
    tx: Connection,
    *,
    cohort_id: int,
    person_id: int,
    round_id: int | None,
    text: str,
    private: bool,
    now: datetime,
    msgid: str,
    line: LogAddress | None,
) -> int:
    """A new open blocker; returns its number."""
    made = tx.execute(
        insert(blocker).values(
            cohort_id=cohort_id,
            person_id=person_id,
            round_id=round_id,
            text=text,
            private=private,
            state=BlockerState.OPEN,
            opened_at=now,
            msgid=msgid,
            **_columns(line),
        )
    )
    return int(made.inserted_primary_key[0])


def move_to(tx: Connection, one: Blocker, state: BlockerState, **columns: Any) -> bool:
    """The change of state, if it still is in the state that was read; False when somebody else was faster."""
    done = tx.execute(
        update(blocker)
        .where(blocker.c.id == one.id, blocker.c.state == one.state)
        .values(state=state, **columns)
    )
    return done.rowcount == 1


def let_go(tx: Connection, cohort_id: int, person_id: int) -> list[int]:
    """What somebody had taken in a cohort is open again: which numbers those are."""
    mine = (
        blocker.c.cohort_id == cohort_id,
        blocker.c.taken_by == person_id,
        blocker.c.state == BlockerState.TAKEN,
    )
    numbers = list(tx.scalars(select(blocker.c.id).where(*mine).order_by(blocker.c.id)))
    tx.execute(update(blocker).where(*mine).values(state=BlockerState.OPEN, taken_by=None, taken_at=None))
    return numbers


def add_step(
    tx: Connection,
    number: int,
    kind: Step,
    by: int,
    now: datetime,
    *,
    msgid: str,
    line: LogAddress | None,
    text: str | None = None,
) -> None:
    tx.execute(
        insert(step).values(
            blocker_id=number, person_id=by, kind=kind, text=text, at=now, msgid=msgid, **_columns(line)
        )
    )


def _columns(line: LogAddress | None) -> dict[str, object]:
    return {
        "log_channel": line.channel if line else None,
        "log_day": line.day if line else None,
        "log_line": line.line if line else None,
    }
