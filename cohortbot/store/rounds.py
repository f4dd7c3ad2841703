"""Rounds, their frozen rosters, and what people answered in them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from sqlalchemy import Boolean, and_, bindparam, func, insert, select, update
from sqlalchemy.engine import Connection, Row
from sqlalchemy.sql import ColumnElement

from cohortbot.domain.message import LogAddress
from cohortbot.domain.model import CohortState, Part, Round, RoundState, Tally
from cohortbot.store.tables import answer, cohort, roster, round_
from cohortbot.store.types import UtcDateTime

_FIELDS = [round_.c[field.name] for field in fields(Round)]


# Made once and then narrowed: making them takes longer than running them does.
_ALL = select(*_FIELDS)
_OPEN = _ALL.join_from(round_, cohort).where(round_.c.state == RoundState.OPEN).order_by(round_.c.id)
_OPEN_ON = _OPEN.where(cohort.c.network == bindparam("network"))
_OPEN_AND_AWAKE = _OPEN_ON.where(cohort.c.state == CohortState.ACTIVE)
_DUE_TO_CLOSE = _OPEN_ON.where(round_.c.closes_at <= bindparam("now", type_=UtcDateTime))
_OPEN_OF = _ALL.where(round_.c.cohort_id == bindparam("cohort"), round_.c.state == RoundState.OPEN)
_NEWEST = _ALL.where(round_.c.cohort_id == bindparam("cohort")).order_by(round_.c.number.desc()).limit(1)
_OPEN_WITH = (
    _ALL.join_from(round_, roster)
    .where(roster.c.person_id == bindparam("person"), round_.c.state == RoundState.OPEN)
    .order_by(round_.c.id)
)
_NEWEST_SLOTS = select(
    cohort.c.id,
    select(func.max(round_.c.slot)).where(round_.c.cohort_id == cohort.c.id).scalar_subquery(),
).where(cohort.c.id.in_(bindparam("cohorts", expanding=True)))


def _round(row: Row) -> Round:
    values = dict(zip([field.name for field in fields(Round)], row, strict=True))
    return Round(**values | {"state": RoundState(values["state"])})


def _first(tx: Connection, *where: Any) -> Round | None:
    row = tx.execute(_ALL.where(*where).order_by(round_.c.number.desc()).limit(1)).first()
    return _round(row) if row is not None else None


def by_id(tx: Connection, round_id: int) -> Round:
    return _round(tx.execute(_ALL.where(round_.c.id == round_id)).one())


def numbered(tx: Connection, cohort_id: int, number: int) -> Round | None:
    return _first(tx, round_.c.cohort_id == cohort_id, round_.c.number == number)


def open_of(tx: Connection, cohort_id: int) -> Round | None:
    """A cohort's one open round."""
    row = tx.execute(_OPEN_OF, {"cohort": cohort_id}).first()
    return _round(row) if row is not None else None


def newest(tx: Connection, cohort_id: int) -> Round | None:
    """A cohort's round with the highest number, in whatever state; None before the first."""
    row = tx.execute(_NEWEST, {"cohort": cohort_id}).first()
    return _round(row) if row is not None else None


def newest_of(tx: Connection, cohort_ids: Collection[int]) -> dict[int, Round]:
    """By cohort, its round with the highest number; cohorts without any are left out."""
    last = (
        select(round_.c.cohort_id, func.max(round_.c.number).label("number"))
        .where(round_.c.cohort_id.in_(cohort_ids))
        .group_by(round_.c.cohort_id)
        .subquery()
    )
    same = and_(round_.c.cohort_id == last.c.cohort_id, round_.c.number == last.c.number)
    found = map(_round, tx.execute(select(*_FIELDS).join_from(round_, last, same)))
    return {one.cohort_id: one for one in found}


def newest_slots(tx: Connection, cohort_ids: Collection[int]) -> dict[int, date]:
    """By cohort, the newest slot that is opened or recorded; cohorts without any are left out.

    For each the end of an index is looked at, however many rounds there were.
    """
    rows = tx.execute(_NEWEST_SLOTS, {"cohorts": list(cohort_ids)})
    return {row[0]: row[1] for row in rows if row[1] is not None}


def due_to_close(tx: Connection, network: str, now: datetime) -> list[Round]:
    """Open rounds of a network's cohorts whose time is over, oldest first."""
    return [_round(row) for row in tx.execute(_DUE_TO_CLOSE, {"network": network, "now": now})]


