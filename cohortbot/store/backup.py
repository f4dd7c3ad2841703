"""A copy of the whole database while the bot runs, and back from it into an empty place."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import inspect
from sqlalchemy.engine import Connection, Engine

from cohortbot.store import leases
from cohortbot.store.engine import connect, reading, transaction

# The first bytes of a file: sqlite.org/fileformat2.html, section 1.3; pg_dump's custom format.
_KINDS = {b"SQLite format 3\x00": "sqlite", b"PGDMP": "postgresql"}
_NAMES = {"sqlite": "an SQLite database", "postgresql": "a PostgreSQL database"}


class BackupError(Exception):
    """Nothing was backed up or restored; the text says why, and what to do, and holds no password."""


def backup(url: str, file: Path) -> None:
    """Write the database at `url`, as it is at one instant, to `file`; who writes meanwhile need not wait.

    An SQLite file by SQLite's online backup, PostgreSQL by `pg_dump` in its custom format. What stood under
    the name is replaced once the new file is whole and on the disk; only its owner may read it.
    """
    engine = connect(url)
    try:
        with _whole(file) as part:
            _SAVE[engine.dialect.name](engine, part, file)
    finally:
        engine.dispose()


def restore(url: str, file: Path) -> None:
    """Fill the database at `url` from a backup of the same kind of database, whole or not at all.

    BackupError, and nothing changed, where any table is there already, and for a file that is no such backup.
    The schema comes back as it was: an older one wants `cohortbot db upgrade`.
    """
    engine = connect(url)
    try:
        _expect(file, engine.dialect.name)
        with reading(engine) as tx:
            if inspect(tx).get_table_names():
                raise BackupError(
                    "the database is not empty: restore into a new one, then point the bot at it"
                )
        _LOAD[engine.dialect.name](engine, file)
        transaction(engine, _without_bots)
    finally:
        engine.dispose()


def _without_bots(tx: Connection) -> None:
    """Whoever was on the network with the database that was saved is not there with this one."""
    if inspect(tx).has_table("lease"):  # an older one has none
        leases.begin_anew(tx)


def _save_sqlite(engine: Engine, part: Path, file: Path) -> None:
    database = Path(str(engine.url.database))
    if not database.exists():
        raise BackupError(f"there is no database {database}")
    if file.exists() and file.samefile(database):
        raise BackupError(f"{file} is the database itself")
    with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(part)) as target:
        source.backup(target)
        # Whoever opens the copy needs no write-ahead log beside it.
        target.execute("PRAGMA journal_mode = DELETE")


def _load_sqlite(engine: Engine, file: Path) -> None:
    with (
        closing(sqlite3.connect(file)) as source,
        closing(sqlite3.connect(str(engine.url.database))) as target,
    ):
        try:
            damage = source.execute("PRAGMA integrity_check(1)").fetchone()[0]
        except sqlite3.DatabaseError as fault:
            damage = str(fault)
        if damage != "ok":
            raise BackupError(f"{file} is damaged: {damage}")
        source.backup(target)


def _save_postgres(engine: Engine, part: Path, _file: Path) -> None:
    _run(engine, "pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={part}")


def _load_postgres(engine: Engine, file: Path) -> None:
    how = ("--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges")
    _run(engine, "pg_restore", *how, str(file.absolute()))


_SAVE = {"sqlite": _save_sqlite, "postgresql": _save_postgres}
_LOAD = {"sqlite": _load_sqlite, "postgresql": _load_postgres}


def _run(engine: Engine, program: str, *words: str) -> None:
    """Run one of PostgreSQL's programs on the database; the password goes by the environment, not to `ps`."""
    parameters = {**engine.dialect.create_connect_args(engine.url)[1]}
    password = parameters.pop("password", None)
    environment = os.environ if password is None else {**os.environ, "PGPASSWORD": password}
    parameters["dbname"] = parameters.pop("database")
    command = [program, f"--dbname={_conninfo(parameters)}", "--no-password", *words]
    try:
        done = subprocess.run(command, env=environment, stderr=subprocess.PIPE, text=True, check=False)
    except FileNotFoundError as fault:
        raise BackupError(f"{program} is missing: install PostgreSQL's client (postgresql-client)") from fault
    if done.returncode != 0:
        raise BackupError(done.stderr.strip() or f"{program} failed with {done.returncode}")


def _conninfo(parameters: dict[str, object]) -> str:
    """libpq's connection string (PostgreSQL 15, section 34.1.1.1)."""
    quoted = {
        name: str(value).replace("\\", "\\\\").replace("'", "\\'") for name, value in parameters.items()
    }
    return " ".join(f"{name}='{value}'" for name, value in quoted.items())


def _expect(file: Path, kind: str) -> None:
    try:
        with file.open("rb") as opened:
            beginning = opened.read(16)
    except OSError as fault:
        raise BackupError(f"{file}: {fault.strerror}") from fault
    found = next((each for magic, each in _KINDS.items() if beginning.startswith(magic)), None)
    if found is None:
        raise BackupError(f"{file} is not a backup")
    if found != kind:
        raise BackupError(f"{file} is a backup of {_NAMES[found]}, and this is {_NAMES[kind]}")


@contextmanager
def _whole(file: Path) -> Iterator[Path]:
    """A file for its owner alone that takes the place of `file` once it is whole and on the disk."""
    try:
        handle, name = tempfile.mkstemp(dir=file.absolute().parent, prefix=f".{file.name}.")
    except OSError as fault:
        raise BackupError(f"{file}: {fault.strerror}") from fault
    part = Path(name)
    try:
        yield part
        os.fsync(handle)
        part.replace(file)
        _sync_folder(file.absolute().parent)
    finally:
        os.close(handle)
        part.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
