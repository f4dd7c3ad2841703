"""What a server refuses waits: told of without contents, once a day, and said when it is asked for."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select
from support.programme import World, programme

from cohortbot import service
from cohortbot.domain.message import ToPerson
from cohortbot.store.engine import reading
from cohortbot.store.tables import question

DEPLOY = "#cohort-deploy"
HINT = "cy: I have something for you: /accept cohortbot, then /msg cohortbot missed"


@pytest.fixture
def world(tmp_path: Path, ready_url: str) -> World:
    world = programme(tmp_path, ready_url)
    world.wire.channels[DEPLOY].add("cy")
    return world


def refuse(world: World, code: str, *, partly: bool = False) -> int:
    """The server lets words to channels through and refuses those to cy; how many things those were.

    `partly`: but for their first lines.
    """
    parcels = service.outbox.claim(world.app, world.now, world.wire, [])
    private = [parcel for parcel in parcels if isinstance(parcel.to, ToPerson)]
    for parcel in parcels:
        if parcel in private:
            service.outbox.refused(world.app, parcel, code, world.wire, world.now, partly=partly)
        else:
            service.outbox.sent(world.app, parcel, world.now)
    return len(private)


def test_whose_settings_shut_us_out_is_told_in_the_channel_once_a_day(world: World) -> None:
    world.say("cy", "join deploy patch")
    assert refuse(world, "716") == 2
    assert world.heard(DEPLOY) == [HINT]
    world.pass_time(timedelta(hours=23))
    world.say("cy", "leave patch")
    world.say("cy", "join secret")
    refuse(world, "716")
    assert HINT not in world.heard(DEPLOY)


def test_missed_says_what_waits_and_then_that_nothing_does(world: World) -> None:
    world.say("cy", "join deploy")
    refuse(world, "716")
    assert world.heard("cy") == []
    assert world.say("cy", "missed") == []
    assert world.heard("cy")[0].startswith("welcome to deploy")
    assert world.say("cy", "missed") == ["cy nothing waits for you"]


def test_what_was_on_its_way_when_they_asked_is_tried_again_and_not_kept_until_they_ask_once_more(
    world: World,
) -> None:
    world.say("cy", "join deploy")
    parcels = service.outbox.claim(world.app, world.now, world.wire, [])
    world.say("cy", "missed")
    for parcel in parcels:
        service.outbox.refused(world.app, parcel, "716", world.wire, world.now)
    assert world.heard("cy")[0].startswith("welcome to deploy")


def test_what_was_refused_for_pace_waits_without_a_word_and_is_said_later(world: World) -> None:
    world.say("cy", "join deploy")
    refuse(world, "707")
    assert HINT not in world.heard(DEPLOY)
    assert world.heard("cy")[0].startswith("welcome to deploy")


def test_what_was_refused_half_said_waits_however_often(world: World) -> None:
    world.say("cy", "join deploy")
    for _ in range(3):
        assert refuse(world, "401", partly=True) == 1
    assert world.heard("cy")[0].startswith("again, in case you missed it: welcome to deploy")


def test_who_comes_back_on_another_connection_need_not_ask(world: World) -> None:
    world.say("cy", "join deploy", account="cy")
    refuse(world, "716")
    assert world.heard("cy") == []
    world.wire.gone("cy")
    world.say("cy", "cohorts", account="cy")
    assert world.heard("cy")[0].startswith("welcome to deploy")


def test_of_somebody_who_is_in_no_channel_of_ours_nothing_is_said_anywhere(world: World) -> None:
    world.wire.channels[DEPLOY].discard("cy")
    world.say("cy", "join deploy")
    refuse(world, "477")
    assert not any("something for you" in line for line in world.heard(DEPLOY))


def test_words_of_an_outbox_that_nobody_needs_any_more_are_not_counted_as_missed(world: World) -> None:
    world.say("cy", "join deploy")
    refuse(world, "716")
    world.say("cy", "leave deploy")
    assert world.say("cy", "missed") == ["cy nothing waits for you"]


def test_to_look_at_what_waits_asks_nothing_that_was_not_said(world: World) -> None:
    """A reminder that quotes asks whether to file it; four things wait, and `missed` says three."""
    world.say("cy", "join deploy")
    world.pass_time(timedelta(hours=4))
    world.chat("cy", "the identity service is up now", channel=DEPLOY)
    world.pass_time(timedelta(hours=24))
    refuse(world, "716")
    with reading(world.app.engine) as tx:
        before = tx.scalar(select(func.count()).select_from(question))
    world.say("cy", "missed")
    with reading(world.app.engine) as tx:
        assert tx.scalar(select(func.count()).select_from(question)) == before


def test_missed_says_what_happened_since_they_spoke_where_they_were_named_first(world: World) -> None:
    for nick in ("cy", "bo"):
        world.say(nick, "!join deploy", account=nick, channel=DEPLOY)
        world.heard(nick)
    world.chat("cy", "good night, all of you", channel=DEPLOY)
    world.pass_time(timedelta(hours=5))
    world.say("bo", "!did the network", channel=DEPLOY)
    world.chat("bo", "how does Cy like it? cy's cloud is up", channel=DEPLOY)
    world.chat("bo", "cynthia is somebody else, and so is cy_", channel=DEPLOY)
    world.chat("cohortbot", "bo: maybe cy knows", channel=DEPLOY)
    world.chat("cy", "cy says so", channel=DEPLOY)
    said = [line for line in world.say("cy", "missed") if "since" in line]
    assert len(said) == 1
    assert "deploy: round 1 is open until" in said[0]
    assert "named in 1 line: https://m.example.org/logs/labnet/%23cohort-deploy/2026-11-26#L2" in said[0]