def unanswered_in_a_row(tx: Connection, cohort_id: int) -> int:
    """How many of a cohort's last rounds nobody has answered, those cut short left out; 3 at most."""
    whole = (round_.c.state == RoundState.CLOSED, round_.c.closed_at >= round_.c.closes_at)
    newest = select(round_.c.id).where(round_.c.cohort_id == cohort_id, *whole)
    count = 0
    for round_id in tx.scalars(newest.order_by(round_.c.number.desc()).limit(3)):
        if is_answered(tx, round_id):
            break
        count += 1
    return count


def count_closed(tx: Connection, cohort_id: int) -> int:
    """How many rounds a cohort has held."""
    closed = (round_.c.cohort_id == cohort_id, round_.c.state == RoundState.CLOSED)
    return int(tx.scalar(select(func.count()).select_from(round_).where(*closed)) or 0)


def closed_since(tx: Connection, cohort_id: int, since: datetime) -> list[Round]:
    """A cohort's rounds that were closed after an instant, oldest first."""
    query = select(*_FIELDS).where(
        round_.c.cohort_id == cohort_id, round_.c.state == RoundState.CLOSED, round_.c.closed_at > since
    )
    return [_round(row) for row in tx.execute(query.order_by(round_.c.number))]


def open_in(tx: Connection, network: str) -> list[Round]:
    """The open rounds of a network's cohorts that do not rest, oldest first."""
    return [_round(row) for row in tx.execute(_OPEN_AND_AWAKE, {"network": network})]


def make(
    tx: Connection,
    cohort_id: int,
    *,
    state: RoundState,
    slot: date | None,
    opened_at: datetime,
    closes_at: datetime,
    closed_at: datetime | None = None,
    opened_by: int | None = None,
    late: bool = False,
) -> Round:
    """A round with the cohort's next number; the cohort must be locked."""
    last = tx.scalar(select(func.max(round_.c.number)).where(round_.c.cohort_id == cohort_id))
    made = tx.execute(
        insert(round_).values(
            cohort_id=cohort_id,
            number=(last or 0) + 1,
            slot=slot,
            state=state,
            opened_at=opened_at,
            closes_at=closes_at,
            closed_at=closed_at,
            opened_by=opened_by,
            late=late,
        )
    )
    return by_id(tx, made.inserted_primary_key[0])


@dataclass(frozen=True, slots=True)
class Opening:
    """A round to open: `slot` is the check-in that it is, or stands for; opened by hand `by` somebody."""

    cohort_id: int
    roster: Sequence[int]
    slot: date | None
    closes_at: datetime
    late: bool
    by: int | None


def open_all(tx: Connection, openings: Sequence[Opening], now: datetime) -> list[Round]:
    """Each with its cohort's next number and its roster frozen for good; the cohorts must be locked.

    Set-wise, however many: thousands may be due at the same instant.
    """
    ids = [one.cohort_id for one in openings]
    last = select(round_.c.cohort_id, func.max(round_.c.number)).where(round_.c.cohort_id.in_(ids))
    numbers = {row[0]: row[1] for row in tx.execute(last.group_by(round_.c.cohort_id))}
    tx.execute(
        insert(round_),
        [
            {
                "cohort_id": one.cohort_id,
                "number": numbers.get(one.cohort_id, 0) + 1,
                "slot": one.slot,
                "state": RoundState.OPEN,
                "opened_at": now,
                "closes_at": one.closes_at,
                "opened_by": one.by,
                "late": one.late,
            }
            for one in openings
        ],
    )
    opened = open_of_each(tx, ids)
    asked = [(opened[one.cohort_id].id, person) for one in openings for person in one.roster]
    if asked:
        tx.execute(insert(roster), [{"round_id": one, "person_id": person} for one, person in asked])
    return [opened[each] for each in ids]


def open_of_each(tx: Connection, cohort_ids: Collection[int]) -> dict[int, Round]:
    """By cohort, its one open round."""
    query = _ALL.where(round_.c.cohort_id.in_(cohort_ids), round_.c.state == RoundState.OPEN)
    return {one.cohort_id: one for one in map(_round, tx.execute(query))}


