"""What pages show of many cohorts at once: one query a kind of thing, however many cohorts there are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import Boolean, and_, func, select
from sqlalchemy.engine import Connection, Row
from sqlalchemy.sql import ColumnElement

from cohortbot.domain.model import MemberState, Role, Round, RoundState, Tally
from cohortbot.store import rounds
from cohortbot.store.tables import gauge, membership, roster, round_

_ROUND = [round_.c[field.name] for field in fields(Round)]


@dataclass(frozen=True, slots=True)
class Gauge:
    """How a network's bot was at the instant `at`: written every 10 s while it lives."""

    network: str
    at: datetime
    connected_since: datetime | None
    last_tick: datetime | None
    queued: int
    reconnects: int
    errors: int


_GAUGE = [gauge.c[field.name] for field in fields(Gauge)]


def mentors(tx: Connection, cohort_ids: Collection[int]) -> dict[int, list[int]]:
    """By cohort, its mentors' ids, in the order in which they joined; cohorts without any are left out."""
    query = (
        select(membership.c.cohort_id, membership.c.person_id)
        .where(
            membership.c.cohort_id.in_(cohort_ids),
            membership.c.role == Role.MENTOR,
            membership.c.state == MemberState.ACTIVE,
        )
        .order_by(membership.c.joined_at, membership.c.id)
    )
    found: defaultdict[int, list[int]] = defaultdict(list)
    for row in tx.execute(query):
        found[row.cohort_id].append(row.person_id)
    return dict(found)


def newest_rounds(tx: Connection, cohort_ids: Collection[int]) -> dict[int, Round]:
    """By cohort, its round with the highest number; cohorts without any are left out."""
    last = (
        select(round_.c.cohort_id, func.max(round_.c.number).label("number"))
        .where(round_.c.cohort_id.in_(cohort_ids))
        .group_by(round_.c.cohort_id)
        .subquery()
    )
    same = and_(round_.c.cohort_id == last.c.cohort_id, round_.c.number == last.c.number)
    rounds = map(_round, tx.execute(select(*_ROUND).join_from(round_, last, same)))
    return {one.cohort_id: one for one in rounds}


def tallies(tx: Connection, round_ids: Collection[int]) -> dict[int, Tally]:
    """By round, how many of its roster were asked and have answered; nobody asked is 0 of 0."""
    asked = _people_by_round(tx, round_ids, roster.c.person_id.is_not(None))
    heard = _people_by_round(tx, round_ids, rounds.answered())
    return {each: Tally(heard.get(each, 0), asked.get(each, 0)) for each in round_ids}


def gauges(tx: Connection) -> list[Gauge]:
    """One a network whose bot has ever run, in the order of their names."""
    return [Gauge(*row) for row in tx.execute(select(*_GAUGE).order_by(gauge.c.network))]


def _round(row: Row) -> Round:
    values = dict(zip([field.name for field in fields(Round)], row, strict=True))
    return Round(**values | {"state": RoundState(values["state"])})


def _people_by_round(
    tx: Connection, round_ids: Collection[int], which: ColumnElement[Boolean]
) -> dict[int, int]:
    query = select(roster.c.round_id, func.count()).where(roster.c.round_id.in_(round_ids), which)
    return {row[0]: row[1] for row in tx.execute(query.group_by(roster.c.round_id))}
