"""Whose turn it is on a network, as the database has it: one transaction each, and none of them fenced.

All of these are tried for a few seconds alone: whoever asks does so again soon.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

from sqlalchemy.engine import Connection

from cohortbot.domain.lease import Lease, Place
from cohortbot.service.app import App
from cohortbot.store import leases
from cohortbot.store.engine import reading, set_fence, transaction, without_fence

T = TypeVar("T")

_TRIED = timedelta(seconds=2)


def look(app: App) -> Lease | None:
    """The lease of the App's network; None before its first bot."""
    with reading(app.engine) as tx:
        return leases.of(tx, app.network)


def take(app: App, seen: Lease | None, mine: Place, lasts: timedelta) -> int | None:
    """The epoch of a lease that is ours from now on; None if somebody did something since it was `seen`.

    From then on every transaction of the App's engine is fenced by it.
    """

    def work(tx: Connection) -> int | None:
        now = leases.of(tx, app.network)
        if now is not None and now.holder == mine and now != seen:
            return now.epoch  # our first try was committed, and we did not hear of it
        epoch = leases.take(tx, app.network, seen, mine, lasts)
        if epoch is not None:
            leases.wait_no_more(tx, mine.token)
        return epoch

    epoch = _run(app, work)
    if epoch is not None:
        set_fence(app.engine, leases.fence(app.network, epoch))
    return epoch


def renew(app: App, epoch: int, lasts: timedelta) -> bool:
    """A sign of life of the holder; False when another has the lease by now."""
    return _run(app, lambda tx: leases.renew(tx, app.network, epoch, lasts))


def give_back(app: App, epoch: int) -> None:
    """The holder leaves: whoever waits may take it at once."""
    _run(app, lambda tx: leases.give_back(tx, app.network, epoch))


def wait(app: App, mine: Place) -> None:
    """A sign of life of one that waits."""
    _run(app, lambda tx: leases.wait(tx, app.network, mine))


def wait_no_more(app: App, token: str) -> None:
    _run(app, lambda tx: leases.wait_no_more(tx, token))


def waiting(app: App) -> dict[Place, int]:
    """Who waits for the App's network, each with the count of its signs of life."""
    with reading(app.engine) as tx:
        return leases.waiting(tx, app.network)


def _run(app: App, work: Callable[[Connection], T]) -> T:
    return transaction(without_fence(app.engine), work, deadline=_TRIED)