def close(tx: Connection, round_id: int, now: datetime) -> bool:
    """False when it was not open any more."""
    return _leave_open(tx, round_id, state=RoundState.CLOSED, closed_at=now)


def skip(tx: Connection, round_id: int, now: datetime) -> bool:
    """Open to skipped, its slot being done; False when it was not open any more."""
    return _leave_open(tx, round_id, state=RoundState.SKIPPED, closed_at=now)


def undo_opening(tx: Connection, round_id: int, now: datetime) -> bool:
    """Open to skipped, letting go of the slot, which is due again; False when it was not open any more."""
    return _leave_open(tx, round_id, state=RoundState.SKIPPED, closed_at=now, slot=None)


def _leave_open(tx: Connection, round_id: int, **columns: Any) -> bool:
    where = (round_.c.id == round_id, round_.c.state == RoundState.OPEN)
    return tx.execute(update(round_).where(*where).values(**columns)).rowcount == 1


# --- the roster


def asked(tx: Connection, round_id: int) -> list[int]:
    """The people of the roster, by id."""
    return list(tx.scalars(select(roster.c.person_id).where(roster.c.round_id == round_id)))


def open_with(tx: Connection, person_id: int) -> list[Round]:
    """The open rounds whose roster somebody is on."""
    return [_round(row) for row in tx.execute(_OPEN_WITH, {"person": person_id})]


def answered() -> ColumnElement[Boolean]:
    """For a row of the roster: they have an answer in its round that counts."""
    return (
        select(answer.c.id)
        .where(
            answer.c.round_id == roster.c.round_id,
            answer.c.person_id == roster.c.person_id,
            answer.c.undone_at.is_(None),
        )
        .exists()
    )


def tally(tx: Connection, round_id: int) -> Tally:
    """Only people of the roster count, however they answered."""
    asked = select(func.count()).select_from(roster).where(roster.c.round_id == round_id)
    heard = asked.where(answered())
    return Tally(answered=int(tx.scalar(heard) or 0), asked=int(tx.scalar(asked) or 0))


def tallies(tx: Connection, round_ids: Collection[int]) -> dict[int, Tally]:
    """By round, how many of its roster were asked and have answered; nobody asked is 0 of 0."""
    asked = _people_by_round(tx, round_ids, roster.c.person_id.is_not(None))
    heard = _people_by_round(tx, round_ids, answered())
    return {each: Tally(heard.get(each, 0), asked.get(each, 0)) for each in round_ids}


def _people_by_round(
    tx: Connection, round_ids: Collection[int], which: ColumnElement[Boolean]
) -> dict[int, int]:
    query = select(roster.c.round_id, func.count()).where(roster.c.round_id.in_(round_ids), which)
    return {row[0]: row[1] for row in tx.execute(query.group_by(roster.c.round_id))}


def silent(tx: Connection, round_id: int) -> list[int]:
    """The people of the roster who have not answered, by id."""
    query = select(roster.c.person_id).where(roster.c.round_id == round_id, ~answered())
    return list(tx.scalars(query.order_by(roster.c.person_id)))


def reminders(tx: Connection, round_id: int) -> dict[int, int]:
    """By person of the roster who has not answered, how many reminders they have had."""
    query = select(roster.c.person_id, roster.c.reminders).where(roster.c.round_id == round_id, ~answered())
    return {row.person_id: row.reminders for row in tx.execute(query.order_by(roster.c.person_id))}


def count_reminder(tx: Connection, round_id: int, person_id: int, had: int, now_has: int) -> bool:
    """False when somebody else was faster."""
    where = (roster.c.round_id == round_id, roster.c.person_id == person_id, roster.c.reminders == had)
    return tx.execute(update(roster).where(*where).values(reminders=now_has)).rowcount == 1


# --- answers


def file(
    tx: Connection,
    round_id: int,
    person_id: int,
    parts: Sequence[tuple[Part, str]],
    *,
    private: bool,
    at: datetime,
    msgid: str,
    line: LogAddress | None,
    continues: str | None = None,
) -> None:
    """One row a part. Of several rows of a person, round and part the newest that is not undone counts.

    What goes on from an earlier line (`continues`, its msgid) says all that was said so far.
    """
    shared = {
        "round_id": round_id,
        "person_id": person_id,
        "private": private,
        "at": at,
        "msgid": msgid,
        "continues": continues,
        "log_channel": line.channel if line else None,
        "log_day": line.day if line else None,
        "log_line": line.line if line else None,
    }
    tx.execute(insert(answer), [shared | {"part": part, "text": words or None} for part, words in parts])


