"""The lease of each network, its holder's signs of life, and the bots that wait for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import timedelta

from sqlalchemy import delete, insert, literal, select, update
from sqlalchemy.engine import Connection, Row

from cohortbot.domain.lease import Lease, Place
from cohortbot.store.engine import Fenced
from cohortbot.store.inserting import insert_new
from cohortbot.store.tables import lease, pulse, standby

_PLACE = tuple(Place.__dataclass_fields__)


def of(tx: Connection, network: str) -> Lease | None:
    """None before the network's first bot."""
    query = (
        select(lease, pulse.c.beats, pulse.c.lasts)
        .join_from(lease, pulse, pulse.c.network == lease.c.network)
        .where(lease.c.network == network)
    )
    row = tx.execute(query).first()
    return _lease(row) if row is not None else None


def _lease(row: Row) -> Lease:
    return Lease(row.epoch, row.beats, timedelta(seconds=row.lasts), row.held, _place(row))


def _place(row: Row) -> Place:
    return Place(*(row._mapping[name] for name in _PLACE))


def take(tx: Connection, network: str, seen: Lease | None, mine: Place, lasts: timedelta) -> int | None:
    """The new epoch; None if the lease is not as it was `seen` any more.

    What the former holder has open in the database ends first, and whatever it tries later is `Fenced`.
    """
    seconds = int(lasts.total_seconds())
    if seen is None:
        if not insert_new(tx, lease, network=network, epoch=1, held=True, **asdict(mine)):
            return None
        tx.execute(insert(pulse).values(network=network, epoch=1, beats=0, lasts=seconds))
        return 1
    # In this order: a renewal then waits for us, or we for it, and whoever is second knows.
    as_seen = (pulse.c.network == network, pulse.c.epoch == seen.epoch, pulse.c.beats == seen.beats)
    epoch = seen.epoch + 1
    raised = tx.execute(update(pulse).where(*as_seen).values(epoch=epoch, beats=0, lasts=seconds))
    if raised.rowcount == 0:
        return None
    tx.execute(update(lease).where(lease.c.network == network).values(epoch=epoch, held=True, **asdict(mine)))
    return epoch


def renew(tx: Connection, network: str, epoch: int, lasts: timedelta) -> bool:
    """A sign of life; False when another has the lease by now."""
    mine = (pulse.c.network == network, pulse.c.epoch == epoch)
    values = {"beats": pulse.c.beats + 1, "lasts": int(lasts.total_seconds())}
    return tx.execute(update(pulse).where(*mine).values(values)).rowcount == 1


def give_back(tx: Connection, network: str, epoch: int) -> None:
    """Whoever waits may take it at once."""
    mine = (lease.c.network == network, lease.c.epoch == epoch)
    tx.execute(update(lease).where(*mine).values(held=False))


def fence(network: str, epoch: int) -> Callable[[Connection], None]:
    """To be called at the beginning of each transaction of a holder: `Fenced` when it is not that any more.

    The lease cannot be taken over before the transaction has ended.
    """
    mine = (lease.c.network == network, lease.c.epoch == epoch)
    query = select(literal(1)).select_from(lease).where(*mine).with_for_update(read=True)

    def guard(tx: Connection) -> None:
        if tx.execute(query).first() is None:
            raise Fenced(f"another bot is on {network} now")

    return guard


def begin_anew(tx: Connection) -> None:
    """Nobody has a lease, and nobody waits for one."""
    tx.execute(update(lease).values(held=False))
    tx.execute(delete(standby))


# --- who waits


def wait(tx: Connection, network: str, mine: Place) -> None:
    """A sign of life of a bot that waits."""
    insert_new(tx, standby, network=network, beats=0, **asdict(mine))
    tx.execute(update(standby).where(standby.c.token == mine.token).values(beats=standby.c.beats + 1))


def waiting(tx: Connection, network: str) -> dict[Place, int]:
    """Who waits, each with the count of its signs of life."""
    query = select(standby).where(standby.c.network == network)
    return {_place(row): row.beats for row in tx.execute(query)}


def wait_no_more(tx: Connection, token: str) -> None:
    tx.execute(delete(standby).where(standby.c.token == token))
