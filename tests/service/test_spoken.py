"""When people last said something, and where their last line stands that could be quoted."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from support.programme import World, programme

from cohortbot.domain.message import LogAddress
from cohortbot.store.engine import reading
from cohortbot.store.tables import identity, membership, person

DEPLOY = "#cohort-deploy"
A_TICK = timedelta(seconds=5)


@pytest.fixture
def world(tmp_path: Path, ready_url: str) -> World:
    world = programme(tmp_path, ready_url)
    world.say("cy", "join deploy", account="cy")
    world.pass_time(A_TICK)
    return world


def spoke(world: World, nick: str) -> tuple[datetime | None, LogAddress | None]:
    """When `nick` last spoke in a cohort's channel, and where what could be quoted stands."""
    query = select(membership).join(identity, identity.c.person_id == membership.c.person_id)
    with reading(world.app.engine) as tx:
        row = tx.execute(query.where(identity.c.nick == nick)).one()
    line = None if row.log_line is None else LogAddress("labnet", row.log_channel, row.log_day, row.log_line)
    return row.spoke_at, line


def word_at(world: World, nick: str) -> datetime | None:
    query = select(person.c.word_at).join(identity).where(identity.c.nick == nick)
    with reading(world.app.engine) as tx:
        return tx.scalar(query)


def test_talk_in_the_cohorts_channel_is_noted_and_a_line_of_five_words_can_be_found_again(
    world: World,
) -> None:
    line = world.chat("cy", "the volume service starts at last", channel=DEPLOY)
    world.pass_time(A_TICK)
    world.chat("cy", "hooray", channel=DEPLOY)
    later = world.now
    world.pass_time(A_TICK)
    assert spoke(world, "cy") == (later, line)


def test_a_private_command_is_a_word_but_none_in_the_channel(world: World) -> None:
    world.say("cy", "me")
    said = world.now
    world.pass_time(A_TICK)
    assert word_at(world, "cy") == said
    assert spoke(world, "cy") == (None, None)


def test_who_talks_under_the_nick_of_somebody_proven_is_not_taken_for_them(world: World) -> None:
    world.wire.gone("cy")
    world.chat("cy", "I am surely the real cy", channel=DEPLOY)
    world.pass_time(A_TICK)
    assert spoke(world, "cy") == (None, None)


def test_chat_of_people_in_no_cohort_is_nobodys(world: World) -> None:
    world.chat("zoe", "nice weather here today again", channel=DEPLOY)
    world.pass_time(A_TICK)
    assert word_at(world, "zoe") is None
