"""Absences, and who stands in for whom while they last."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.engine import Connection

from cohortbot.domain.model import MemberState, Role
from cohortbot.store.tables import away, cover, membership, person


@dataclass(frozen=True, slots=True)
class Absence:
    """`until` is the instant at which it is over, the end of `last_day` as a rule; `named`: it was named."""

    id: int
    person_id: int
    by_id: int
    began_at: datetime
    until: datetime
    last_day: date
    named: bool
    asked_at: datetime | None
    ended_at: datetime | None
    why: str | None


class CoverState(StrEnum):
    ASKED = "asked"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Cover:
    """Whom an absent mentor named to stand in, and what came of it."""

    id: int
    away_id: int
    person_id: int
    state: CoverState
    asked_at: datetime
    accepted_at: datetime | None


_AWAY = [away.c[name] for name in Absence.__dataclass_fields__]
_COVER = [cover.c[name] for name in Cover.__dataclass_fields__]
_OPEN = away.c.ended_at.is_(None)
_LIVE_COVER = cover.c.state.in_([CoverState.ASKED, CoverState.ACCEPTED])


def away_now(tx: Connection, person_ids: Collection[int], now: datetime) -> dict[int, Absence]:
    """Those of these people who are away at `now`, with their absence."""
    query = select(*_AWAY).where(away.c.person_id.in_(person_ids), _OPEN, away.c.until > now)
    return {row.person_id: Absence(*row) for row in tx.execute(query)}


# --- absences


def by_id(tx: Connection, away_id: int) -> Absence:
    return Absence(*tx.execute(select(*_AWAY).where(away.c.id == away_id)).one())


def lock(tx: Connection, person_id: int) -> None:
    """Keep every other writer of this person's absence waiting until this transaction ends."""
    tx.execute(select(person.c.id).where(person.c.id == person_id).with_for_update())


def open_of(tx: Connection, person_id: int) -> Absence | None:
    """Somebody's absence that was not ended yet, though its time may be over."""
    row = tx.execute(select(*_AWAY).where(away.c.person_id == person_id, _OPEN)).first()
    return Absence(*row) if row is not None else None


def over(tx: Connection, now: datetime) -> list[Absence]:
    """Absences whose time is over and that were not ended yet."""
    return [Absence(*row) for row in tx.execute(_OVER, {"now": now})]


_OVER = (
    select(*_AWAY)
    .where(_OPEN, away.c.until <= bindparam("now", type_=away.c.until.type))
    .order_by(away.c.until, away.c.id)
)


def begin(
    tx: Connection,
    person_id: int,
    *,
    by: int,
    now: datetime,
    until: datetime,
    last_day: date,
    named: bool,
    why: str | None,
) -> Absence:
    """A new absence; the person must have no open one."""
    values = {"person_id": person_id, "by_id": by, "began_at": now, "until": until}
    made = tx.execute(insert(away).values(last_day=last_day, named=named, why=why, **values))
    return by_id(tx, made.inserted_primary_key[0])


def change(tx: Connection, away_id: int, **columns: Any) -> None:
    tx.execute(update(away).where(away.c.id == away_id).values(**columns))


def end(tx: Connection, away_id: int, now: datetime) -> bool:
    """False when it has ended before."""
    done = tx.execute(update(away).where(away.c.id == away_id, _OPEN).values(ended_at=now))
    return done.rowcount == 1


def last_back(tx: Connection, person_id: int) -> datetime | None:
    """When somebody's last absence ended; None if they never had one that did."""
    last: datetime | None = tx.scalar(select(func.max(away.c.ended_at)).where(away.c.person_id == person_id))
    return last


# --- covers


def _covers(tx: Connection, *where: Any) -> list[Cover]:
    query = select(*_COVER).join_from(cover, away).where(*where).order_by(cover.c.id)
    return [
        Cover(row.id, row.away_id, row.person_id, CoverState(row.state), *row[4:])
        for row in tx.execute(query)
    ]


def cover_by_id(tx: Connection, cover_id: int) -> Cover:
    return _covers(tx, cover.c.id == cover_id)[0]


def cover_of(tx: Connection, away_id: int) -> Cover | None:
    """Who is asked, or has accepted, to stand in during this absence."""
    return next(iter(_covers(tx, cover.c.away_id == away_id, _LIVE_COVER)), None)


def stood_in(tx: Connection, away_id: int) -> Cover | None:
    """Who stood in last during an absence, though it may have ended."""
    return next(reversed(_covers(tx, cover.c.away_id == away_id, cover.c.accepted_at.is_not(None))), None)


