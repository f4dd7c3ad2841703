"""What a log cannot hear: kept for /status, and told to organizers when it begins and when it ends."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy.engine import Connection

from cohortbot.domain.hearing import ChannelBack, ChannelLost, Loss
from cohortbot.service.app import App
from cohortbot.service.call import organizers
from cohortbot.service.outbox import composes
from cohortbot.service.programme import channels
from cohortbot.store import lost_channels, outbox, people
from cohortbot.store.engine import transaction
from cohortbot.store.lost_channels import LostChannel
from cohortbot.store.outbox import Entry

LOST, BACK = "channel_lost", "channel_back"


def note_channels(app: App, now: datetime, heard: Collection[str], losses: Sequence[Loss]) -> None:
    """Take over what the bot knows of its channels: those it is in, and what was lost, in that order.

    May be called as often as one likes. A loss of a channel that nobody wants any more is dropped; one that
    an earlier run of the bot left behind ends when the channel is heard.
    """
    wanted = {name for name, _ in channels(app)}
    transaction(app.engine, lambda tx: _note(app, tx, now, wanted, heard, losses))


def _note(
    app: App,
    tx: Connection,
    now: datetime,
    wanted: Collection[str],
    heard: Collection[str],
    losses: Sequence[Loss],
) -> None:
    for loss in losses:
        known = lost_channels.begin(tx, app.network, loss)
        if known.loss.until is not None:
            continue  # taken over before
        if known.loss.why is not loss.why:
            lost_channels.change(tx, known.id, loss.why)
        if loss.until is not None:
            _end(app, tx, now, known, loss.until)
    for known in lost_channels.lasting(tx, app.network):
        if known.loss.channel not in wanted:
            lost_channels.end(tx, known.id, now)
        elif known.loss.channel in heard:
            _end(app, tx, now, known, now)
        elif known.told is not known.loss.why and now - known.loss.since >= app.limits.lost_grace:
            lost_channels.tell(tx, [known.id])
            _tell(app, tx, now, LOST, f"{known.id}:{known.loss.why}")


def _end(app: App, tx: Connection, now: datetime, known: LostChannel, until: datetime) -> None:
    lost_channels.end(tx, known.id, until)
    _tell(app, tx, now, BACK, str(known.id))


def _tell(app: App, tx: Connection, now: datetime, kind: str, which: str) -> None:
    for one in organizers(app, tx, now):
        key = f"{kind}:{which}:{one.id}"
        outbox.put(tx, kind, key, network=app.network, now=now, person=one.id, detail=which)


# --- words


def _zone(tx: Connection, entry: Entry) -> str:
    assert entry.person_id is not None  # both kinds are to organizers
    return people.by_id(tx, entry.person_id, entry.network).zone or "UTC"


@composes(LOST)
def lost(_app: App, tx: Connection, entry: Entry) -> ChannelLost | None:
    """None when it is over, or for another reason by now: that is told by a word of its own."""
    row, _, why = (entry.detail or "").partition(":")
    known = lost_channels.by_id(tx, int(row))
    if known.loss.until is not None or known.loss.why != why:
        return None
    return ChannelLost(known.loss, _zone(tx, entry))


@composes(BACK)
def back(_app: App, tx: Connection, entry: Entry) -> ChannelBack:
    return ChannelBack(lost_channels.by_id(tx, int(entry.detail or 0)).loss, _zone(tx, entry))
