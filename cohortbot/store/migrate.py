"""The schema of a database: which revision it has, and bringing it to the newest."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import timedelta
from importlib.resources import files
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import event, inspect, text
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import DBAPIError

from cohortbot.store.engine import connect, reading, transaction

UPGRADE_DEADLINE = timedelta(minutes=5)  # so long a second upgrade waits for the first


class SchemaError(Exception):
    """The schema is not the one that this cohortbot needs; the text says which it is, and what to do."""


@dataclass(frozen=True, slots=True)
class Status:
    """The database's revision, None before the first; the newest of this cohortbot; whether it knows both."""

    current: str | None
    head: str
    known: bool

    @property
    def is_current(self) -> bool:
        return self.current == self.head


def status(engine: Engine) -> Status:
    """How the schema of the database stands; Away if it cannot be reached. A missing file stays missing."""
    if _is_missing_file(engine):
        return _status_of(None)
    with reading(engine) as tx:
        return _status_of(_revision(tx))


def require_current(engine: Engine) -> None:
    """SchemaError unless the schema is exactly the one that this cohortbot needs."""
    found = status(engine)
    if not found.known:
        raise _from_a_newer_one(found)
    if found.current is None:
        raise SchemaError("the database is empty: run `cohortbot db upgrade`")
    if not found.is_current:
        raise SchemaError(
            f"the database has schema {found.current}, this cohortbot needs {found.head}: "
            "run `cohortbot db backup FILE`, then `cohortbot db upgrade`"
        )


def upgrade(url: str) -> Status:
    """Bring the database at `url` to the newest schema, in one transaction, and say how it stood before.

    One that is there already is left alone. Of several upgrades at a time one works and the others wait for
    it. SchemaError, and nothing changed, for a schema that this cohortbot does not know, and for a database
    that somebody else's tables live in.
    """
    engine = connect(url)
    try:
        _prepare(engine)
        return transaction(engine, _upgrade, deadline=UPGRADE_DEADLINE)
    finally:
        engine.dispose()


def has_tables(tx: Connection) -> bool:
    """Whether anything lives in this database already."""
    return bool(set(inspect(tx).get_table_names()) - {"alembic_version"})


def _prepare(engine: Engine) -> None:
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _leave_foreign_keys_alone)
        return
    # The table that upgrades take turns at must be there before the first of them. Another may make it at
    # this very moment, and PostgreSQL then fails for its name, or its type's, in spite of IF NOT EXISTS.
    try:
        transaction(engine, lambda tx: tx.execute(text(_VERSION_TABLE)))
    except DBAPIError as fault:
        if getattr(fault.orig, "pgcode", None) not in _MADE_BY_ANOTHER:
            raise


_MADE_BY_ANOTHER = frozenset({"42P07", "42710", "23505"})  # a table, an object, a row of such a name is there

# As Alembic itself makes it.
_VERSION_TABLE = (
    "CREATE TABLE IF NOT EXISTS alembic_version"
    " (version_num VARCHAR(32) NOT NULL, CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))"
)


def _leave_foreign_keys_alone(connection: sqlite3.Connection, _record: object) -> None:
    # SQLite alters a table by making it anew; dropping the old one would count as deleting its rows.
    connection.execute("PRAGMA foreign_keys = OFF")


def _upgrade(tx: Connection) -> Status:
    if tx.dialect.name == "postgresql":
        tx.execute(text("LOCK TABLE alembic_version IN ACCESS EXCLUSIVE MODE"))
    before = _status_of(_revision(tx))
    if not before.known:
        raise _from_a_newer_one(before)
    if before.current is None and has_tables(tx):
        raise SchemaError("the database has tables that are not cohortbot's: give it one of its own")
    command.upgrade(_config(tx), "head")
    if tx.dialect.name == "sqlite" and (dangling := tx.exec_driver_sql("PRAGMA foreign_key_check").first()):
        raise SchemaError(
            f"the upgrade would leave a row of {dangling[0]} that refers to none in {dangling[2]}"
        )
    return before


def _from_a_newer_one(found: Status) -> SchemaError:
    return SchemaError(
        f"the database has schema {found.current}, which this cohortbot (schema {found.head}) does not know: "
        "a newer one ran `cohortbot db upgrade` on it. Install that one, or restore a backup from before"
    )


def _status_of(revision: str | None) -> Status:
    scripts = ScriptDirectory.from_config(_config())
    head = scripts.get_current_head()
    assert head is not None, "the package has no migrations"
    known = revision is None or revision in {script.revision for script in scripts.walk_revisions()}
    return Status(revision, head, known)


def _config(tx: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(files("cohortbot.migrations")).replace("%", "%%"))
    config.attributes["connection"] = tx
    return config


def _revision(tx: Connection) -> str | None:
    return MigrationContext.configure(tx).get_current_revision()


def _is_missing_file(engine: Engine) -> bool:
    return engine.dialect.name == "sqlite" and not Path(str(engine.url.database)).exists()
