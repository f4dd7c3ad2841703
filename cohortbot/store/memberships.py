"""Memberships, the seats that they hold, and the line of those who wait."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import fields
from datetime import datetime
from itertools import count, islice
from typing import Any

from sqlalchemy import and_, bindparam, delete, func, insert, select, update
from sqlalchemy.engine import Connection, Row
from sqlalchemy.sql import Select

from cohortbot.domain.message import LogAddress
from cohortbot.domain.model import LIVE, CohortState, Membership, MemberState, Role
from cohortbot.store.tables import (
    answer,
    blocker,
    cohort,
    held_answer,
    identity,
    membership,
    person,
    roster,
    round_,
    seat,
)
from cohortbot.store.types import UtcDateTime

_FIELDS = [membership.c[field.name] for field in fields(Membership)]
# Made once and then narrowed: making them takes longer than running them does.
_ALL = select(*_FIELDS)
_OF_ACTIVE_COHORTS = (
    _ALL.join_from(membership, cohort).where(cohort.c.state == CohortState.ACTIVE).order_by(membership.c.id)
)
_LIVE = membership.c.state.in_([str(state) for state in LIVE])
# Looked for with every word that is said.
_LIVE_OF = _ALL.where(membership.c.person_id == bindparam("person"), _LIVE).order_by(membership.c.id)
_LIVE_OF_IN = _LIVE_OF.where(membership.c.cohort_id == bindparam("cohort"))
_UNPROVEN = (
    ~select(identity.c.id)
    .where(identity.c.person_id == membership.c.person_id, identity.c.account_key.is_not(None))
    .exists()
)
_LINE = (membership.c.line_rank, membership.c.line_since, membership.c.id)


def _membership(row: Row) -> Membership:
    values = dict(zip([field.name for field in fields(Membership)], row, strict=True))
    return Membership(**values | {"role": Role(values["role"]), "state": MemberState(values["state"])})


def _all(tx: Connection, *where: Any, order: tuple[Any, ...] = (membership.c.id,)) -> list[Membership]:
    return [_membership(row) for row in tx.execute(_ALL.where(*where).order_by(*order))]


def by_id(tx: Connection, membership_id: int) -> Membership:
    return _all(tx, membership.c.id == membership_id)[0]


def live(tx: Connection, cohort_id: int, person_id: int) -> Membership | None:
    """Somebody's one live membership of a cohort, in either role."""
    row = tx.execute(_LIVE_OF_IN, {"person": person_id, "cohort": cohort_id}).first()
    return _membership(row) if row is not None else None


def live_of(tx: Connection, person_id: int) -> list[Membership]:
    """All of somebody's live memberships, oldest first."""
    return [_membership(row) for row in tx.execute(_LIVE_OF, {"person": person_id})]


def last_of(tx: Connection, cohort_id: int, person_id: int) -> Membership | None:
    """The newest membership, live or ended."""
    where = (membership.c.cohort_id == cohort_id, membership.c.person_id == person_id)
    found = _all(tx, *where, order=(membership.c.id.desc(),))
    return found[0] if found else None


def in_states(
    tx: Connection, cohort_id: int, role: Role, states: Collection[MemberState]
) -> list[Membership]:
    """Those of a cohort in a role, in the order in which they joined."""
    return _all(
        tx,
        membership.c.cohort_id == cohort_id,
        membership.c.role == role,
        membership.c.state.in_([str(state) for state in states]),
        order=(membership.c.joined_at, membership.c.id),
    )


def mentors(tx: Connection, cohort_id: int) -> list[Membership]:
    return in_states(tx, cohort_id, Role.MENTOR, [MemberState.ACTIVE])


def mentor_ids(tx: Connection, cohort_ids: Collection[int]) -> dict[int, list[int]]:
    """By cohort, its mentors' ids, in the order in which they joined; cohorts without any are left out."""
    return _ids(tx, cohort_ids, Role.MENTOR)


def mentee_ids(tx: Connection, cohort_ids: Collection[int]) -> dict[int, list[int]]:
    """The same for those who have a seat."""
    return _ids(tx, cohort_ids, Role.MENTEE)


def _ids(tx: Connection, cohort_ids: Collection[int], role: Role) -> dict[int, list[int]]:
    query = (
        select(membership.c.cohort_id, membership.c.person_id)
        .where(
            membership.c.cohort_id.in_(cohort_ids),
            membership.c.role == role,
            membership.c.state == MemberState.ACTIVE,
        )
        .order_by(membership.c.joined_at, membership.c.id)
    )
    found: defaultdict[int, list[int]] = defaultdict(list)
    for row in tx.execute(query):
        found[row.cohort_id].append(row.person_id)
    return dict(found)


def mentees(tx: Connection, cohort_id: int) -> list[Membership]:
    return in_states(tx, cohort_id, Role.MENTEE, [MemberState.ACTIVE])


def waiting(tx: Connection, cohort_id: int) -> list[Membership]:
    """The line of a cohort, first to be offered first; those held by the brake stand in it too."""
    return _all(tx, membership.c.cohort_id == cohort_id, membership.c.state == "waiting", order=_LINE)


