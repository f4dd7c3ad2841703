"""What an operator is told when the database cannot be used: never SQL, its parameters, or a password."""

from __future__ import annotations

from sqlalchemy.exc import SQLAlchemyError

from cohortbot.store.backup import BackupError
from cohortbot.store.engine import Away, DatabaseUrlError
from cohortbot.store.migrate import SchemaError

FAULTS = (SchemaError, DatabaseUrlError, BackupError, Away, SQLAlchemyError)


def sentence(error: Exception) -> str:
    """One of FAULTS as the operator reads it, on one line."""
    match error:
        case Away():
            return f"cannot be reached: {_first_line(error)}: see database.url, or start it"
        case SQLAlchemyError():
            return f"cannot be used: {_first_line(getattr(error, 'orig', None) or error)}: see database.url"
    return str(error)


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0]
