"""What people are stuck on, and the steps towards its end."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import and_, bindparam, case, func, insert, or_, select, update
from sqlalchemy.engine import Connection, Row
from sqlalchemy.sql.expression import Select

from cohortbot.domain.limits import Limits
from cohortbot.domain.message import LogAddress
from cohortbot.domain.model import LIVE, Blocker, BlockerState, CohortState, MemberState, Part
from cohortbot.store.tables import answer, blocker, cohort, membership, round_, step
from cohortbot.store.types import UtcDateTime

UNSOLVED = (BlockerState.OPEN, BlockerState.TAKEN)
# Literal: a planner takes ix_blocker_unsolved only where it can read that its condition holds.
_UNSOLVED = blocker.c.state.in_(
    bindparam(
        "unsolved", [str(state) for state in UNSOLVED], expanding=True, literal_execute=True, unique=True
    )
)
_TAKER = func.coalesce(blocker.c.taken_for, blocker.c.taken_by)


class Step(StrEnum):
    ADDED = "added"  # more words about what it is
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
        open_since=row.reopened_at or row.opened_at,
        told=row.told,
        taker_asked_at=row.taker_asked_at,
        named_at=row.named_at or row.opened_at,
        asked_at=row.asked_at,
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


def by_ids(tx: Connection, numbers: Collection[int]) -> dict[int, Blocker]:
    """These blockers, by number."""
    return {one.id: one for one in _all(tx, blocker.c.id.in_(numbers))}


def unsolved(tx: Connection, *, cohort_id: int | None = None, person_id: int | None = None) -> list[Blocker]:
    """Those open or taken, of a cohort, of a person, or of both; oldest first."""
    where = [_UNSOLVED]
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


def solved_since(tx: Connection, cohort_id: int, since: datetime) -> list[Blocker]:
    """Those of a cohort that were solved after an instant."""
    return _all(
        tx,
        blocker.c.cohort_id == cohort_id,
        blocker.c.state == BlockerState.SOLVED,
        blocker.c.solved_at > since,
    )


def taken_by(tx: Connection, person_id: int, cohort_id: int | None = None) -> list[Blocker]:
    """What somebody has taken, or another for them: in a cohort, or in all."""
    where = [blocker.c.state == BlockerState.TAKEN, person_id == _TAKER]
    if cohort_id is not None:
        where.append(blocker.c.cohort_id == cohort_id)
    return _all(tx, *where)


def let_go(tx: Connection, some: Sequence[Blocker], now: datetime) -> list[Blocker]:
    """Taken ones are open again: their taker does not help any more. Returns those that were still taken."""
    open_again = {"taken_by": None, "taken_at": None, "taken_for": None, "reopened_at": now, "told": 0}
    return [one for one in some if move_to(tx, one, BlockerState.OPEN, **open_again)]


def pass_on(tx: Connection, some: Sequence[Blocker], cover_id: int, mentor_id: int, now: datetime) -> None:
    """What a mentor had taken, their cover has from now on."""
    for one in some:
        move_to(tx, one, BlockerState.TAKEN, taken_by=cover_id, taken_for=mentor_id, taken_at=now)


def held_for(tx: Connection, cover_id: int, mentor_id: int, cohort_id: int) -> list[Blocker]:
    """What a cover has taken for a mentor in a cohort; all that they have where they mentor nobody."""
    here = (membership.c.cohort_id == cohort_id, membership.c.person_id == cover_id)
    own = select(membership.c.id).where(*here, membership.c.state == MemberState.ACTIVE).exists()
    taken = (blocker.c.state == BlockerState.TAKEN, blocker.c.taken_by == cover_id)
    return _all(tx, blocker.c.cohort_id == cohort_id, *taken, or_(blocker.c.taken_for == mentor_id, ~own))


def give_back(tx: Connection, some: Sequence[Blocker], mentor_id: int, now: datetime) -> None:
    """What a cover had taken is its mentor's again."""
    for one in some:
        move_to(tx, one, BlockerState.TAKEN, taken_by=mentor_id, taken_for=None, taken_at=now)


def change(tx: Connection, number: int, **columns: Any) -> None:
    """Set columns other than the state."""
    tx.execute(update(blocker).where(blocker.c.id == number).values(**columns))


def name_again(
    tx: Connection, cohort_id: int, person_id: int, now: datetime, numbers: Collection[int] | None = None
) -> None:
    """Somebody says that they are still stuck on these of theirs; None: on all in the cohort."""
    where = [blocker.c.cohort_id == cohort_id, blocker.c.person_id == person_id, _UNSOLVED]
    if numbers is not None:
        where.append(blocker.c.id.in_(numbers))
    tx.execute(update(blocker).where(*where).values(named_at=now))


