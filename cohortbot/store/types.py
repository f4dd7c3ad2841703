"""The one column type of ours: an instant, which goes in aware and comes back in UTC on both databases."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy import DateTime
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

if TYPE_CHECKING:
    _Instant = TypeDecorator[datetime]
else:
    _Instant = TypeDecorator  # SQLAlchemy 1.4 is generic in its stubs alone


class UtcDateTime(_Instant):
    """An instant, to the microsecond: `timestamptz` on PostgreSQL, sortable UTC text on SQLite.

    A naive datetime is refused with ValueError; an aware one may be in any zone. What comes back is always
    aware and in UTC. (A plain `DateTime(timezone=True)` comes back naive from SQLite and in the session's
    zone from PostgreSQL.)
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    @property
    def python_type(self) -> type[datetime]:
        return datetime

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.utcoffset() is None:
            raise ValueError(f"{value!r} has no time zone: an instant in the database must be aware")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
