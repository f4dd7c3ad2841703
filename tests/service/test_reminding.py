"""Reminders of an open round: two at most, by day where people are, never to who has answered or is away."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from support.programme import World, programme

DEPLOY = "#cohort-deploy"
HOUR = timedelta(hours=1)


@pytest.fixture
def world(tmp_path: Path, ready_url: str) -> World:
    """deploy with the mentor anna and the mentees cy and bo; round 1 is open, from Thursday 17:00 Berlin."""
    world = programme(tmp_path, ready_url)
    world.say("dora", "cohorts", account="dora")
    world.say("anna", "mentor deploy", account="anna")
    world.say("dora", "mentor ok anna deploy")
    for nick in ("cy", "bo"):
        world.say(nick, "join deploy", account=nick)
        world.enter(nick, DEPLOY)
    world.pass_time(4 * HOUR)
    hush(world)
    return world


def hush(world: World) -> None:
    """Pass over what the outbox has said so far."""
    for target in (DEPLOY, "anna", "dora", "cy", "bo"):
        world.heard(target)


def test_who_has_not_answered_is_reminded_after_24_hours_and_hears_how_many_have(world: World) -> None:
    world.say("bo", "did the identity service answers")
    world.pass_time(23 * HOUR)
    assert world.heard("cy") == []
    world.pass_time(HOUR)
    assert world.heard("cy") == [
        "1 of 2 have answered deploy, round 1, and it is open until Sun 29 Nov 17:00 Europe/Berlin. "
        "Yours? Say it here: «deploy did … | next … | stuck …», or «same», or «skip»"
    ]
    assert world.heard("bo") == []


def test_nobody_is_reminded_more_than_twice_and_the_second_waits_for_the_morning(world: World) -> None:
    world.pass_time(24 * HOUR)
    assert len(world.heard("cy")) == 1
    world.pass_time(36 * HOUR)  # Sunday 05:00 in Berlin
    assert world.heard("cy") == []
    world.pass_time(3 * HOUR)
    assert len(world.heard("cy")) == 1
    world.pass_time(8 * HOUR)
    assert world.heard("cy") == []


def test_night_is_where_the_person_is(world: World) -> None:
    world.say("cy", "tz Auckland")  # where 17:00 in Berlin is five in the morning
    world.pass_time(24 * HOUR)
    assert world.heard("cy") == []
    assert len(world.heard("bo")) == 1
    world.pass_time(3 * HOUR)
    assert len(world.heard("cy")) == 1


def test_an_answer_before_the_morning_ends_the_reminder(world: World) -> None:
    world.say("cy", "tz Auckland")
    world.pass_time(24 * HOUR)
    world.say("cy", "same")
    world.pass_time(3 * HOUR)
    assert world.heard("cy") == []


def test_after_a_long_standstill_there_is_one_reminder_and_not_two(world: World) -> None:
    world.pass_time(65 * HOUR)
    assert len(world.heard("cy")) == 1
    world.pass_time(2 * HOUR)
    assert world.heard("cy") == []


def test_who_turned_nudges_off_gets_none_until_they_are_on(world: World) -> None:
    assert world.say("cy", "nudges off") == [
        "cy you are not reminded of check-ins any more; «nudges on» changes that"
    ]
    world.pass_time(24 * HOUR)
    assert world.heard("cy") == []
    world.say("cy", "nudges on")
    world.pass_time(HOUR)
    assert len(world.heard("cy")) == 1


# --- who has only talked


def test_who_has_only_talked_is_quoted_and_yes_files_it_where_it_was_said(world: World) -> None:
    line = world.chat("cy", "glance serves images at last, hooray", channel=DEPLOY)
    world.pass_time(24 * HOUR)
    [said] = world.heard("cy")
    assert "In #cohort-deploy you said: “glance serves images at last, hooray”. «yes» files that" in said
    assert world.say("cy", "yes") == [
        "cy filed as what you did in deploy, round 1: "
        f"https://m.example.org/logs/labnet/%23cohort-deploy/2026-11-26#L{line.line}; «undo» takes it back"
    ]
    assert "answered 1 of 2" in world.say("anna", "checkin deploy")[0]
    assert "you have not answered it now" in world.say("cy", "undo")[0]


def test_no_to_the_quote_files_nothing(world: World) -> None:
    world.chat("cy", "glance serves images at last, hooray", channel=DEPLOY)
    world.pass_time(24 * HOUR)
    world.heard("cy")
    assert world.say("cy", "no") == ["cy it was not filed; «deploy did …» answers round 1 in your own words"]
    assert "answered 0 of 2" in world.say("anna", "checkin deploy")[0]


def test_talk_from_before_the_round_is_not_quoted(world: World) -> None:
    world.say("anna", "skip")
    world.pass_time(72 * HOUR)
    world.chat("cy", "this is about the time between", channel=DEPLOY)
    world.pass_time(96 * HOUR)
    hush(world)
    world.pass_time(24 * HOUR)
    [said] = world.heard("cy")
    assert "you said" not in said


def test_a_quote_whose_answer_came_meanwhile_is_not_filed(world: World) -> None:
    world.chat("cy", "glance serves images at last, hooray", channel=DEPLOY)
    world.pass_time(24 * HOUR)
    world.heard("cy")
    world.say("cy", "did something else entirely")
    [said] = world.say("cy", "yes")
    assert said == "cy you have answered deploy, round 1 since, so nothing was filed; «did …» answers anew"


# --- remind


def test_remind_sends_the_next_one_early_and_says_how_many_get_it(world: World) -> None:
    world.say("bo", "tz Auckland")
    said = world.say("anna", "!remind", channel=DEPLOY)
    assert said == [
        "#cohort-deploy anna: reminded 1 of the 2 who have not answered deploy, round 1; "
        "1 when their day begins"
    ]
    assert len(world.heard("cy")) == 1
    assert world.heard("bo") == []
    world.pass_time(24 * HOUR)
    assert world.heard("cy") == []  # that was the first of the two
    world.pass_time(39 * HOUR)
    assert len(world.heard("cy")) == 1


def test_remind_never_sends_a_third(world: World) -> None:
    for _ in range(2):
        world.say("anna", "remind deploy")
    assert len(world.heard("cy")) >= 1
    [said] = world.say("anna", "remind deploy")
    assert said == (
        "anna reminded 0 of the 2 who have not answered deploy, round 1; 2 had both reminders already"
    )
    assert world.heard("cy") == []


def test_remind_is_for_mentors_and_needs_an_open_round(world: World) -> None:
    assert "for mentors of deploy" in world.say("cy", "remind deploy")[0]
    world.pass_time(73 * HOUR)
    assert "no open check-in" in world.say("anna", "remind deploy")[0]


# --- who comes in while a round is open


def test_who_enters_while_a_round_is_open_is_told_once(world: World) -> None:
    world.enter("cy", DEPLOY)
    assert world.heard("cy") == [
        "deploy: check-in 1 is open until Sun 29 Nov 17:00 Europe/Berlin: what did you do? "
        "Say it here: «deploy did …»"
    ]
    world.enter("cy", DEPLOY)
    assert world.heard("cy") == []


def test_who_has_answered_is_not_told_when_they_enter(world: World) -> None:
    world.say("cy", "same")
    world.enter("cy", DEPLOY)
    assert world.heard("cy") == []
