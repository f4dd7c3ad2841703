"""Who is stuck does not stay unheard: untaken, let down, forgotten; on both databases."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from support.programme import World, programme

from cohortbot.store.engine import reading
from cohortbot.store.tables import blocker

DEPLOY = "#cohort-deploy"
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.fixture
def world(tmp_path: Path, ready_url: str) -> World:
    """The organizer dora, the mentors anna and eve, and the mentees cy and bo of deploy; noon UTC."""
    world = programme(tmp_path, ready_url)
    world.say("dora", "tz Berlin", account="dora")
    for mentor in ("anna", "eve"):
        world.say(mentor, "tz Berlin", account=mentor)
        world.say(mentor, "mentor deploy")
        world.say("dora", f"mentor ok {mentor} deploy")
    for nick in ("cy", "bo"):
        world.say(nick, "join deploy", account=nick)
    hush(world)
    return world


def hush(world: World) -> None:
    for target in (DEPLOY, "anna", "eve", "dora", "cy", "bo"):
        world.heard(target)


def state(world: World, number: int = 1) -> str:
    with reading(world.app.engine) as tx:
        return str(tx.scalar(select(blocker.c.state).where(blocker.c.id == number)))


def about(world: World, nick: str, word: str = "#1") -> list[str]:
    """What the outbox says to somebody about the blocker."""
    return [line for line in world.heard(nick) if word in line]


# --- nobody takes it


def test_untaken_for_a_day_mentors_are_told_and_for_two_organizers_once_each(world: World) -> None:
    world.say("cy", "!stuck cinder exits 1", channel=DEPLOY)
    world.pass_time(23 * HOUR)
    assert not about(world, "anna") + about(world, "dora")
    world.pass_time(HOUR)
    for mentor in ("anna", "eve"):
        [line] = about(world, mentor)
        assert line == "deploy: nobody has taken #1 for 24 h: cy is stuck on «cinder exits 1»; «take 1»"
    assert not about(world, "dora")
    world.pass_time(DAY)
    [line] = about(world, "dora")
    assert line.startswith("deploy: nobody has taken #1 of cy («cinder exits 1») for 2 d; ")
    assert line.endswith("its mentors a\u2060nna and e\u2060ve know")
    world.pass_time(3 * DAY)
    assert not about(world, "anna") + about(world, "eve") + about(world, "dora")


def test_mentors_hear_of_it_when_their_day_has_begun(world: World) -> None:
    world.say("eve", "tz Honolulu")  # two in the night when it is noon in London
    world.say("cy", "!stuck cinder exits 1", channel=DEPLOY)
    world.pass_time(DAY)
    assert len(about(world, "anna")) == 1
    assert not about(world, "eve")
    world.pass_time(6 * HOUR)
    assert len(about(world, "eve")) == 1


def test_of_a_private_one_mentors_hear_what_it_is_and_organizers_the_number_alone(world: World) -> None:
    world.say("cy", "stuck my manager")
    world.pass_time(DAY)
    [line] = about(world, "anna")
    assert "cy is stuck on «my manager», said privately" in line
    world.pass_time(DAY)
    [line] = about(world, "dora")
    assert "nobody has taken #1 for 2 d" in line and "cy" not in line and "manager" not in line


def test_taken_in_time_nobody_is_told_and_who_hears_of_it_too_late_hears_nothing(world: World) -> None:
    world.say("cy", "!stuck cinder", channel=DEPLOY)
    world.say("bo", "!stuck nova", channel=DEPLOY)
    world.say("anna", "!take 1", channel=DEPLOY)
    world.pass_time(DAY)
    world.say("eve", "!take 2", channel=DEPLOY)
    assert not about(world, "anna", "nobody has taken") + about(world, "eve", "nobody has taken")


def test_while_a_cohort_is_paused_nobody_is_told(world: World) -> None:
    world.say("cy", "!stuck cinder", channel=DEPLOY)
    world.say("dora", "cohort pause deploy")
    world.pass_time(2 * DAY)
    assert not about(world, "anna") + about(world, "dora")


# --- the taker falls silent


def test_a_taker_without_a_word_is_asked_once_and_two_days_later_it_is_open_again(world: World) -> None:
    world.say("cy", "!stuck cinder", channel=DEPLOY)
    world.say("anna", "!take 1", channel=DEPLOY)
    world.pass_time(3 * DAY)
    [line] = about(world, "anna", "do you still help")
    assert line.startswith(
        "do you still help with #1 of cy? In deploy nothing was heard from you for 3 d: «yes»"
    )
    assert "without a word it is open again Tue 1 Dec 13:00 Europe/Berlin" in line
    world.pass_time(47 * HOUR)
    assert state(world) == "taken" and not about(world, "anna", "still help")
    world.pass_time(HOUR)
    assert state(world) == "open"
    for mentor in ("anna", "eve"):
        assert about(world, mentor, "open again") == [
            "deploy: #1 of cy is open again, since nothing is heard from anna, who had taken it: «take 1»"
        ]
    assert "anna does not help with it now" in about(world, "cy", "#1")[0]
    world.pass_time(23 * HOUR)
    assert not about(world, "eve", "nobody has taken")
    world.pass_time(HOUR)
    assert len(about(world, "eve", "nobody has taken")) == 1


@pytest.mark.parametrize(
    ("said", "channel"),
    [("how is it going?", DEPLOY), ("take 1", None), ("yes", None)],
    ids=["talk", "take", "yes"],
)
def test_any_word_of_the_taker_keeps_it(world: World, said: str, channel: str | None) -> None:
    world.say("cy", "!stuck cinder", channel=DEPLOY)
    world.say("anna", "!take 1", channel=DEPLOY)
    world.pass_time(3 * DAY)
    hush(world)
    if channel is not None:
        world.chat("anna", said, channel=channel)
    else:
        assert "yours" in world.say("anna", said)[0]
    world.pass_time(2 * DAY)
    assert state(world) == "taken"
    world.pass_time(DAY)
    assert len(about(world, "anna", "do you still help")) == 1


def test_a_mentee_who_leaves_gives_back_what_they_took(world: World) -> None:
    world.say("cy", "!stuck cinder exits 1", channel=DEPLOY)
    world.say("bo", "take 1")
    assert state(world) == "taken"
    world.say("bo", "leave deploy")
    assert state(world) == "open"
    assert about(world, "anna")


def test_a_taker_who_says_no_gives_it_back_at_once(world: World) -> None:
    world.say("cy", "!stuck cinder", channel=DEPLOY)
    world.say("anna", "!take 1", channel=DEPLOY)
    world.pass_time(3 * DAY)
    hush(world)
    assert world.say("anna", "no")[0] == "anna #1 is open again, and whoever is stuck is told so"
    assert state(world) == "open"
    assert "#1 is open again" in world.heard("cy")[0]


# --- whoever is stuck says no more of it


def two_answers(world: World, *said: str) -> None:
    """The rounds of this Thursday and the next, answered by cy."""
    for line in said:
        world.pass_time(DAY)
        world.say("cy", line, channel=DEPLOY)
        world.pass_time(6 * DAY)


def test_not_named_in_two_answers_its_owner_is_asked_once_and_a_week_later_it_is_stale(world: World) -> None:
    world.say("cy", "!stuck cinder exits 1", channel=DEPLOY)
    two_answers(world, "!did a", "!did b")
    [line] = about(world, "cy", "still stuck")
    assert line.startswith(
        "are you still stuck on #1 in deploy («cinder exits 1»)? «yes», or «unstuck 1 HOW»"
    )
    world.pass_time(3 * DAY)
    assert state(world) == "open" and not about(world, "cy", "still stuck")
    world.pass_time(4 * DAY)
    assert state(world) == "stale"
    assert "#1 is stale" not in " ".join(world.heard("anna"))
    assert "cy has said no more of #1, so it is stale" in world.say("anna", "take 1")[0]
    assert "cy's #1 solved" in world.say("cy", "unstuck 1 lvm filter")[0]


@pytest.mark.parametrize("said", ["!same", "!did nothing, #1 is in my way", "!skip", "!stuck still #1"])
def test_naming_it_or_saying_same_keeps_it_and_skip_says_nothing(world: World, said: str) -> None:
    world.say("cy", "!stuck cinder", channel=DEPLOY)
    two_answers(world, "!did a", said)
    assert not about(world, "cy", "still stuck on #1")


def test_yes_keeps_it_until_two_more_answers_pass_it_over(world: World) -> None:
    world.say("cy", "!stuck cinder", channel=DEPLOY)
    two_answers(world, "!did a", "!did b")
    hush(world)
    assert world.say("cy", "yes")[0] == "cy noted: #1 of deploy stays (nobody has taken it yet)"
    two_answers(world, "!did c")
    assert state(world) == "open" and not about(world, "cy", "still stuck")
    two_answers(world, "!did d")
    assert len(about(world, "cy", "still stuck")) == 1
    assert world.say("cy", "no")[0].startswith("cy #1 is off the list")
    assert state(world) == "stale"


def test_who_left_is_asked_once_and_a_week_later_it_is_stale(world: World) -> None:
    world.say("cy", "!stuck cinder", channel=DEPLOY)
    world.say("cy", "leave deploy")
    world.pass_time(HOUR)
    assert len(about(world, "cy", "still stuck")) == 1
    world.pass_time(6 * DAY)
    assert state(world) == "open" and not about(world, "cy", "still stuck")
    world.pass_time(DAY)
    assert state(world) == "stale"


def test_who_left_and_says_yes_is_not_asked_again(world: World) -> None:
    world.say("cy", "!stuck cinder", channel=DEPLOY)
    world.say("cy", "leave deploy")
    world.pass_time(HOUR)
    hush(world)
    world.say("cy", "yes")
    world.pass_time(8 * DAY)
    assert state(world) == "open" and not about(world, "cy", "still stuck")


# --- the list


def test_blockers_lists_what_is_not_solved_and_changes_nothing(world: World) -> None:
    world.say("cy", "!stuck cinder exits 1", channel=DEPLOY)
    world.say("cy", "stuck my manager")
    world.say("bo", "!stuck nova", channel=DEPLOY)
    world.say("anna", "!take 3", channel=DEPLOY)
    world.pass_time(5 * HOUR)
    [line] = world.say("anna", "!blockers", channel=DEPLOY)
    assert line == (
        f"{DEPLOY} anna: deploy: #1 c\u2060y «cinder exits 1» (open, 5 h) · #2 private (open, 5 h) · "
        "#3 b\u2060o «nova» (a\u2060nna helps, 5 h)"
    )
    assert state(world) == "open"


def test_a_mentor_of_several_gets_a_line_for_each(world: World) -> None:
    world.say("dora", "mentor deploy")
    world.say("dora", "mentor patch")
    world.say("cy", "!stuck cinder", channel=DEPLOY)
    lines = world.say("dora", "blockers")
    assert lines == [
        "dora deploy: #1 c\u2060y «cinder» (open, under a minute)",
        "dora patch: nobody is stuck",
    ]


def test_blockers_is_for_mentors(world: World) -> None:
    assert "«blockers» is for mentors of deploy" in world.say("cy", "blockers")[0]
