"""A round looked at: by mentors in chat, and what its page and its JSON are made of."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from support.programme import World, programme

from cohortbot.service import round_pages

DEPLOY = "#cohort-deploy"


@pytest.fixture
def world(tmp_path: Path, ready_url: str) -> World:
    """deploy with the mentor anna and the mentees cy and bo; round 1 is open, and both have answered."""
    world = programme(tmp_path, ready_url)
    world.say("dora", "cohorts", account="dora")
    world.say("anna", "mentor deploy", account="anna")
    world.say("dora", "mentor ok anna deploy")
    for nick in ("cy", "bo"):
        world.say(nick, "join deploy", account=nick)
    world.pass_time(timedelta(hours=4))
    world.say("cy", "!did the network | next the storage", channel=DEPLOY)
    world.say("bo", "did a little in secret")
    return world


def test_in_private_a_mentor_reads_private_answers_too(world: World) -> None:
    assert world.say("anna", "round") == [
        "anna deploy, round 1 (open): 2 of 2 answered: https://m.example.org/c/deploy/rounds/1",
        "anna c\u2060y: did the network | next the storage",
        "anna b\u2060o (privately): did a little in secret",
    ]


def test_in_the_channel_there_are_numbers_and_the_address_alone(world: World) -> None:
    assert world.say("anna", "!round 1", channel=DEPLOY) == [
        "#cohort-deploy anna: deploy, round 1 (open): 2 of 2 answered, 1 privately: "
        "https://m.example.org/c/deploy/rounds/1"
    ]


def test_an_organizer_reads_no_private_answer(world: World) -> None:
    said = world.say("dora", "round deploy")
    assert "1 privately" in said[0]
    assert not any("secret" in line for line in said)


@pytest.mark.parametrize(
    ("nick", "text", "refusal"),
    [
        ("anna", "round 7", "deploy has no check-in 7: the newest is 1"),
        ("dora", "round patch", "patch has had no check-in yet"),
        ("cy", "!round", "for mentors of deploy"),
    ],
)
def test_what_cannot_be_shown_says_why(world: World, nick: str, text: str, refusal: str) -> None:
    assert refusal in world.say(nick, text)[0]


def test_the_page_has_public_parts_alone_and_says_how_many_were_private(world: World) -> None:
    world.say("cy", "stuck in private on something")
    world.say("cy", "!did the network, twice", channel=DEPLOY)
    found = round_pages.round_of(world.app, "deploy", None)
    assert found is not None
    [cy] = found.answers
    assert (cy.did, cy.next, cy.stuck, cy.kind) == ("the network, twice", "the storage", None, "answer")
    assert found.private == 2
    assert cy.line is not None


def test_what_came_after_the_close_is_late_and_same_and_skip_are_kinds_of_their_own(world: World) -> None:
    world.pass_time(timedelta(days=7))
    world.say("bo", "!same", channel=DEPLOY)
    world.pass_time(timedelta(hours=73))
    world.say("cy", "!did it late", channel=DEPLOY)
    found = round_pages.round_of(world.app, "deploy", 2)
    assert found is not None
    assert {each.person.nick: each.kind for each in found.answers} == {"bo": "same", "cy": "late"}


def test_of_a_cohort_that_is_not_public_no_round_is_shown(world: World) -> None:
    world.say("dora", "add cy secret")
    world.say("dora", "checkin secret")
    world.say("dora", "yes")
    assert round_pages.round_of(world.app, "secret", None) is None
