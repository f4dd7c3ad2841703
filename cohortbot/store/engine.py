"""The way to the database: its settings, and the one place that opens a transaction and tries it again."""

from __future__ import annotations

import logging
import random
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Lock
from typing import Any, Generic, TypeVar

from sqlalchemy import create_engine, event, func, select
from sqlalchemy.engine import URL, Connection, Engine, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import QueuePool

from cohortbot.clock import Clock

log = logging.getLogger(__name__)
T = TypeVar("T")

LOCK_WAIT = timedelta(seconds=5)  # one try waits so long for another's lock
DEADLINE = timedelta(seconds=30)  # product.md section 3: «database unreachable for 30 s»
WAIT_NOTICE = timedelta(seconds=1)  # a shorter wait is not worth a word to anybody
_FIRST_PAUSE = 0.05  # seconds before the second try; each pause is twice the one before
_LONGEST_PAUSE = 1.0  # seconds

# Measured with a cable pulled: without the last a silent network holds a statement for over 45 s, both ways.
_POSTGRES = {
    "connect_timeout": "3",  # seconds
    "keepalives_idle": "5",
    "keepalives_interval": "2",
    "keepalives_count": "3",
    "tcp_user_timeout": "8000",  # milliseconds
    "application_name": "cohortbot",
    "options": "-c lock_timeout=5s -c idle_in_transaction_session_timeout=10s",
}

# PostgreSQL, appendix A. The server goes, comes, is a standby by now, or has waited for us too long …
_GOING = frozenset({"57P01", "57P02", "57P03", "25006", "25P03"})
# … or took back our work in favour of another's, and all of it, or for want of room on its disk.
_GAVE_WAY = frozenset({"40001", "40P01", "55P03", "53100"})
# The same from SQLite.
_SQLITE_GAVE_WAY = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_FULL})


class DatabaseUrlError(ValueError):
    """The URL names no database that can be used; the text says what would be right, never the password."""


class Away(Exception):
    """The database could not be reached, or was not to be had, until the deadline.

    `commit_unknown`: a COMMIT was under way when it went, so the work may have been done all the same;
    otherwise nothing was changed.
    """

    def __init__(self, commit_unknown: bool, reason: str) -> None:
        super().__init__(reason)
        self.commit_unknown = commit_unknown


class Fenced(Exception):
    """Another process does this work by now: nothing was changed."""


def connect(url: str) -> Engine:
    """The engine of the database at `url`, made ready for several threads; nothing is opened yet.

    `sqlite:///FILE` (write-ahead log, one writer at a time from BEGIN on, foreign keys enforced) or
    `postgresql://…` (psycopg2; several hosts are allowed; what its query says wins over our settings).
    DatabaseUrlError for anything else, for a file in a folder that is not there, and without the `postgres`
    extra.
    """
    try:
        parsed = make_url(url)
    except ArgumentError as fault:
        raise DatabaseUrlError("a database URL is sqlite:///FILE or postgresql://…") from fault
    match parsed.get_backend_name():
        case "sqlite":
            return _sqlite(parsed)
        case "postgresql":
            return _postgres(parsed)
        case other:
            raise DatabaseUrlError(f"{other}: a database URL is sqlite:///FILE or postgresql://…")


def set_fence(engine: Engine, guard: Callable[[Connection], None]) -> None:
    """From now on `guard` is called as each transaction of this engine begins; it may raise Fenced."""
    engine.update_execution_options(fence=guard)


def without_fence(engine: Engine) -> Engine:
    """The same engine, for what must be possible without one."""
    return engine.execution_options(fence=None)


