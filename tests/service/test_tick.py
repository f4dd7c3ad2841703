"""The clock's duties leave word that they were done: the site shows when the bot last looked at the clock."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from support.programme import programme

from cohortbot import service
from cohortbot.store import gauges
from cohortbot.store.engine import reading


def test_every_tick_is_noted_beside_what_the_connection_tells(tmp_path: Path, ready_url: str) -> None:
    world = programme(tmp_path, ready_url)
    service.note_gauges(world.app, world.now, world.now, queued=3, reconnects=1, errors=0)
    begun = world.now
    world.pass_time(timedelta(hours=1))
    with reading(world.app.engine) as tx:
        [gauge] = gauges.all_of(tx)
    assert (gauge.last_tick, gauge.at) == (begun + timedelta(hours=1), begun)
    assert (gauge.queued, gauge.reconnects) == (3, 1)
