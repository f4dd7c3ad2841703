"""How the bot is, kept in the database for the site, which is another process."""

from __future__ import annotations

from datetime import datetime

from cohortbot.service.app import App
from cohortbot.store import gauges, people
from cohortbot.store.engine import transaction


def note_gauges(
    app: App, now: datetime, connected_since: datetime | None, queued: int, reconnects: int, errors: int
) -> None:
    """One row a network, written over each time; `now` proves that the bot lives."""
    values = {
        "connected_since": connected_since,
        "queued": queued,
        "reconnects": reconnects,
        "errors": errors,
    }
    transaction(app.engine, lambda tx: gauges.put(tx, app.network, now, at=now, **values))


def note_tick(app: App, now: datetime) -> None:
    """That the clock's duties were done at `now`."""
    transaction(app.engine, lambda tx: gauges.put(tx, app.network, now, last_tick=now))


def saw_services(app: App) -> None:
    """An account was seen on the network: it has services, for good."""
    transaction(app.engine, lambda tx: people.services_seen(tx, app.network))