def filed(tx: Connection, msgid: str) -> bool:
    """Whether this message was filed before."""
    return tx.scalar(select(answer.c.id).where(answer.c.msgid == msgid).limit(1)) is not None


def take_back(tx: Connection, round_id: int, person_id: int, now: datetime) -> bool:
    """Undo all parts of the last answer that still counts, with what went on from it; False without any."""
    counts = (answer.c.round_id == round_id, answer.c.person_id == person_id, answer.c.undone_at.is_(None))
    first = func.coalesce(answer.c.continues, answer.c.msgid)
    last = tx.scalar(select(first).where(*counts).order_by(answer.c.id.desc()).limit(1))
    done = tx.execute(update(answer).where(*counts, first == last).values(undone_at=now))
    return done.rowcount > 0


def taken_back_privately(tx: Connection, round_id: int, person_id: int, undone_at: datetime) -> bool:
    """Whether the answer that somebody took back at that instant had been given in private."""
    where = (answer.c.round_id == round_id, answer.c.person_id == person_id, answer.c.undone_at == undone_at)
    return bool(tx.scalar(select(answer.c.private).where(*where).limit(1)))


def has_answered(tx: Connection, round_id: int, person_id: int) -> bool:
    where = (answer.c.round_id == round_id, answer.c.person_id == person_id, answer.c.undone_at.is_(None))
    return tx.scalar(select(answer.c.id).where(*where).limit(1)) is not None


def is_answered(tx: Connection, round_id: int) -> bool:
    """Whether anybody has, of the roster or not."""
    where = (answer.c.round_id == round_id, answer.c.undone_at.is_(None))
    return tx.scalar(select(answer.c.id).where(*where).limit(1)) is not None


def parts_of(tx: Connection, round_id: int, person_id: int) -> dict[Part, str | None]:
    """What somebody's answer to a round says by now: by part, the newest text that was not undone."""
    query = select(answer.c.part, answer.c.text).where(
        answer.c.round_id == round_id, answer.c.person_id == person_id, answer.c.undone_at.is_(None)
    )
    return {Part(row.part): row.text for row in tx.execute(query.order_by(answer.c.id))}


def last_answered(tx: Connection, cohort_id: int, person_id: int) -> Round | None:
    """The newest round of a cohort that somebody has answered."""
    theirs = (
        select(answer.c.id)
        .where(
            answer.c.round_id == round_.c.id,
            answer.c.person_id == person_id,
            answer.c.undone_at.is_(None),
        )
        .exists()
    )
    return _first(tx, round_.c.cohort_id == cohort_id, theirs)


@dataclass(frozen=True, slots=True)
class Said:
    """A part of somebody's answer that counts: not undone, and not said anew since."""

    person_id: int
    part: Part
    text: str | None
    private: bool
    at: datetime
    log_channel: str | None
    log_day: date | None
    log_line: int | None

    def line(self, network: str) -> LogAddress | None:
        """Where it stands in the channel log of its cohort's network."""
        if self.log_channel is None or self.log_day is None or self.log_line is None:
            return None
        return LogAddress(network, self.log_channel, self.log_day, self.log_line)


def said_in(tx: Connection, round_id: int) -> list[Said]:
    """Every part of every answer to a round that counts, in the order in which people first answered."""
    columns = [answer.c[field.name] for field in fields(Said)]
    query = select(*columns).where(answer.c.round_id == round_id, answer.c.undone_at.is_(None))
    newest: dict[tuple[int, Part], Said] = {}
    for row in tx.execute(query.order_by(answer.c.id)):
        one = Said(**dict(row._mapping) | {"part": Part(row.part)})
        newest[one.person_id, one.part] = one
    first = {person: place for place, (person, _) in reversed(list(enumerate(newest)))}
    return sorted(newest.values(), key=lambda one: first[one.person_id])


def channel_answers(tx: Connection, person_id: int) -> int:
    """In how many lines somebody has ever answered in a channel, those taken back included."""
    query = select(func.count(answer.c.msgid.distinct())).where(
        answer.c.person_id == person_id, answer.c.private.is_(False), answer.c.continues.is_(None)
    )
    return int(tx.scalar(query) or 0)
