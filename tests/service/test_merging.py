"""Two people turn out to be one: by proof, or by an organizer's word; both databases."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.programme import World, programme


@pytest.fixture
def world(tmp_path: Path, ready_url: str) -> World:
    world = programme(tmp_path, ready_url)
    world.say("dora", "!help", account="dora")
    return world


def test_an_organizers_word_makes_two_nicks_one_person(world: World) -> None:
    world.say("cy", "join deploy")
    world.say("cyrus", "join patch", account="cyrus")
    [said] = world.say("dora", "merge cy into cyrus")
    assert said == "dora cy and cyrus are one person now, in deploy and patch"
    assert world.say("cyrus", "join deploy")[0].startswith("cyrus you are in deploy (1 of 2)")


def test_in_a_channel_a_cohort_that_is_not_public_is_not_named(world: World) -> None:
    world.say("cy", "join deploy")
    world.say("dora", "add cy secret")
    world.say("cyrus", "join patch", account="cyrus")
    [said] = world.say("dora", "!merge cy into cyrus", channel="#cohort-deploy")
    assert said == "#cohort-deploy dora: cy and cyrus are one person now, in deploy and patch"


def test_merging_twice_and_oneself_is_refused(world: World) -> None:
    world.say("cy", "join deploy", account="cy")
    world.say("cyrus", "join patch", account="cyrus")
    world.say("dora", "merge cy into cyrus")
    assert "one person already" in world.say("dora", "merge cy into cyrus")[0]
    assert "one person already" in world.say("dora", "merge cyrus into cyrus")[0]
    assert "nobody called zed" in world.say("dora", "merge zed into cyrus")[0]
    assert "type: merge NICK into NICK" in world.say("dora", "merge cy and cyrus")[0]


def test_both_accounts_speak_for_the_one_person(world: World) -> None:
    world.say("cy", "join deploy", account="cy")
    world.say("cyrus", "join patch", account="cyrus")
    world.say("dora", "merge cy into cyrus")
    assert world.say("cy", "join patch")[0].startswith("cy you are in patch (1 of 8)")
    assert world.say("cyrus", "join deploy")[0].startswith("cyrus you are in deploy (1 of 2)")


def test_once_an_account_is_in_it_an_unproven_nick_speaks_for_nobody(world: World) -> None:
    world.say("cy", "join deploy")
    world.say("cyrus", "join patch", account="cyrus")
    world.say("dora", "merge cy into cyrus")
    world.wire.gone("cy")
    assert world.say("cy", "leave deploy")[0].startswith("cy you are not in deploy")


def test_an_account_that_is_merged_into_an_unproven_person_proves_them(world: World) -> None:
    world.say("cy", "join deploy")
    world.say("cyrus", "join patch", account="cyrus")
    world.say("dora", "merge cyrus into cy")
    said = "\n".join(world.say("cyrus", "me"))
    assert "deploy: mentee" in said
    assert "patch: mentee" in said


def test_of_two_places_in_one_cohort_one_is_freed_and_offered_on(world: World) -> None:
    world.say("ada", "join deploy", account="ada")
    world.say("ada2", "join deploy", account="adatwo")
    world.say("cy", "join deploy", account="cy")
    world.heard("cy")
    world.say("dora", "merge ada2 into ada")
    assert "join deploy" in world.heard("cy")[0]
    assert world.say("ada", "join deploy")[0].startswith("ada you are in deploy (2 of 2)")


def test_a_seat_beats_a_wait(world: World) -> None:
    for nick in ("ada", "bo", "cy"):
        world.say(nick, "join deploy", account=nick)
    world.say("dora", "merge ada into cy")
    assert world.say("cy", "join deploy")[0].startswith("cy you are in deploy (2 of 2)")


def test_identifying_takes_zone_and_about_along(world: World) -> None:
    world.say("cy", "join deploy")
    world.say("cy", "tz berlin")
    world.say("cy", "about I want to see a cloud")
    said = "\n".join(world.say("cy", "me", account="cy"))
    assert "Europe/Berlin" in said
    assert "I want to see a cloud" in said


def test_the_record_and_states_follow_the_person(world: World) -> None:
    world.say("dora", "organizer add emil")
    world.say("emil", "cohort pause deploy", account="emil")
    world.say("emilia", "join patch", account="emilia")
    world.say("dora", "merge emil into emilia")
    assert "paused since" in world.say("bo", "join deploy")[0]
    said = world.say("dora", "audit deploy")
    assert any("cohort paused in deploy" in line and "emil" in line for line in said)
