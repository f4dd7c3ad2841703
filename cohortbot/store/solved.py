"""Public blockers that are solved: the answers that others may look for."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from cohortbot.domain.model import BlockerState
from cohortbot.domain.solved import Solved
from cohortbot.store.tables import blocker

# One without words was said by somebody who is erased.
_SOLVED = (blocker.c.state == BlockerState.SOLVED, blocker.c.private.is_(False), blocker.c.text != "")

Mark = tuple[object, ...]


def mark(tx: Connection) -> Mark:
    """A value that is another one when any of them came, went, or reads differently."""
    b = blocker.c
    lengths = func.sum(func.length(b.text) + func.coalesce(func.length(b.how), 0))
    query = select(func.count(), func.sum(b.id), func.max(b.solved_at), lengths).where(*_SOLVED)
    return tuple(tx.execute(query).one())


def all_of(tx: Connection) -> list[Solved]:
    """All of them in all cohorts, closed ones too; the last solved first."""
    b = blocker.c
    query = select(b.id, b.cohort_id, b.text, b.how).where(*_SOLVED)
    return [Solved(*row) for row in tx.execute(query.order_by(b.solved_at.desc(), b.id.desc()))]
