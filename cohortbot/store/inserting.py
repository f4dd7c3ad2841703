"""Insert what may be there already: the one place that spells ON CONFLICT for each database."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

_INSERTS = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}


def insert_new(tx: Connection, table: Table, **values: Any) -> bool:
    """Insert a row unless it would break a unique promise; False when something like it is there already.

    Another process may be inserting the same in this very moment: then its row is waited for, and counts.
    """
    statement = _INSERTS[tx.dialect.name](table).values(**values).on_conflict_do_nothing()
    return bool(tx.execute(statement).rowcount)
