"""Organizers open cohorts, change, rest and end them, on both databases."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from support.programme import World, programme

from cohortbot import service
from cohortbot.store import cohorts, events
from cohortbot.store.engine import reading

DEPLOY = "#cohort-deploy"


@pytest.fixture
def world(tmp_path: Path, ready_url: str) -> World:
    world = programme(tmp_path, ready_url)
    world.say("dora", "!help", account="dora")
    return world


def full(world: World, *waiting: str) -> None:
    """Both places of deploy taken, by ada and bo, and a waitlist."""
    for nick in ("ada", "bo", *waiting):
        world.say(nick, "join deploy", account=nick)
        world.heard(nick)


def kinds(world: World, slug: str) -> list[tuple[str, str | None]]:
    with reading(world.app.engine) as tx:
        cohort = cohorts.by_slug(tx, slug)
        assert cohort is not None
        return [(one.kind, one.detail) for one in reversed(events.latest(tx, 50, cohort=cohort.id))]


# --- new


def test_a_new_cohort_takes_people_at_once_and_its_channel_is_joined(world: World) -> None:
    said = world.say("dora", "!cohort new talk Give a talk")
    assert said[0] == "dora made talk (Give a talk): #cohort-talk, 8 places"
    assert ("#cohort-talk", None) in service.channels(world.app)
    assert world.say("cy", "join talk")[0].startswith("cy joined talk (1 of 8)")


def test_a_new_cohort_may_be_like_another(world: World) -> None:
    said = world.say("dora", "cohort new deploy2 Deploy again like deploy")
    assert said == ["dora made deploy2 (Deploy again): #cohort-deploy2, 2 places, set like deploy"]
    assert "A cloud of your own" in "\n".join(world.say("cy", "cohort deploy2"))
    # The model's first day is not taken along: the first check-in is the next Thursday at five in Berlin.
    assert "Thu 26 Nov 17:00 Europe/Berlin" in "\n".join(world.say("cy", "when deploy2"))


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("cohort new checkin Check", "«checkin» cannot name a cohort: it is a word of the bot's commands"),
        ("cohort new 2nd Second", "«2nd» cannot name a cohort: it is not a slug"),
        ("cohort new deploy Again", "«deploy» cannot name a cohort: it is the name of one already"),
        ("cohort new talk A talk like depoly", "no cohort depoly; there are deploy"),
        ("cohort new talk " + "x" * 81, "that title has 81 characters, 80 fit"),
        ("cohort new talk", "type: cohort new SLUG TITLE [like SLUG]"),
    ],
)
def test_a_new_cohort_is_refused(world: World, line: str, why: str) -> None:
    [said] = world.say("dora", line)
    assert why in said
    assert len(service.channels(world.app)) == 3


def test_opening_cohorts_is_for_organizers(world: World) -> None:
    assert "is for organizers" in world.say("ada", "cohort new talk T", account="ada")[0]
    assert "identify" in world.say("cy", "cohort new talk T")[0]


# --- set


def test_several_keys_are_one_change(world: World) -> None:
    [said] = world.say("dora", "cohort set deploy places 3 | goal It answers | steps install, mend")
    assert said == "dora deploy: goal It answers | places 3 | steps install, mend"
    assert kinds(world, "deploy")[-3:] == [
        ("cohort_set", "goal"),
        ("cohort_set", "places"),
        ("cohort_set", "steps"),
    ]


def test_one_value_that_does_not_fit_changes_nothing(world: World) -> None:
    [said] = world.say("dora", "cohort set deploy places 3 | checkin.time 25:00")
    assert said == "dora checkin.time: '25:00' is not HH:MM; nothing was changed"
    assert world.say("cy", "join deploy")[0].startswith("cy joined deploy (1 of 2)")


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        ("plaecs 3", "plaecs: no such key; did you mean places?"),
        ("places many", "places: 'many' is not a whole number"),
        ("places 0", "places: '0' is not 1 or more"),
        ("checkin.starts 2026-11-27", "checkin.starts: '2026-11-27' is a Friday, not a Thursday"),
        ("channel #cohort-patch", "channel: '#cohort-patch' is the channel of cohort patch"),
        ("channel #Cohort-Patch", "channel: '#cohort-patch' is the channel of cohort patch"),
        ("title " + "x" * 81, "that title has 81 characters, 80 fit"),
    ],
)
def test_what_does_not_fit_is_said_with_key_value_and_what_would_be_right(
    world: World, edit: str, said: str
) -> None:
    assert said in world.say("dora", f"cohort set deploy {edit}")[0]


def test_setting_what_is_so_already_says_that(world: World) -> None:
    assert world.say("dora", "cohort set deploy places 2") == ["dora deploy: all of that was so before"]


def test_a_channel_key_is_not_repeated(world: World) -> None:
    [said] = world.say("dora", "cohort set deploy channel_key s3cret")
    assert "s3cret" not in said
    assert (DEPLOY, "s3cret") in service.channels(world.app)


def test_more_places_are_offered_at_once(world: World) -> None:
    full(world, "cy", "di")
    [said] = world.say("dora", "cohort set deploy places 3")
    assert said == "dora deploy: places 3; 1 place offered to the waitlist"
    assert "join deploy" in world.heard("cy")[0]
    assert world.heard("di") == []


def test_fewer_places_cost_nobody_a_seat_and_nothing_is_offered_until_it_fits(world: World) -> None:
    full(world, "cy")
    [said] = world.say("dora", "cohort set deploy places 1")
    assert "nobody loses a place (1 more than fit)" in said
    world.say("ada", "leave deploy")
    assert world.heard("cy") == []
    world.say("bo", "leave deploy")
    assert "join deploy" in world.heard("cy")[0]


def test_a_new_day_moves_the_first_check_in_to_the_next_such_day(world: World) -> None:
    [said] = world.say("dora", "cohort set deploy checkin.day friday")
    assert "checkin.day friday" in said
    assert "checkin.starts 2026-11-27" in said
    assert "next check-in Fri 27 Nov 17:00 Europe/Berlin" in said


def test_a_new_day_that_is_today_but_past_is_next_weeks(world: World) -> None:
    world.say("dora", "cohort set deploy checkin.day friday")
    [said] = world.say("dora", "cohort set deploy checkin.day thursday | checkin.time 09:00")
    assert "checkin.starts 2026-12-03" in said


def test_a_slot_before_the_edit_is_not_due(world: World) -> None:
    world.say("ada", "join deploy", account="ada")
    world.say("dora", "cohort set deploy checkin.time 12:59")  # noon UTC is 13:00 in Berlin
    world.pass_time(timedelta(minutes=10))
    assert not [line for line in world.heard(DEPLOY) if "Check-in" in line]


def test_nothing_is_asked_twice_when_the_time_moves_on(world: World) -> None:
    world.say("ada", "join deploy", account="ada")
    world.pass_time(timedelta(hours=4, minutes=1))
    assert len([line for line in world.heard(DEPLOY) if "Check-in" in line]) == 1
    world.say("dora", "cohort set deploy checkin.time 18:00")
    world.pass_time(timedelta(hours=1))
    assert not [line for line in world.heard(DEPLOY) if "Check-in" in line]


def test_a_cohort_without_check_ins_gets_them(world: World) -> None:
    [said] = world.say("dora", "cohort set patch checkin.day mon | checkin.time 9:30 | checkin.every 2 weeks")
    assert "next check-in Mon 30 Nov 09:30 UTC" in said


# --- pause, resume, archive


def test_a_paused_cohort_takes_nobody_and_says_since_when_and_by_whom(world: World) -> None:
    [said, announced] = world.say("dora", "cohort pause deploy summer break")
    assert said.startswith("dora deploy is paused since Thu 26 Nov 13:00 Europe/Berlin by dora")
    assert announced.startswith(f"{DEPLOY} dora has paused deploy: summer break")
    assert "deploy is paused since" in world.say("cy", "join deploy")[0]
    assert "by dora" in world.say("cy", "join deploy")[0]


def test_pausing_twice_says_the_first_time(world: World) -> None:
    world.say("dora", "cohort pause deploy")
    world.pass_time(timedelta(hours=1))
    [said] = world.say("dora", "cohort pause deploy")
    assert "since Thu 26 Nov 13:00 Europe/Berlin by dora" in said


def test_said_in_the_cohorts_channel_it_is_not_announced_there_again(world: World) -> None:
    assert len(world.say("dora", "!cohort pause deploy", channel=DEPLOY)) == 1


def test_a_pause_closes_the_open_round_and_none_opens(world: World) -> None:
    world.say("ada", "join deploy", account="ada")
    world.pass_time(timedelta(hours=4))
    world.heard(DEPLOY)
    world.say("dora", "cohort pause deploy")
    assert [line for line in world.heard(DEPLOY) if "0 of 1" in line]
    world.pass_time(timedelta(days=7))
    assert world.heard(DEPLOY) == []


def test_after_a_pause_the_slots_in_it_are_not_due(world: World) -> None:
    world.say("ada", "join deploy", account="ada")
    world.say("dora", "cohort pause deploy")
    world.pass_time(timedelta(hours=5))
    assert "deploy is active again" in world.say("dora", "cohort resume deploy")[0]
    world.heard(DEPLOY)
    world.pass_time(timedelta(minutes=10))
    assert world.heard(DEPLOY) == []
    world.pass_time(timedelta(days=7))
    assert [line for line in world.heard(DEPLOY) if line.startswith("[deploy 1] Check-in")]


def test_offers_rest_while_paused_and_are_said_again_with_their_new_end(world: World) -> None:
    full(world, "cy", "di")
    world.say("ada", "leave deploy")
    [offer] = world.heard("cy")
    assert "Sun 29 Nov" in offer
    world.say("dora", "cohort pause deploy")
    world.pass_time(timedelta(days=10))
    assert world.heard("di") == []
    world.say("dora", "cohort resume deploy")
    [again] = world.heard("cy")
    assert "Wed 9 Dec" in again
    assert world.say("cy", "join deploy")[0].startswith("cy joined deploy (2 of 2)")


def test_a_place_freed_in_a_pause_is_offered_at_its_end(world: World) -> None:
    full(world, "cy")
    world.say("dora", "cohort pause deploy")
    world.say("ada", "leave deploy")
    assert world.heard("cy") == []
    world.say("dora", "cohort resume deploy")
    assert "join deploy" in world.heard("cy")[0]


def test_time_rested_through_a_pause_and_an_archive_is_given_back_whole(world: World) -> None:
    full(world, "cy")
    world.say("ada", "leave deploy")
    world.heard("cy")
    for verb in ("pause", "archive"):
        world.say("dora", f"cohort {verb} deploy")
        world.pass_time(timedelta(days=2))
    world.say("dora", "cohort resume deploy")
    assert "Thu 3 Dec" in world.heard("cy")[0]


def test_an_archived_cohort_takes_nobody_and_its_channel_is_left(world: World) -> None:
    world.say("dora", "cohort archive deploy done")
    assert "deploy is archived since" in world.say("cy", "join deploy")[0]
    assert DEPLOY not in [channel for channel, _ in service.channels(world.app)]
    assert "is archived since" in world.say("dora", "cohort pause deploy")[0]
