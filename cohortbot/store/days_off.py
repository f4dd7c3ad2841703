"""Days off: dates on which no cohort of a network has a check-in, from the config and from chat."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import Column, String, delete, insert, select, update
from sqlalchemy.engine import Connection
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql import functions
from sqlalchemy.sql.compiler import SQLCompiler

from cohortbot.store.tables import day_off


@dataclass(frozen=True, slots=True)
class DayOff:
    day: date
    why: str | None


if TYPE_CHECKING:
    _Function = functions.FunctionElement[String]
else:
    _Function = functions.FunctionElement  # SQLAlchemy 1.4 is generic in its stubs alone


class _Listed(_Function):
    """The values of a column, between commas: SQL has no one name for it."""

    type = String()
    inherit_cache = True


@compiles(_Listed, "sqlite")  # type: ignore[untyped-decorator]
def _group_concat(element: _Listed, compiler: SQLCompiler, **kw: Any) -> str:
    return f"group_concat({compiler.process(element.clauses, **kw)}, ',')"


@compiles(_Listed, "postgresql")  # type: ignore[untyped-decorator]
def _string_agg(element: _Listed, compiler: SQLCompiler, **kw: Any) -> str:
    return f"string_agg(CAST({compiler.process(element.clauses, **kw)} AS VARCHAR), ',')"


def of_each(network: Column[String]) -> Any:
    """For a query over rows that name a network: its days off as one text; `read` makes dates of it."""
    off = (day_off.c.network == network, day_off.c.off.is_(True))
    return select(_Listed(day_off.c.day)).where(*off).scalar_subquery()


def read(listed: str | None) -> frozenset[date]:
    return frozenset(map(date.fromisoformat, listed.split(","))) if listed else frozenset()


def of(tx: Connection, network: str) -> list[DayOff]:
    """A network's days off, past ones too, oldest first."""
    off = (day_off.c.network == network, day_off.c.off.is_(True))
    query = select(day_off.c.day, day_off.c.why).where(*off).order_by(day_off.c.day)
    return [DayOff(row.day, row.why) for row in tx.execute(query)]


def put(
    tx: Connection, network: str, days: Collection[date], *, off: bool, by: int | None, why: str | None
) -> list[date]:
    """Make dates days off, or none any more; those that were not so before, oldest first."""
    known = {row.day: row.off for row in _rows(tx, network)}
    changed = sorted(day for day in days if known.get(day, False) is not off)
    for day in changed:
        if day in known:
            where = (day_off.c.network == network, day_off.c.day == day)
            tx.execute(update(day_off).where(*where).values(off=off, by_id=by, why=why))
        else:
            _add(tx, network, day, off=off, in_file=False, by=by, why=why)
    return changed


def were_in_file(tx: Connection, network: str, days: Collection[date]) -> list[date]:
    """Carry out what is new in the config: a date that came is a day off, one that went is none any more.

    Of the others what was said in chat holds. The dates that changed, oldest first.
    """
    before = {row.day: row for row in _rows(tx, network)}
    came = [day for day in days if day not in before or not before[day].in_file]
    went = [day for day, row in before.items() if row.in_file and day not in days]
    changed = [day for day in came if day not in before or not before[day].off]
    changed += [day for day in went if before[day].off]
    touched = (day_off.c.network == network, day_off.c.day.in_([*came, *went]))
    tx.execute(delete(day_off).where(*touched))
    for day in came:
        said = before.get(day)
        by, why = (said.by_id, said.why) if said is not None and said.off else (None, None)
        _add(tx, network, day, off=True, in_file=True, by=by, why=why)
    return sorted(changed)


def edited_in_file(tx: Connection, network: str, days: Collection[date]) -> bool:
    """Whether the config names other dates than when it was last read."""
    return {row.day for row in _rows(tx, network) if row.in_file} != set(days)


def _rows(tx: Connection, network: str) -> Any:
    return tx.execute(select(day_off).where(day_off.c.network == network))


def _add(
    tx: Connection, network: str, day: date, *, off: bool, in_file: bool, by: int | None, why: str | None
) -> None:
    row = {"network": network, "day": day, "off": off, "in_file": in_file, "by_id": by, "why": why}
    tx.execute(insert(day_off).values(**row))
