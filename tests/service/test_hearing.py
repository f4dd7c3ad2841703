"""What a log cannot hear: organizers are told when it begins and when it ends; /status shows it."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from support.programme import World, programme

from cohortbot import service
from cohortbot.domain.hearing import Loss, Why
from cohortbot.service import pages

DEPLOY, PATCH, SECRET = "#cohort-deploy", "#cohort-patch", "#cohort-secret"
GRACE = timedelta(seconds=10)


@pytest.fixture
def world(tmp_path: Path, database_url: str) -> World:
    world = programme(tmp_path, database_url)
    world.say("dora", "me", account="dora")
    return world


def note(world: World, *losses: Loss, heard: tuple[str, ...] = ()) -> list[str]:
    """What the bot knows of its channels; what dora hears then."""
    service.note_channels(world.app, world.now, heard, losses)
    return world.heard("dora")


def lost(
    since: datetime, why: Why = Why.BANNED, channel: str = DEPLOY, until: datetime | None = None
) -> Loss:
    return Loss(channel, why, since, until)


def test_a_channel_lost_is_told_of_once_and_again_when_it_is_back(world: World) -> None:
    began = world.now
    assert note(world, lost(began)) == []
    world.pass_time(GRACE)
    [told] = note(world, lost(began))
    assert "I am not in #cohort-deploy" in told
    assert "Thu 26 Nov 12:00 UTC" in told
    assert "banned" in told
    assert "/mode #cohort-deploy" in told
    world.pass_time(timedelta(minutes=3))
    assert note(world, lost(began)) == []
    over = lost(began, until=world.now)
    [back] = note(world, over)
    assert "I am in #cohort-deploy again" in back
    assert note(world, over) == []  # said twice by a bot that did not know that it was taken over


def test_a_kick_of_a_moment_is_one_line(world: World) -> None:
    began = world.now
    world.pass_time(timedelta(seconds=2))
    [told] = note(world, lost(began, Why.KICKED, until=world.now), heard=(DEPLOY,))
    assert "again" in told and "kicked" in told


def test_another_reason_is_told_and_the_old_one_no_more(world: World) -> None:
    began = world.now
    world.wire.gone("dora")
    world.pass_time(GRACE)
    note(world, lost(began, Why.KICKED))
    note(world, lost(began, Why.BANNED))
    world.say("dora", "me", account="dora")
    [told] = world.heard("dora")
    assert "banned" in told


def test_what_an_earlier_run_left_behind_ends_when_the_channel_is_heard(world: World) -> None:
    world.pass_time(GRACE)
    note(world, lost(world.now - GRACE))
    world.pass_time(timedelta(hours=1))
    [back] = note(world, heard=(DEPLOY,))
    assert "again since Thu 26 Nov 13:00 UTC" in back


def test_a_channel_that_nobody_wants_is_not_missed(world: World) -> None:
    note(world, lost(world.now, channel=PATCH))
    world.say("dora", "cohort archive patch", account="dora")
    assert note(world, lost(world.now, channel=PATCH)) == []
    assert pages.lost_channels(world.app) == []


def test_the_site_knows_what_is_lost_but_not_the_name_of_a_closed_one(world: World) -> None:
    note(world, lost(world.now), lost(world.now, Why.KEY, SECRET))
    assert [(one.channel, one.why) for one in pages.lost_channels(world.app)] == [
        (DEPLOY, Why.BANNED),
        (None, Why.KEY),
    ]