def make(tx: Connection, **values: Any) -> Membership:
    """A new membership of these columns; `state_since`, `joined_at` and `line_since` default to `now`."""
    now = values.pop("now")
    columns = {"state_since": now, "joined_at": now, "line_since": now} | values
    return by_id(tx, tx.execute(insert(membership).values(**columns)).inserted_primary_key[0])


def change(tx: Connection, membership_id: int, **columns: Any) -> None:
    """Set columns other than the state."""
    tx.execute(update(membership).where(membership.c.id == membership_id).values(**columns))


def spoke(tx: Connection, cohort_id: int, person_id: int, at: datetime, line: LogAddress | None) -> None:
    """They said something in the cohort's channel; `line` is where, if it is long enough to be quoted."""
    said: dict[str, Any] = {"spoke_at": at}
    if line is not None:
        said |= {"log_channel": line.channel, "log_day": line.day, "log_line": line.line}
    tx.execute(
        update(membership)
        .where(membership.c.cohort_id == cohort_id, membership.c.person_id == person_id, _LIVE)
        .values(**said)
    )


def quotable(tx: Connection, one: Membership, network: str) -> LogAddress | None:
    """Where their last line in the channel stands that is long enough to be quoted."""
    query = select(membership.c.log_channel, membership.c.log_day, membership.c.log_line)
    row = tx.execute(query.where(membership.c.id == one.id)).one()
    return LogAddress(network, *row) if row.log_line is not None else None


def move_to(tx: Connection, one: Membership, state: MemberState, now: datetime, **columns: Any) -> bool:
    """The change of state, if it still is in the state that was read; False when somebody else was faster."""
    done = tx.execute(
        update(membership)
        .where(membership.c.id == one.id, membership.c.state == one.state)
        .values(state=state, state_since=now, **columns)
    )
    return done.rowcount == 1


# --- seats


def taken(tx: Connection, cohort_id: int) -> int:
    """Seats held: by the seated and by those to whom one is offered."""
    query = select(func.count()).where(seat.c.cohort_id == cohort_id, seat.c.membership_id.is_not(None))
    return int(tx.scalar(query) or 0)


def taken_and_waiting(tx: Connection) -> tuple[dict[int, int], dict[int, int]]:
    """Both counts for every cohort, by its id."""
    held = select(seat.c.cohort_id, func.count()).where(seat.c.membership_id.is_not(None))
    line = select(membership.c.cohort_id, func.count()).where(membership.c.state == "waiting")
    return (
        {row[0]: row[1] for row in tx.execute(held.group_by(seat.c.cohort_id))},
        {row[0]: row[1] for row in tx.execute(line.group_by(membership.c.cohort_id))},
    )


def fit_seats(tx: Connection, cohort_id: int, places: int) -> None:
    """As many seats as places: missing ones made, empty ones beyond them removed. Nobody loses a seat."""
    rows = tx.execute(select(seat.c.number, seat.c.membership_id).where(seat.c.cohort_id == cohort_id)).all()
    missing = places - len(rows)
    if missing > 0:
        used = {row.number for row in rows}
        free = islice((number for number in count(1) if number not in used), missing)
        tx.execute(insert(seat), [{"cohort_id": cohort_id, "number": number} for number in free])
    elif missing < 0:
        empty = sorted((row.number for row in rows if row.membership_id is None), reverse=True)
        gone = empty[:-missing]
        tx.execute(delete(seat).where(seat.c.cohort_id == cohort_id, seat.c.number.in_(gone)))