def unnamed_answers(tx: Connection, one: Blocker) -> int:
    """How many rounds whoever is stuck has answered, of those opened since they last said that they are.

    `skip` says nothing of anything, and does not count.
    """
    query = (
        select(func.count(answer.c.round_id.distinct()))
        .join_from(answer, round_)
        .where(
            round_.c.cohort_id == one.cohort_id,
            round_.c.opened_at > one.named_at,
            answer.c.person_id == one.person_id,
            answer.c.undone_at.is_(None),
            answer.c.part != Part.SKIP,
        )
    )
    return int(tx.scalar(query) or 0)


# --- what the clock looks at


@dataclass(frozen=True, slots=True)
class Watched:
    """An unsolved blocker of an active cohort, with what its people do: domain.helping.decide_due."""

    blocker: Blocker
    taker_spoke_at: datetime | None
    owner_left_at: datetime | None


def watched(tx: Connection, network: str, now: datetime, limits: Limits) -> list[Watched]:
    """Those about which something may be due at `now`, and a few more."""
    due = {
        "network": network,
        "untaken": now - limits.untaken,
        "untaken_long": now - limits.untaken_long,
        "taker_silent": now - limits.taker_silent,
        "stale": now - limits.stale,
    }
    return [_as_watched(row) for row in tx.execute(_PERHAPS_DUE, due)]


def watch(tx: Connection, number: int) -> Watched | None:
    """That blocker alone, and nobody else changes it meanwhile; None when it is not unsolved any more."""
    tx.execute(select(blocker.c.id).where(blocker.c.id == number).with_for_update())
    return next(map(_as_watched, tx.execute(_WATCHED.where(blocker.c.id == number))), None)


def _as_watched(row: Row) -> Watched:
    return Watched(_blocker(row), row.spoke_at, row.owner_left_at)


def _watched() -> Select:
    taker, owner = membership.alias(), membership.alias()
    left_at = (
        select(func.max(owner.c.state_since))
        .where(owner.c.cohort_id == blocker.c.cohort_id, owner.c.person_id == blocker.c.person_id)
        .scalar_subquery()
    )
    taker_is_in = and_(
        taker.c.cohort_id == blocker.c.cohort_id,
        taker.c.person_id == blocker.c.taken_by,
        taker.c.state == MemberState.ACTIVE,
    )
    return (
        select(
            blocker,
            cohort.c.network,
            taker.c.spoke_at,
            case((_OWNER_IS_IN, None), else_=left_at).label("owner_left_at"),
        )
        .join_from(blocker, cohort)
        .join(taker, taker_is_in, isouter=True)
        .where(_UNSOLVED, cohort.c.state == CohortState.ACTIVE)
        .order_by(blocker.c.id)
    )


def _perhaps_due() -> Select:
    waits_since = func.coalesce(blocker.c.reopened_at, blocker.c.opened_at)
    is_open, is_taken = blocker.c.state == BlockerState.OPEN, blocker.c.state == BlockerState.TAKEN
    return _WATCHED.where(
        cohort.c.network == bindparam("network"),
        or_(
            and_(is_open, blocker.c.told < 1, waits_since <= bindparam("untaken", type_=UtcDateTime)),
            and_(is_open, blocker.c.told < 2, waits_since <= bindparam("untaken_long", type_=UtcDateTime)),
            and_(is_taken, blocker.c.taken_at <= bindparam("taker_silent")),
            blocker.c.asked_at <= bindparam("stale"),
            ~_OWNER_IS_IN,
        ),
    )


_OWNER_IS_IN = (
    select(membership.c.id)
    .where(
        membership.c.cohort_id == blocker.c.cohort_id,
        membership.c.person_id == blocker.c.person_id,
        membership.c.state.in_([str(state) for state in LIVE]),
    )
    .exists()
)
# Built once: building them takes longer than asking them does, and they are asked at every tick.
_WATCHED = _watched()
_PERHAPS_DUE = _perhaps_due()


# --- steps


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


def has_step(tx: Connection, msgid: str) -> bool:
    """Whether this message was a step before."""
    return tx.scalar(select(step.c.id).where(step.c.msgid == msgid).limit(1)) is not None


def _columns(line: LogAddress | None) -> dict[str, object]:
    return {
        "log_channel": line.channel if line else None,
        "log_day": line.day if line else None,
        "log_line": line.line if line else None,
    }
