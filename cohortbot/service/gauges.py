"""How the bot is, kept in the database for the site, which is another process."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.engine import Connection

from cohortbot.service.app import App
from cohortbot.store import people
from cohortbot.store.engine import transaction
from cohortbot.store.inserting import insert_new
from cohortbot.store.tables import gauge


def note_gauges(
    app: App, now: datetime, connected_since: datetime | None, queued: int, reconnects: int, errors: int
) -> None:
    """One row a network, written over each time; `now` proves that the bot lives."""
    values = {
        "at": now,
        "connected_since": connected_since,
        "queued": queued,
        "reconnects": reconnects,
        "errors": errors,
    }
    transaction(app.engine, lambda tx: _put(tx, app.network, values))


def note_tick(app: App, now: datetime) -> None:
    transaction(app.engine, lambda tx: _put(tx, app.network, {"at": now, "last_tick": now}))


def _put(tx: Connection, network: str, values: Mapping[str, object]) -> None:
    insert_new(tx, gauge, network=network, at=values["at"], queued=0, reconnects=0, errors=0)
    tx.execute(update(gauge).where(gauge.c.network == network).values(**values))


def saw_services(app: App) -> None:
    """An account was seen on the network: it has services, for good."""
    transaction(app.engine, lambda tx: people.services_seen(tx, app.network))