def take_seat(tx: Connection, cohort_id: int, membership_id: int) -> bool:
    """Take a free seat; False when there is none.

    A seat that another transaction is about to take is stepped over, never waited for twice.
    """
    free = (
        select(seat.c.number)
        .where(seat.c.cohort_id == cohort_id, seat.c.membership_id.is_(None))
        .order_by(seat.c.number)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    number = tx.scalar(free)
    if number is None:
        return False
    done = tx.execute(
        update(seat)
        .where(seat.c.cohort_id == cohort_id, seat.c.number == number, seat.c.membership_id.is_(None))
        .values(membership_id=membership_id)
    )
    return done.rowcount == 1


def free_seat(tx: Connection, membership_id: int) -> bool:
    """False when this membership held none."""
    done = tx.execute(update(seat).where(seat.c.membership_id == membership_id).values(membership_id=None))
    return done.rowcount == 1


# --- what is due


def unproven_joins(tx: Connection, cohort_id: int, since: datetime) -> int:
    """Joins of a cohort since an instant by people who are not proven today."""
    where = and_(
        membership.c.cohort_id == cohort_id,
        membership.c.role == Role.MENTEE,
        membership.c.joined_at > since,
        _UNPROVEN,
    )
    return int(tx.scalar(select(func.count()).select_from(membership).where(where)) or 0)


# Looked for at each tick: made once, or making them would take longer than running them.


_BEFORE = bindparam("before", type_=UtcDateTime)


def _due(*where: Any) -> Select:
    """Of a network's cohorts that do not rest."""
    return _OF_ACTIVE_COHORTS.where(cohort.c.network == bindparam("network"), *where)


def _found(tx: Connection, due: Select, network: str, before: datetime) -> list[Membership]:
    return [_membership(row) for row in tx.execute(due, {"network": network, "before": before})]


_OFFERS_RUN_OUT = _due(membership.c.state == MemberState.OFFERED, membership.c.offered_until <= _BEFORE)
_UNPROVEN_SEATS = _due(membership.c.role == Role.MENTEE, _LIVE, membership.c.joined_at <= _BEFORE, _UNPROVEN)
_ABSENT = _due(
    membership.c.state == MemberState.ACTIVE,
    membership.c.role == Role.MENTEE,
    membership.c.absent_since.is_not(None),
    membership.c.absent_since <= _BEFORE,
    membership.c.told_how_to_enter.is_(False),
)
_UNCONFIRMED = _due(
    membership.c.state == MemberState.ACTIVE,
    membership.c.done_at.is_not(None),
    membership.c.done_at <= _BEFORE,
)
_PROPOSED = _due(membership.c.state == MemberState.PROPOSED, membership.c.state_since <= _BEFORE)
_QUIET_MENTORS = _due(
    membership.c.role == Role.MENTOR,
    membership.c.state == MemberState.ACTIVE,
    membership.c.quiet_since.is_(None),
    membership.c.state_since <= _BEFORE,
    func.coalesce(membership.c.spoke_at, membership.c.state_since) <= _BEFORE,
    func.coalesce(person.c.word_at, membership.c.state_since) <= _BEFORE,
).join(person, person.c.id == membership.c.person_id)


def offers_run_out(tx: Connection, network: str, now: datetime) -> list[Membership]:
    """Offers past their time in cohorts that do not rest."""
    return _found(tx, _OFFERS_RUN_OUT, network, now)


def unproven_seats(tx: Connection, network: str, joined_before: datetime) -> list[Membership]:
    """Live seats and waits, joined before an instant, of people without an account."""
    return _found(tx, _UNPROVEN_SEATS, network, joined_before)


def absent(tx: Connection, network: str, since_before: datetime) -> list[Membership]:
    """Seated, out of the channel since before an instant, and not yet told how to enter."""
    return _found(tx, _ABSENT, network, since_before)


def unconfirmed(tx: Connection, network: str, before: datetime) -> list[Membership]:
    """Mentees of active cohorts who said before an instant that they are done, and are not confirmed."""
    return _found(tx, _UNCONFIRMED, network, before)


def proposed(tx: Connection, network: str, before: datetime) -> list[Membership]:
    """Who volunteered before an instant to mentor an active cohort, and waits."""
    return _found(tx, _PROPOSED, network, before)


def quiet_mentors(tx: Connection, network: str, before: datetime) -> list[Membership]:
    """Mentors who began before an instant, have said nothing since, and do not count as quiet yet."""
    return _found(tx, _QUIET_MENTORS, network, before)


def heard_from_mentor(tx: Connection, person_id: int) -> None:
    """A mentor has said something: nobody need ask whether they are still there."""
    asked = membership.c.asked_at.is_not(None) | membership.c.quiet_since.is_not(None)
    tx.execute(
        update(membership)
        .where(membership.c.person_id == person_id, membership.c.role == Role.MENTOR, asked)
        .values(asked_at=None, quiet_since=None)
    )


def by_claim_word(tx: Connection, word: str, now: datetime) -> Membership | None:
    found = _all(tx, membership.c.claim_word == word, membership.c.claim_until > now, _LIVE)
    return found[0] if found else None


def extend_offers(tx: Connection, cohort_id: int, paused_at: datetime, now: datetime) -> None:
    """Offers rest while their cohort is paused: give them the time back."""
    for one in in_states(tx, cohort_id, Role.MENTEE, [MemberState.OFFERED]):
        if one.offered_until is not None:
            change(tx, one.id, offered_until=one.offered_until + (now - paused_at))


def hand_over_answers(tx: Connection, cohort_id: int, one: int, into: int) -> None:
    """A claimed seat brings its answers, its places in rosters and its blockers of this cohort along."""
    rounds = select(round_.c.id).where(round_.c.cohort_id == cohort_id)
    there = select(roster.c.round_id).where(roster.c.person_id == into)
    tx.execute(delete(roster).where(roster.c.person_id == one, roster.c.round_id.in_(there)))
    for table in (roster, answer):
        tx.execute(
            update(table).where(table.c.person_id == one, table.c.round_id.in_(rounds)).values(person_id=into)
        )
    held = (held_answer.c.person_id == one, held_answer.c.cohort_id == cohort_id)
    tx.execute(update(held_answer).where(*held).values(person_id=into))
    tx.execute(
        update(blocker)
        .where(blocker.c.person_id == one, blocker.c.cohort_id == cohort_id)
        .values(person_id=into)
    )
