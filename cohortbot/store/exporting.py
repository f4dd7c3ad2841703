"""All that the tables hold of a person, row by row, in words of this programme and not of its database."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Column, select
from sqlalchemy.engine import Connection

from cohortbot.store import tables as t

# What each part of the file is, by the column that says whose row it is.
_PARTS: tuple[tuple[str, Column[Any]], ...] = (
    ("person", t.person.c.id),
    ("identities", t.identity.c.person_id),
    ("memberships", t.membership.c.person_id),
    ("asked_in", t.roster.c.person_id),
    ("answers", t.answer.c.person_id),
    ("held_answers", t.held_answer.c.person_id),
    ("blockers", t.blocker.c.person_id),
    ("blocker_steps", t.step.c.person_id),
    ("badges", t.award.c.person_id),
    ("absences", t.away.c.person_id),
    ("covers", t.cover.c.person_id),
    ("days_off", t.day_off.c.by_id),
    ("announcements", t.announcement.c.by_id),
    ("questions", t.question.c.person_id),
    ("reports", t.report.c.person_id),
    ("links", t.session.c.person_id),
    ("deeds", t.event.c.by_id),
    ("deeds_of_others", t.event.c.person_id),
    ("letters", t.outbox.c.person_id),
)
# Means of getting in, ids of the machine, and of other people.
_NEVER = frozenset(
    {"claim_word", "claim_until", "connection", "digest", "token", "key", "msgid", "continues", "detail"}
    | {"subject", "account_key", "nick_key", "in_file"}
)


def of(tx: Connection, person_id: int) -> dict[str, list[dict[str, Any]]]:
    """By part, its rows, the oldest first: times as ISO 8601 in UTC, cohorts by name, rounds by number."""
    slugs = {row.id: row.slug for row in tx.execute(select(t.cohort.c.id, t.cohort.c.slug))}
    rounds: dict[int, tuple[str, int]] = {}
    mine = (
        select(t.roster.c.round_id)
        .where(t.roster.c.person_id == person_id)
        .union(select(t.answer.c.round_id).where(t.answer.c.person_id == person_id))
    )
    for row in tx.execute(select(t.round_).where(t.round_.c.id.in_(mine))):
        rounds[row.id] = (slugs[row.cohort_id], row.number)
    return {
        part: [
            _row(row._mapping, owner.table, slugs, rounds)
            for row in tx.execute(
                select(owner.table).where(owner == person_id).order_by(*owner.table.primary_key)
            )
        ]
        for part, owner in _PARTS
    }


def _row(row: Any, table: Any, slugs: dict[int, str], rounds: dict[int, tuple[str, int]]) -> dict[str, Any]:
    shown: dict[str, Any] = {}
    for column in table.columns:
        value = row[column.name]
        match column.name:
            case "cohort_id":
                shown["cohort"] = slugs.get(value)
            case "round_id":
                cohort, number = rounds.get(value, (None, None))
                shown["round"] = number
                shown.setdefault("cohort", cohort)
            case "blocker_id":
                shown["blocker"] = value
            case name if name in _NEVER or column.foreign_keys or (name == "id" and table is not t.blocker):
                pass
            case name:
                shown[name] = _plain(value)
    return shown


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='seconds')}Z"
    return value.isoformat() if isinstance(value, date) else value
