"""A line that begins with `...` goes on with what its speaker answered within the last minute."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from support.programme import World, programme

from cohortbot import service
from cohortbot.domain.message import Message
from cohortbot.service import round_pages

DEPLOY = "#cohort-deploy"


@pytest.fixture
def world(tmp_path: Path, ready_url: str) -> World:
    """deploy with the mentor anna and the mentees cy and bo; round 1 is open."""
    world = programme(tmp_path, ready_url)
    world.say("dora", "cohorts", account="dora")
    world.say("anna", "mentor deploy", account="anna")
    world.say("dora", "mentor ok anna deploy")
    for nick in ("cy", "bo"):
        world.say(nick, "join deploy", account=nick)
    world.pass_time(timedelta(hours=4))
    return world


def public(world: World) -> dict[str, tuple[str | None, str | None, str | None]]:
    found = round_pages.round_of(world.app, "deploy", None)
    assert found is not None
    return {each.person.nick: (each.did, each.next, each.stuck) for each in found.answers}


@pytest.mark.parametrize("begin", ["... ", "...", "…", "...... "])
def test_in_a_channel_it_goes_on_with_the_part_said_last_and_nothing_is_said(
    world: World, begin: str
) -> None:
    world.say("cy", "!did the network | next the storage", channel=DEPLOY)
    world.pass_time(timedelta(seconds=59))
    assert world.say("cy", f"{begin}and the images", channel=DEPLOY) == []
    assert public(world) == {"cy": ("the network", "the storage and the images", None)}


def test_each_further_line_has_a_minute_of_its_own(world: World) -> None:
    world.say("cy", "!did a", channel=DEPLOY)
    for word in ("b", "c"):
        world.pass_time(timedelta(seconds=50))
        world.say("cy", f"... {word}", channel=DEPLOY)
    assert public(world) == {"cy": ("a b c", None, None)}


@pytest.mark.parametrize(
    ("nick", "channel", "text", "later"),
    [
        ("cy", DEPLOY, "... too late", timedelta(seconds=61)),
        ("bo", DEPLOY, "... so that is how", timedelta(0)),
        ("cy", "#cohort-patch", "... elsewhere", timedelta(0)),
        ("cy", DEPLOY, "...", timedelta(0)),
        ("cy", DEPLOY, "well ... hm", timedelta(0)),
    ],
)
def test_all_else_that_begins_so_is_chat(
    world: World, nick: str, channel: str, text: str, later: timedelta
) -> None:
    world.say("cy", "!did the network", channel=DEPLOY)
    world.pass_time(later)
    assert world.say(nick, text, channel=channel) == []
    assert public(world) == {"cy": ("the network", None, None)}


def test_what_was_said_in_private_goes_on_in_private_alone(world: World) -> None:
    world.say("cy", "read the guide")
    assert world.say("cy", "... aloud", channel=DEPLOY) == []
    assert world.say("cy", "... twice") == [
        "cy added to your answer to deploy, round 1; «undo» takes all of it back"
    ]
    assert world.say("cy", "me last") == ["cy deploy, round 1: did read the guide twice"]
    assert public(world) == {}


def test_with_nothing_to_go_on_from_it_is_the_answer(world: World) -> None:
    assert "filed as what you did" in world.say("cy", "... and then the vm came up")[0]


def test_undo_takes_all_of_it_back_and_an_earlier_answer_counts_again(world: World) -> None:
    world.say("cy", "!did a", channel=DEPLOY)
    world.say("cy", "!did b", channel=DEPLOY)
    world.say("cy", "... c", channel=DEPLOY)
    world.say("cy", "undo")
    assert public(world) == {"cy": ("a", None, None)}


def test_what_somebody_is_stuck_on_goes_on_too(world: World) -> None:
    world.say("cy", "!stuck cinder", channel=DEPLOY)
    world.say("cy", "... exits 1", channel=DEPLOY)
    assert "cinder exits 1" in world.say("anna", "blockers deploy")[0]
    world.say("cy", "undo")
    assert "cinder" not in world.say("anna", "blockers deploy")[0]


def test_what_was_solved_meanwhile_stays_as_it_was_solved(world: World) -> None:
    world.say("cy", "!stuck cinder", channel=DEPLOY)
    world.say("anna", "!unstuck 1 lvm filter", channel=DEPLOY)
    world.say("cy", "... exits 1", channel=DEPLOY)
    assert public(world) == {"cy": (None, None, "cinder exits 1")}


def test_what_waits_for_the_next_round_goes_on_and_is_taken_back_whole(world: World) -> None:
    world.pass_time(timedelta(days=6, hours=23, minutes=57))
    world.say("cy", "did a")
    assert world.say("cy", "... b") == [
        "cy added to your answer to deploy, the next check-in; «undo» takes all of it back"
    ]
    world.pass_time(timedelta(minutes=3))
    assert world.say("cy", "me last") == ["cy deploy, round 2: did a b"]
    world.say("cy", "undo")
    assert "round 2" not in world.say("cy", "me last")[0]


def test_a_blocker_outside_a_round_goes_on(world: World) -> None:
    world.pass_time(timedelta(days=6, hours=1))
    world.say("cy", "!stuck cinder", channel=DEPLOY)
    assert world.say("cy", "... exits 1", channel=DEPLOY) == []
    assert "cinder exits 1" in world.say("anna", "blockers deploy")[0]


def test_a_private_blocker_outside_a_round_says_what_goes_on(world: World) -> None:
    world.pass_time(timedelta(days=6, hours=1))
    world.say("cy", "stuck cinder")
    for _ in range(2):
        assert world.say("cy", "... more") == ["cy added to blocker #1; «undo» takes all of it back"]


def test_more_than_fits_is_refused_and_changes_nothing(world: World) -> None:
    world.say("cy", "!did " + "x" * 390, channel=DEPLOY)
    [line] = world.say("cy", "... " + "y" * 20, channel=DEPLOY)
    assert "that answer has 411 characters, 400 fit" in line
    assert public(world) == {"cy": ("x" * 390, None, None)}


@pytest.mark.parametrize("first", ["did a", "stuck a"])
def test_delivered_again_it_changes_nothing(world: World, first: str) -> None:
    world.say("cy", first)
    cy = world.wire.connection("cy")
    again = replace(_message(world, cy), text="... b")
    said = [service.handle(world.app, again, world.wire, lambda _: None) for _ in range(2)]
    assert said[0] == said[1]
    assert world.say("cy", "me last") == [f"cy deploy, round 1: {first} b"]


def _message(world: World, connection: str) -> Message:
    return Message(
        network="labnet",
        nick="cy",
        connection=connection,
        proof=world.wire.proof(connection),
        target=None,
        text="",
        at=world.now,
        msgid="twice",
        bot_nick="cohortbot",
    )
