"""An organizer says a line in a cohort's channel, or in all of them, on both databases."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from support.programme import World, programme

from cohortbot import service
from cohortbot.domain.message import Message, Proven

DEPLOY, PATCH, SECRET = "#cohort-deploy", "#cohort-patch", "#cohort-secret"


@pytest.fixture
def world(tmp_path: Path, ready_url: str) -> World:
    world = programme(tmp_path, ready_url)
    world.say("dora", "help", account="dora")
    return world


def test_one_cohort_hears_it_signed(world: World) -> None:
    assert world.say("dora", "announce deploy We move to #cloud-sig on Monday") == [
        "dora I say it in 1 channel: deploy"
    ]
    assert world.heard(DEPLOY) == ["We move to #cloud-sig on Monday — d\u2060ora"]
    assert world.heard(PATCH) == []


def test_all_cohorts_hear_it_but_the_archived(world: World) -> None:
    world.say("dora", "cohort archive patch")
    assert world.say("dora", "!announce all Merry Christmas") == [
        "dora I say it in 2 channels: deploy and secret"
    ]
    for channel in (DEPLOY, SECRET):
        assert "Merry Christmas — d\u2060ora" in world.heard(channel)
    assert not any("Merry" in line for line in world.heard(PATCH))


def test_in_a_channel_a_cohort_that_is_not_public_is_not_named(world: World) -> None:
    [said] = world.say("dora", "!announce all Hello", channel=DEPLOY)
    assert said == f"{DEPLOY} dora: I say it in 3 channels: deploy and patch"


def test_delivered_again_it_is_said_once(world: World) -> None:
    wire = world.wire
    wire.accounts[wire.connection("dora")] = "dora"
    message = Message(
        network="labnet",
        nick="dora",
        connection=wire.connection("dora"),
        proof=Proven("dora"),
        target=None,
        text="announce deploy Once",
        at=world.now,
        msgid="the-same",
        bot_nick="cohortbot",
    )
    for one in (message, replace(message)):
        service.handle(world.app, one, wire, lambda _: None)
    assert world.heard(DEPLOY) == ["Once — d\u2060ora"]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("announce depoly Hello", "no cohort depoly; there are deploy"),
        ("announce deploy", "type: announce c|all TEXT"),
        ("announce deploy " + "x" * 401, "that announcement has 401 characters, 400 fit"),
    ],
)
def test_what_cannot_be_said_is_refused(world: World, line: str, why: str) -> None:
    assert why in world.say("dora", line)[0]
    assert world.heard(DEPLOY) == []


def test_announcing_is_for_organizers(world: World) -> None:
    assert "is for organizers" in world.say("ada", "announce all Buy my book", account="ada")[0]


def test_who_is_barred_stands_in_for_nobody(world: World) -> None:
    """And the organizers hear that the mentor has no cover any more."""
    world.say("anna", "mentor deploy", account="anna")
    world.say("dora", "mentor ok anna deploy")
    world.say("spotz", "help", account="spotz")
    world.say("anna", "away until 2w cover spotz")
    world.say("spotz", "cover yes")
    world.heard("dora")
    world.say("dora", "bar spotz spam")
    assert any("spotz" in line for line in world.heard("dora"))
