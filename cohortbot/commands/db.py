"""`cohortbot db`: the schema of the database, its backup and its return from one."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from cohortbot.commands.database import FAULTS, sentence
from cohortbot.store import backup as keeping
from cohortbot.store import migrate
from cohortbot.store.engine import connect

OK, FAILED = 0, 1


def upgrade(url: str) -> int:
    """Bring the schema to the newest, and say from where to where."""
    return _told(lambda: _upgrade(url))


def status(url: str) -> int:
    """Say which schema the database has; 1 if it is not the one that `run` needs."""
    return _told(lambda: _status(url))


def backup(url: str, file: Path) -> int:
    """Write the whole database to a file, while the bot runs or not."""
    return _told(lambda: _backup(url, file))


def restore(url: str, file: Path) -> int:
    """Fill an empty database from a backup."""
    return _told(lambda: _restore(url, file))


def _upgrade(url: str) -> None:
    before = migrate.upgrade(url)
    if before.is_current:
        print(f"the database has schema {before.head} already, the newest")
    else:
        print(f"the database has schema {before.head} now; it had {before.current or 'none'}")


def _status(url: str) -> None:
    engine = connect(url)
    try:
        migrate.require_current(engine)
        print(f"the database has schema {migrate.status(engine).head}, the newest")
    finally:
        engine.dispose()


def _backup(url: str, file: Path) -> None:
    keeping.backup(url, file)
    print(f"the database is in {file}, as it was just now; only you may read it")


def _restore(url: str, file: Path) -> None:
    keeping.restore(url, file)
    print(f"the database is as it was in {file}")
    _status(url)


def _told(work: Callable[[], None]) -> int:
    """0, or 1 and what went wrong on stderr."""
    try:
        work()
    except FAULTS as error:
        print(f"database: {sentence(error)}", file=sys.stderr)
        return FAILED
    return OK
