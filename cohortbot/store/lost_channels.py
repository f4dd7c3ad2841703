"""Channels that the bot should be in and is not: one row a loss, kept when it is over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select, update
from sqlalchemy.engine import Connection, Row

from cohortbot.domain.hearing import Loss, Why
from cohortbot.store.inserting import insert_new
from cohortbot.store.tables import lost_channel


@dataclass(frozen=True, slots=True)
class LostChannel:
    """`told` is the reason that organizers were told of last, None before."""

    id: int
    network: str
    loss: Loss
    told: Why | None


_COLUMNS = [lost_channel.c[name] for name in ("id", "network", "channel", "why", "since", "until", "told")]


def _from(row: Row) -> LostChannel:
    told = Why(row.told) if row.told is not None else None
    return LostChannel(row.id, row.network, Loss(row.channel, Why(row.why), row.since, row.until), told)


def by_id(tx: Connection, row_id: int) -> LostChannel:
    return _from(tx.execute(select(*_COLUMNS).where(lost_channel.c.id == row_id)).one())


def lasting(tx: Connection, network: str | None = None) -> list[LostChannel]:
    """Those that last, of one network or of all, the oldest first."""
    query = select(*_COLUMNS).where(lost_channel.c.until.is_(None)).order_by(lost_channel.c.id)
    if network is not None:
        query = query.where(lost_channel.c.network == network)
    return [_from(row) for row in tx.execute(query)]


def begin(tx: Connection, network: str, loss: Loss) -> LostChannel:
    """A loss as it is kept: this very one, or the one of its channel that lasts already, or a new one."""
    where = (lost_channel.c.network == network, lost_channel.c.channel == loss.channel)
    known = or_(lost_channel.c.since == loss.since, lost_channel.c.until.is_(None))
    query = select(*_COLUMNS).where(*where, known).order_by(lost_channel.c.id.desc()).limit(1)
    if tx.execute(query).first() is None:
        values = {"channel": loss.channel, "why": str(loss.why), "since": loss.since}
        insert_new(tx, lost_channel, network=network, **values)
    return _from(tx.execute(query).one())


def change(tx: Connection, row_id: int, why: Why) -> None:
    """Another reason keeps us out now."""
    tx.execute(update(lost_channel).where(lost_channel.c.id == row_id).values(why=str(why)))


def end(tx: Connection, row_id: int, until: datetime) -> None:
    tx.execute(update(lost_channel).where(lost_channel.c.id == row_id).values(until=until))


def tell(tx: Connection, ids: Sequence[int]) -> None:
    """Organizers are told of these, with their present reasons."""
    tx.execute(update(lost_channel).where(lost_channel.c.id.in_(ids)).values(told=lost_channel.c.why))
