"""`cohortbot db`: the schema of the database, its backup and its return from one."""

from __future__ import annotations

import sys
from collections.abc import Callable

from sqlalchemy.exc import SQLAlchemyError

from cohortbot.store import migrate
from cohortbot.store.engine import Away, DatabaseUrlError, connect

OK, FAILED = 0, 1


def upgrade(url: str) -> int:
    """Bring the schema to the newest, and say from where to where."""
    return _said(lambda: _upgrade(url))


def status(url: str) -> int:
    """Say which schema the database has; 1 if it is not the one that `run` needs."""
    return _said(lambda: _status(url))


def _upgrade(url: str) -> int:
    before = migrate.upgrade(url)
    if before.is_current:
        print(f"the database has schema {before.head} already, the newest")
    else:
        print(f"the database has schema {before.head} now; it had {before.current or 'none'}")
    return OK


def _status(url: str) -> int:
    engine = connect(url)
    try:
        migrate.require_current(engine)
        print(f"the database has schema {migrate.status(engine).head}, the newest")
        return OK
    finally:
        engine.dispose()


def _said(work: Callable[[], int]) -> int:
    """The exit code of `work`; what its faults have to say goes to stderr, without SQL and its parameters."""
    try:
        return work()
    except (migrate.SchemaError, DatabaseUrlError) as error:
        said = str(error)
    except Away as error:
        said = f"the database cannot be reached: {error}"
    except SQLAlchemyError as error:
        said = f"the database cannot be used: {getattr(error, 'orig', error)}"
    print(f"database.url: {said.strip()}", file=sys.stderr)
    return FAILED
