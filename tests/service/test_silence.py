"""People of whom nothing is heard are asked, then not counted on; who talks is not silent."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from support.programme import World, programme

DEPLOY = "#cohort-deploy"
WEEK = timedelta(weeks=1)
DAY = timedelta(days=1)
CLOSE = timedelta(hours=76)  # the world begins on a Thursday at 12:00 UTC; a round ends on Sundays at 16:00


@pytest.fixture
def world(tmp_path: Path, ready_url: str) -> World:
    """deploy with the mentor anna, the mentees cy and bo in its two places, and dee waiting."""
    world = programme(tmp_path, ready_url)
    world.say("dora", "cohorts", account="dora")
    world.say("anna", "mentor deploy", account="anna")
    world.say("dora", "mentor ok anna deploy")
    for nick in ("cy", "bo", "dee"):
        world.say(nick, "join deploy", account=nick)
    hush(world)
    return world


def hush(world: World) -> None:
    for target in (DEPLOY, "anna", "dora", "cy", "bo", "dee"):
        world.heard(target)


def live_round(world: World, *, answering: tuple[str, ...] = ("bo",)) -> None:
    """From one Sunday 16:00 UTC to the next, or from the beginning to the first."""
    world.pass_time(timedelta(hours=4) if world.now.weekday() == 3 else 4 * DAY)
    hush(world)
    for nick in answering:
        world.say(nick, "did a little")
    world.pass_time(3 * DAY)


def test_after_two_silent_rounds_a_mentee_is_asked_and_mentors_know(world: World) -> None:
    live_round(world)
    assert world.heard("anna") == ["deploy, round 1: no answer from cy"]
    assert not any("still" in line for line in world.heard("cy"))
    live_round(world)
    assert world.heard("anna") == [
        "deploy, round 2: no answer from cy; silent for two rounds and asked whether to stay: cy"
    ]
    asked = [line for line in world.heard("cy") if "stay deploy" in line]
    assert len(asked) == 1
    assert "nothing was heard from you for 2 rounds" in asked[0]
    assert "by the end of 2 more rounds" in asked[0]


def test_after_four_the_seat_is_offered_on_and_join_puts_them_first(world: World) -> None:
    for _ in range(4):
        live_round(world)
    assert world.heard("anna") == [
        "deploy, round 4: no answer from cy; silent for long, so the seat was passed on: cy"
    ]
    assert any("a place in deploy is free" in line for line in world.heard("dee"))
    assert any("«join deploy» puts you first in line" in line for line in world.heard("cy"))
    world.say("zoe", "join deploy", account="zoe")
    assert "1st on its waitlist" in world.say("cy", "join deploy")[0]


def test_who_only_talks_is_not_silent(world: World) -> None:
    for _ in range(3):
        world.pass_time(timedelta(hours=4) if world.now.weekday() == 3 else 4 * DAY)
        hush(world)
        world.chat("cy", "hello there", channel=DEPLOY)
        world.pass_time(3 * DAY)
    assert world.heard("anna")[-1] == "deploy, round 3: no answer from cy and bo"
    assert not any("stay deploy" in line for line in world.heard("cy"))


def test_stay_keeps_the_place_and_the_counting_begins_anew(world: World) -> None:
    for _ in range(2):
        live_round(world)
    assert world.say("cy", "stay") == ["cy good to know: your place in deploy stays yours"]
    hush(world)
    live_round(world)
    assert not any("passed on" in line for line in world.heard("anna"))
    live_round(world)
    assert "asked whether to stay: cy" in world.heard("anna")[0]


def test_any_word_after_the_question_counts_as_a_sign_of_life(world: World) -> None:
    for _ in range(2):
        live_round(world)
    world.say("cy", "me")
    live_round(world)
    live_round(world)
    assert not any("passed on" in line for line in world.heard("anna"))


def test_a_round_that_was_closed_early_says_nothing_of_anybody(world: World) -> None:
    for _ in range(2):
        world.pass_time(timedelta(hours=4) if world.now.weekday() == 3 else 4 * DAY)
        world.say("dora", "cohort pause deploy")
        world.say("dora", "cohort resume deploy")
        world.pass_time(3 * DAY)
    assert not any("stay deploy" in line for line in world.heard("cy"))


# --- mentors


def test_a_mentor_is_asked_after_two_weeks_and_told_of_after_three(world: World) -> None:
    world.say("bo", "stuck nova does not start")
    world.say("anna", "take 1")
    world.pass_time(13 * DAY)
    assert not any("Are you still with us" in line for line in world.heard("anna"))
    world.pass_time(DAY)
    [asked] = [line for line in world.heard("anna") if "Are you still with us" in line]
    assert "nothing was heard from you there for 14 days" in asked
    world.heard("dora")
    world.pass_time(7 * DAY)
    assert not any("quiet" in line for line in world.heard("dora"))  # it informs: with the next day's digest
    world.pass_time(DAY)
    [told] = [line for line in world.heard("dora") if "quiet" in line]
    assert "deploy: its mentor a\u2060nna has been quiet since 26 Nov" in told


def test_a_line_in_the_channel_ends_the_question_for_a_mentor(world: World) -> None:
    world.pass_time(14 * DAY)
    world.chat("anna", "hi all", channel=DEPLOY)
    world.pass_time(8 * DAY)
    assert not any("quiet" in line for line in world.heard("dora"))
