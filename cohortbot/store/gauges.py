"""How the bot of each network is: one row a network, written by the bot, read by the site."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.engine import Connection

from cohortbot.store.inserting import insert_new
from cohortbot.store.tables import gauge


@dataclass(frozen=True, slots=True)
class Gauge:
    """How a network's bot was at the instant `at`: written every 10 s while it lives."""

    network: str
    at: datetime
    connected_since: datetime | None
    last_tick: datetime | None
    queued: int
    reconnects: int
    errors: int


_FIELDS = [gauge.c[field.name] for field in fields(Gauge)]


def all_of(tx: Connection) -> list[Gauge]:
    """One a network whose bot has ever run, in the order of their names."""
    return [Gauge(*row) for row in tx.execute(select(*_FIELDS).order_by(gauge.c.network))]


def put(tx: Connection, network: str, now: datetime, **values: object) -> None:
    """Write these values and leave the others as they were; a first row is of the instant `now`."""
    insert_new(tx, gauge, network=network, at=now, queued=0, reconnects=0, errors=0)
    tx.execute(update(gauge).where(gauge.c.network == network).values(**values))
