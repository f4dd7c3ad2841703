"""The clock's duties leave word that they were done: the site shows when the bot last looked at the clock."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from sqlalchemy import func, select
from support.programme import programme

from cohortbot import service
from cohortbot.service import rounds
from cohortbot.store import gauges, tables
from cohortbot.store.engine import reading

WEEKLY = """
c{0}:
  title: One of many
  goal: It is done
  checkin: {{day: thursday, time: "17:00", zone: Europe/Berlin}}
"""


def test_every_tick_is_noted_beside_what_the_connection_tells(tmp_path: Path, ready_url: str) -> None:
    world = programme(tmp_path, ready_url)
    service.note_gauges(world.app, world.now, world.now, queued=3, reconnects=1, errors=0)
    begun = world.now
    world.pass_time(timedelta(hours=1))
    with reading(world.app.engine) as tx:
        [gauge] = gauges.all_of(tx)
    assert (gauge.last_tick, gauge.at) == (begun + timedelta(hours=1), begun)
    assert (gauge.queued, gauge.reconnects) == (3, 1)


def test_more_are_due_at_once_than_one_transaction_opens_and_each_has_its_own_round(
    tmp_path: Path, ready_url: str
) -> None:
    number = 2 * rounds.BATCH + 1
    cohorts = "".join(WEEKLY.format(each) for each in range(number))
    world = programme(tmp_path, ready_url, cohorts=cohorts)
    due = [each for each in range(1, number + 1) if each % 3]  # every third has nobody
    for each in due:
        world.say(f"p{each}", f"join c{each - 1}", account=f"p{each}")
    for days in (0, 7):
        world.pass_time(timedelta(hours=4, days=days))
        world.pass_time(timedelta(seconds=5))
    roster, identity = tables.roster, tables.identity
    opened = (
        select(tables.round_.c.cohort_id, tables.round_.c.number, identity.c.account)
        .join_from(tables.round_, roster)
        .join(identity, identity.c.person_id == roster.c.person_id)
    )
    with reading(world.app.engine) as tx:
        found = sorted(tuple(row) for row in tx.execute(opened))
        prompts = tx.scalar(select(func.count()).where(tables.outbox.c.kind == "prompt"))
    assert found == [(each, week, f"p{each}") for each in due for week in (1, 2)]
    assert prompts == 2 * len(due)
