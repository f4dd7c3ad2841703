"""The append-only record of who did what when: ids and machine words, never what people said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, or_, select
from sqlalchemy.engine import Connection

from cohortbot.domain.model import Round
from cohortbot.store.tables import event


@dataclass(frozen=True, slots=True)
class Event:
    id: int
    at: datetime
    kind: str
    way: str
    by_id: int | None
    person_id: int | None
    cohort_id: int | None
    membership_id: int | None
    round_id: int | None
    blocker_id: int | None
    award_id: int | None
    detail: str | None


_COLUMNS = [event.c[name] for name in Event.__dataclass_fields__]


def record_opened(tx: Connection, rounds: Sequence[Round], at: datetime) -> None:
    """These rounds were opened, by a mentor or by the clock."""
    rows = [
        {
            "way": "tick" if one.opened_by is None else "irc",
            "by_id": one.opened_by,
            "cohort_id": one.cohort_id,
            "round_id": one.id,
        }
        for one in rounds
    ]
    tx.execute(insert(event).values(at=at, kind="opened"), rows)


def record(
    tx: Connection,
    kind: str,
    at: datetime,
    *,
    way: str = "irc",
    by: int | None = None,
    person: int | None = None,
    cohort: int | None = None,
    membership: int | None = None,
    round_: int | None = None,
    blocker: int | None = None,
    award: int | None = None,
    detail: str | None = None,
) -> None:
    """One state change. `way` is how it came: `irc`, `config`, or `tick` (the clock)."""
    tx.execute(
        insert(event).values(
            at=at,
            kind=kind,
            way=way,
            by_id=by,
            person_id=person,
            cohort_id=cohort,
            membership_id=membership,
            round_id=round_,
            blocker_id=blocker,
            award_id=award,
            detail=detail,
        )
    )


def latest(
    tx: Connection, limit: int, *, cohort: int | None = None, person: int | None = None
) -> list[Event]:
    """The newest first, of all, of a cohort, or by and about a person."""
    query = select(*_COLUMNS).order_by(event.c.id.desc()).limit(limit)
    if cohort is not None:
        query = query.where(event.c.cohort_id == cohort)
    if person is not None:
        query = query.where(or_(event.c.by_id == person, event.c.person_id == person))
    return [Event(*row) for row in tx.execute(query)]


def latest_by(tx: Connection, by: int, since: datetime) -> list[Event]:
    """What somebody did since an instant, newest first."""
    query = select(*_COLUMNS).where(event.c.by_id == by, event.c.at >= since).order_by(event.c.id.desc())
    return [Event(*row) for row in tx.execute(query)]