def asked_of(tx: Connection, person_id: int, now: datetime) -> list[Cover]:
    """What somebody was asked and has not answered, of absences that last; the oldest first."""
    asked = cover.c.state == CoverState.ASKED
    return _covers(tx, cover.c.person_id == person_id, asked, _OPEN, away.c.until > now)


def unanswered(tx: Connection, asked_before: datetime, now: datetime) -> list[Cover]:
    """Those asked before an instant, of absences that last; the oldest first."""
    asked = (cover.c.state == CoverState.ASKED, cover.c.asked_at <= asked_before)
    return _covers(tx, *asked, _OPEN, away.c.until > now)


def accepted_by(tx: Connection, person_id: int, now: datetime) -> list[Cover]:
    """Those for whom somebody stands in now."""
    accepted = cover.c.state == CoverState.ACCEPTED
    return _covers(tx, cover.c.person_id == person_id, accepted, _OPEN, away.c.until > now)


def ask(tx: Connection, away_id: int, person_id: int, now: datetime) -> Cover:
    """The absence must have no other live cover."""
    values = {"away_id": away_id, "person_id": person_id, "asked_at": now}
    made = tx.execute(insert(cover).values(state=CoverState.ASKED, **values))
    return cover_by_id(tx, made.inserted_primary_key[0])


def accept(tx: Connection, one: Cover, now: datetime) -> bool:
    """False when it was answered, or withdrawn, meanwhile."""
    return _move(tx, one, CoverState.ACCEPTED, accepted_at=now)


def close(tx: Connection, one: Cover, state: CoverState) -> bool:
    """`declined` by them, or `ended`; False when somebody else was faster."""
    return _move(tx, one, state)


def _move(tx: Connection, one: Cover, state: CoverState, **columns: Any) -> bool:
    done = tx.execute(
        update(cover).where(cover.c.id == one.id, cover.c.state == one.state).values(state=state, **columns)
    )
    return done.rowcount == 1


# --- who may act as a mentor


@dataclass(frozen=True, slots=True)
class Covered:
    """A cohort where somebody acts for an absent mentor."""

    cohort_id: int
    mentor_id: int
    absence: Absence


def covered_by(tx: Connection, person_id: int, now: datetime) -> list[Covered]:
    """Every cohort in which somebody is an accepted cover now: those of the absent, as they are now."""
    rows = tx.execute(_COVERED_BY, {"person": person_id, "now": now})
    return [Covered(row[0], row.person_id, Absence(*row[1:])) for row in rows]


# Looked for with every word that is said: made once, or making it would take longer than running it.
_COVERED_BY = (
    select(membership.c.cohort_id, *_AWAY)
    .join_from(cover, away)
    .join(membership, membership.c.person_id == away.c.person_id)
    .where(
        cover.c.person_id == bindparam("person"),
        cover.c.state == CoverState.ACCEPTED,
        _OPEN,
        away.c.until > bindparam("now", type_=away.c.until.type),
        membership.c.role == Role.MENTOR,
        membership.c.state == MemberState.ACTIVE,
    )
    .order_by(membership.c.cohort_id, away.c.id)
)


def covers_in(tx: Connection, cohort_id: int, now: datetime) -> dict[int, int]:
    """Who stands in for whom in a cohort: the absent mentor's id to their accepted cover's."""
    query = (
        select(away.c.person_id, cover.c.person_id)
        .join_from(cover, away)
        .join(membership, membership.c.person_id == away.c.person_id)
        .where(
            membership.c.cohort_id == cohort_id,
            membership.c.role == Role.MENTOR,
            membership.c.state == MemberState.ACTIVE,
            cover.c.state == CoverState.ACCEPTED,
            _OPEN,
            away.c.until > now,
        )
    )
    return {row[0]: row[1] for row in tx.execute(query)}


def acting_mentors(tx: Connection, cohort_id: int, now: datetime) -> list[int]:
    """The mentors of a cohort who are there, and whoever stands in for those who are not, each once."""
    theirs = (
        select(membership.c.person_id)
        .where(
            membership.c.cohort_id == cohort_id,
            membership.c.role == Role.MENTOR,
            membership.c.state == MemberState.ACTIVE,
        )
        .order_by(membership.c.joined_at, membership.c.id)
    )
    mentors = list(tx.scalars(theirs))
    absent = away_now(tx, mentors, now)
    covers = covers_in(tx, cohort_id, now) if absent else {}
    acting = [each if each not in absent else covers.get(each) for each in mentors]
    return list(dict.fromkeys(each for each in acting if each is not None))