def transaction(
    engine: Engine,
    work: Callable[[Connection], T],
    *,
    deadline: timedelta = DEADLINE,
    on_wait: Callable[[], None] | None = None,
    wait_notice: timedelta = WAIT_NOTICE,
) -> T:
    """Run `work` in one transaction, commit, and return what it returned.

    Where the database is away, or takes our work back for another's or for want of room, the same work is
    run again until the deadline, then Away is raised. So `work` does nothing but read and write through its
    connection, and knows by a name of its own, unique in the database, whether it was done already: a
    COMMIT whose answer was lost may have succeeded. `on_wait` is called once, before the first further try
    that comes `wait_notice` or more after the beginning. Whatever else `work` raises rolls back and passes
    through.
    """
    begun = Clock.monotonic()
    pause = _FIRST_PAUSE
    commit_unknown = False
    while True:
        attempt = _Attempt(engine, work)
        try:
            return attempt.run()
        except DBAPIError as fault:
            if not _may_pass(fault):
                raise
            commit_unknown = commit_unknown or (attempt.committing and _was_cut_off(fault))
            waited = timedelta(seconds=Clock.monotonic() - begun)
            if waited >= deadline:
                raise Away(commit_unknown, _first_line(fault)) from fault
            log.warning("database: %s; trying again", _first_line(fault))
            if _was_cut_off(fault):
                engine.dispose()
        if on_wait is not None and waited >= wait_notice:
            on_wait()
            on_wait = None
        # Not all at once, or those who gave way to each other meet again.
        time.sleep(pause * random.uniform(0.5, 1))
        pause = min(2 * pause, _LONGEST_PAUSE)


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A connection that sees one state of the database as long as it is open, and keeps no writer waiting.

    It is tried once: Away if the database cannot be reached or goes away.
    """
    try:
        with engine.connect().execution_options(**_READING[engine.dialect.name]) as connection:
            yield connection
    except DBAPIError as fault:
        if not _may_pass(fault):
            raise
        if _was_cut_off(fault):
            engine.dispose()
        raise Away(False, _first_line(fault)) from fault
    except (
        PoolTimeout
    ) as fault:  # every connection is in use, and stays so: to the reader that is no database
        raise Away(False, "no connection was free") from fault


_READING: dict[str, dict[str, Any]] = {
    "sqlite": {"sqlite_begin": "BEGIN"},
    "postgresql": {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True},
}


def time_of(engine: Engine) -> datetime:
    """What time it is for everybody on this database: PostgreSQL's own clock, or this machine's for a file.

    Away if it cannot be asked.
    """
    if engine.dialect.name != "postgresql":
        return Clock().now()
    with reading(engine) as tx:
        now: datetime = tx.execute(select(func.clock_timestamp())).scalar_one()
        return now.astimezone(UTC)


class _Attempt(Generic[T]):
    """One try at a unit of work; remembers whether it had come to its COMMIT."""

    def __init__(self, engine: Engine, work: Callable[[Connection], T]) -> None:
        self._engine = engine
        self._work = work
        self.committing = False

    def run(self) -> T:
        with _one_at_a_time(self._engine), self._engine.connect() as connection:
            begun = connection.begin()
            if (guard := connection.get_execution_options().get("fence")) is not None:
                guard(connection)
            result = self._work(connection)
            self.committing = True
            begun.commit()
            return result


@contextmanager
def _one_at_a_time(engine: Engine) -> Iterator[None]:
    """Let the threads of this process take turns at an SQLite file.

    SQLite itself only looks again after 1, 2, 5, 10, 15 ms …: whoever waits for another thread would mostly
    sleep while nobody writes. Another process, or a thread that takes long, is still waited for in its way.
    """
    turn: Lock | None = engine.get_execution_options().get("turn")
    held = turn is not None and turn.acquire(timeout=LOCK_WAIT.total_seconds())
    try:
        yield
    finally:
        if turn is not None and held:
            turn.release()


def _sqlite(url: URL) -> Engine:
    if url.database in (None, "", ":memory:"):
        raise DatabaseUrlError("sqlite:///FILE needs a file: in memory, each thread has its own database")
    if not (folder := Path(str(url.database)).absolute().parent).is_dir():
        raise DatabaseUrlError(f"the folder {folder} of the database does not exist")
    engine = create_engine(
        url,
        future=True,
        # SQLAlchemy 1.4 opens a file anew for each transaction, at 1.6 to 2.8 times the CPU.
        poolclass=QueuePool,
        connect_args={"check_same_thread": False, "timeout": LOCK_WAIT.total_seconds()},
    )
    engine.update_execution_options(turn=Lock())
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    # sqlite3's own BEGIN comes late, before the first write: two who have read then both write.
    connection.isolation_level = None
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA foreign_keys = ON")
    # A commit survives a power cut, too: what was confirmed to a person, or said to a channel, stays done.
    connection.execute("PRAGMA synchronous = FULL")


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get("sqlite_begin", "BEGIN IMMEDIATE"))


def _postgres(url: URL) -> Engine:
    settings = {name: value for name, value in _POSTGRES.items() if name not in url.query}
    try:
        return create_engine(
            url.set(drivername="postgresql+psycopg2"),
            future=True,
            pool_pre_ping=True,
            # 1,000 rounds with their rosters: 0.47 s against 3.2 s row by row.
            executemany_mode="values_only",
            connect_args=settings,
        )
    except ModuleNotFoundError as fault:
        raise DatabaseUrlError("postgresql:// needs psycopg2: pip install 'cohortbot[postgres]'") from fault


def _may_pass(fault: DBAPIError) -> bool:
    """Whether the same work may succeed later: all else is a fault of ours or of the installation."""
    if isinstance(fault.orig, sqlite3.Error):
        return _sqlite_code(fault.orig) in _SQLITE_GAVE_WAY
    return _was_cut_off(fault) or _pgcode(fault) in _GAVE_WAY


def _was_cut_off(fault: DBAPIError) -> bool:
    """Whether the connection is of no more use, so that a COMMIT under way has an outcome nobody told us."""
    if isinstance(fault.orig, sqlite3.Error):
        return False
    if fault.connection_invalidated or _pgcode(fault) in _GOING:
        return True
    return isinstance(fault, OperationalError) and _pgcode(fault) is None


def _pgcode(fault: DBAPIError) -> str | None:
    return getattr(fault.orig, "pgcode", None)


def _sqlite_code(error: sqlite3.Error) -> int:
    # The low byte is the error, the others are its finer kind (sqlite.org/rescode.html).
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def _first_line(fault: DBAPIError) -> str:
    """What the driver said, without SQL and its parameters: they hold what people wrote."""
    return str(fault.orig).strip().partition("\n")[0]
