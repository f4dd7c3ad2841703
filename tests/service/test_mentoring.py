"""Mentors, blockers and goals, on both databases."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from support.programme import World, programme

from cohortbot.store.engine import reading
from cohortbot.store.tables import award, blocker, step

DEPLOY = "#cohort-deploy"
PATCH = "#cohort-patch"


@pytest.fixture
def world(tmp_path: Path, ready_url: str) -> World:
    """The organizer dora, the mentor anna, and the mentees cy and bo of deploy, all in its channel."""
    world = programme(tmp_path, ready_url)
    world.say("dora", "cohorts", account="dora")
    world.say("anna", "tz Berlin", account="anna")
    world.say("anna", "mentor deploy")
    world.say("dora", "mentor ok anna deploy")
    for nick in ("cy", "bo"):
        world.say(nick, "join deploy", account=nick)
    world.wire.channels[DEPLOY] |= {"anna", "cy", "bo"}
    hush(world)
    return world


def hush(world: World) -> None:
    for target in (DEPLOY, PATCH, "anna", "dora", "cy", "bo", "eve"):
        world.heard(target)


# --- mentors


def test_a_volunteer_waits_for_a_word_and_those_who_can_say_it_are_told_the_line(world: World) -> None:
    [line] = world.say("eve", "mentor deploy", account="eve")
    assert line.startswith("eve thank you")
    for decider in ("anna", "dora"):
        assert "«mentor ok eve deploy»" in world.heard(decider)[0]
    assert "volunteered already" in world.say("eve", "mentor deploy")[0]
    [line] = world.say("anna", "mentor ok eve")
    assert line.startswith("anna eve mentors deploy: 2 of 2 mentors; nobody covers 00–07, 21–24 UTC")
    [told] = world.heard("eve")
    assert told.startswith("you mentor deploy now (anna confirmed you): /join #cohort-deploy")
    assert "already: 2 of 2 mentors" in world.say("dora", "mentor ok eve deploy")[0]
    assert world.heard("dora") == []


def test_an_organizer_who_has_never_spoken_is_asked_as_soon_as_they_are_here(
    tmp_path: Path, ready_url: str
) -> None:
    world = programme(tmp_path, ready_url)
    [line] = world.say("eve", "mentor deploy", account="eve")
    assert "d\u2060ora can confirm you" in line
    assert world.heard("dora") == []
    world.wire.accounts[world.wire.connection("Dora2")] = "dora"
    [asked] = world.heard("Dora2")
    assert "«mentor ok eve deploy»" in asked


@pytest.mark.parametrize("account", ["eve", None], ids=["proven", "unproven"])
def test_a_mentee_is_meant_by_the_nick_that_they_bear_now(world: World, account: str | None) -> None:
    world.say("dora", "cohort set deploy places 3")
    world.say("eve", "join deploy", account=account)
    world.wire.rename("eve", "newname")
    assert "deploy: mentee" in world.say("anna", "who newname")[0]
    assert "has completed deploy" in world.say("anna", "complete newname deploy")[0]


@pytest.mark.parametrize("text", ["checkin", "complete bo", "who"])
def test_a_mentee_who_says_a_mentors_verb_is_told_who_the_mentors_are(world: World, text: str) -> None:
    [line] = world.say("cy", text)
    assert "is for mentors of deploy, so nothing was changed; ask a\u2060nna" in line


def test_a_mentee_of_several_cohorts_sees_no_check_in_of_them(world: World) -> None:
    world.say("cy", "join patch")
    [line] = world.say("cy", "checkin")
    assert "is for mentors of deploy" in line


def test_the_first_to_decide_ends_it_for_the_others(world: World) -> None:
    world.say("eve", "mentor deploy", account="eve")
    world.say("anna", "mentor no eve deploy")
    assert world.heard("dora") == []
    assert world.heard("eve")[0].startswith("deploy does not need you")
    assert "eve is no volunteer of deploy" in world.say("dora", "mentor ok eve deploy")[0]


def test_an_organizer_is_confirmed_at_once(world: World) -> None:
    assert world.say("dora", "mentor patch")[0].startswith("dora you mentor patch: 1 of 3 mentors")


@pytest.mark.parametrize(
    ("nick", "said", "expected"),
    [
        ("cy", "mentor deploy", "you are a mentee of deploy"),
        ("eve", "mentor deploy", "needs to know that it is you"),
        ("eve", "mentor", "mentor which cohort?"),
        ("cy", "mentor ok bo deploy", "is for mentors of deploy"),
        ("anna", "mentor ok bo", "bo is no volunteer of deploy"),
    ],
)
def test_who_may_not_volunteer_or_confirm_hears_why(
    world: World, nick: str, said: str, expected: str
) -> None:
    assert expected in world.say(nick, said)[0]


# --- blockers


def test_anybody_of_the_cohort_takes_a_public_one_by_number(world: World) -> None:
    world.say("cy", "!stuck cinder", channel=DEPLOY)
    [line] = world.say("bo", "!take #1", channel=DEPLOY)
    assert line.startswith(f"{DEPLOY} bo: #1 of cy is yours")
    assert "still yours" in world.say("bo", "take 1")[0]
    assert "#1 is taken already, by bo" in world.say("anna", "take 1")[0]
    assert world.heard("cy") == []


def test_a_mentor_takes_by_nick_and_who_could_not_hear_it_is_told(world: World) -> None:
    world.say("cy", "!stuck cinder", channel=DEPLOY)
    assert world.say("anna", "take cy")[0].startswith("anna #1 of cy is yours")
    assert world.heard("cy") == ["anna has taken your blocker #1 and will help"]
    assert "is for mentors of deploy" in world.say("bo", "take cy")[0]


def test_a_private_one_is_for_mentors_and_never_named_in_the_channel(world: World) -> None:
    world.say("cy", "stuck my manager")
    assert "is for mentors of deploy" in world.say("bo", "take 1")[0]
    [line] = world.say("anna", "!take cy", channel=DEPLOY)
    assert line.startswith("anna #1 is yours")
    [line] = world.say("anna", "!unstuck 1 talked", channel=DEPLOY)
    assert line == "anna cy's #1 solved after under a minute"
    assert world.heard(DEPLOY) == []


def test_solving_says_whose_it_was_and_how_long_it_took(world: World) -> None:
    world.say("cy", "!stuck cinder", channel=DEPLOY)
    world.pass_time(timedelta(hours=3))
    [line] = world.say("bo", "!unstuck 1 lvm filter", channel=DEPLOY)
    assert line == f"{DEPLOY} bo: cy's #1 solved after 3 h"
    assert "#1 is solved already, by bo" in world.say("anna", "unstuck 1")[0]
    with reading(world.app.engine) as tx:
        assert tx.execute(select(blocker.c.state, blocker.c.how)).one() == ("solved", "lvm filter")
        assert tx.execute(select(step.c.kind, step.c.log_channel)).all() == [("solved", DEPLOY)]


def test_ones_own_is_solved_without_a_number_and_all_words_say_how(world: World) -> None:
    world.say("cy", "!stuck cinder", channel=DEPLOY)
    [line] = world.say("cy", "!unstuck lvm filter was missing", channel=DEPLOY)
    assert line == f"{DEPLOY} cy: #1 solved after under a minute"
    with reading(world.app.engine) as tx:
        assert tx.scalar(select(blocker.c.how)) == "lvm filter was missing"


def test_a_mentor_solves_by_nick(world: World) -> None:
    world.say("cy", "!stuck cinder", channel=DEPLOY)
    assert world.say("anna", "unstuck cy deploy lvm filter")[0].startswith("anna cy's #1 solved")
    assert world.heard("cy")[0].startswith("anna says that your blocker #1 is solved")
    with reading(world.app.engine) as tx:
        assert tx.scalar(select(blocker.c.how)) == "lvm filter"


@pytest.mark.parametrize(
    ("nick", "said", "expected"),
    [
        (
            "bo",
            "take 99",
            "no blocker #99 in your cohorts, so nothing was changed; open ones here: #1 and #2",
        ),
        ("eve", "take 1", "you are in no cohort yet"),
        ("cy", "take 1", "#1 is your own"),
        ("anna", "take cy", "cy is stuck on #1 and #2: type «take 1»"),
        ("anna", "take bo", "bo is stuck on nothing"),
        ("anna", "take boo", "I know nobody called boo"),
        ("cy", "unstuck", "you are stuck on #1 and #2"),
        ("bo", "unstuck it works now", "you are stuck on nothing"),
        ("cy", "unstuck 1 " + "x" * 401, "401 characters"),
    ],
)
def test_what_is_neither_taken_nor_solved_says_why(world: World, nick: str, said: str, expected: str) -> None:
    world.say("cy", "!stuck cinder", channel=DEPLOY)
    world.say("cy", "!stuck nova", channel=DEPLOY)
    assert expected in world.say(nick, said)[0]
    with reading(world.app.engine) as tx:
        assert set(tx.scalars(select(blocker.c.state))) == {"open"}


# --- goals


def test_done_asks_the_mentors(world: World) -> None:
    [line] = world.say("cy", "!done https://example.org/1", channel=DEPLOY)
    assert "a mentor confirms with !complete cy" in line
    assert world.heard("anna") == []
    assert "noted before" in world.say("cy", "done")[0]
    [line] = world.say("bo", "done")
    assert world.heard("anna") == ["bo is done with deploy: confirm it with «complete bo deploy»"]


def test_complete_congratulates_once_frees_the_place_and_says_what_comes_next(world: World) -> None:
    world.say("eve", "join deploy", account="eve")
    world.say("cy", "!done https://example.org/1", channel=DEPLOY)
    [line] = world.say("anna", "!complete cy", channel=DEPLOY)
    link = re.search(r"https://m\.example\.org/b/([a-z2-7]{20})$", line)
    assert line.startswith(f"{DEPLOY} anna: congratulations, cy") and link
    assert world.heard(DEPLOY) == []
    assert "deploy" in world.heard("eve")[0]
    steps = world.heard("cy")
    assert link[0] in steps[0] and "«join patch»" in steps[1] and "«mentor deploy»" in steps[1]
    with reading(world.app.engine) as tx:
        made = tx.execute(select(award.c.public_id, award.c.url, award.c.issued_at)).one()
    assert made[:2] == (link[1], "https://example.org/1") and made[2] is not None
    assert "cy has completed deploy already" in world.say("anna", "complete cy")[0]
    assert link[0] in world.say("cy", "done deploy")[0]


def test_confirmed_from_elsewhere_it_is_said_in_the_channel_once(world: World) -> None:
    [line] = world.say("anna", "complete cy deploy")
    assert line.startswith("anna cy has completed deploy: https://m.example.org/b/")
    [said] = world.heard(DEPLOY)
    assert said.startswith("congratulations, cy")
    world.say("anna", "complete cy deploy")
    assert world.heard(DEPLOY) == []


def test_the_badge_of_an_unproven_person_waits_until_they_identify(world: World) -> None:
    world.say("cy", "leave deploy")
    world.say("eve", "join deploy")
    hush(world)
    [line] = world.say("anna", "!complete eve", channel=DEPLOY)
    assert "the badge waits until eve identifies" in line and "/b/" not in line
    hush(world)
    world.say("eve", "me", account="eve")
    [told] = world.heard("eve")
    assert told.startswith("your badge «Deploy a cloud» of deploy is yours now: https://m.example.org/b/")


@pytest.mark.parametrize(
    ("nick", "said", "expected"),
    [
        ("anna", "complete anna deploy", "nobody completes themselves"),
        ("anna", "complete dora deploy", "dora is no mentee of deploy"),
        ("bo", "complete cy deploy", "is for mentors of deploy"),
        ("anna", "complete nobody deploy", "I know nobody called nobody"),
        ("eve", "complete cy deploy", "needs to know that it is you"),
        ("eve", "done deploy", "you are not in deploy"),
        ("anna", "done deploy", "you mentor deploy"),
    ],
)
def test_what_is_not_confirmed_says_why(world: World, nick: str, said: str, expected: str) -> None:
    assert expected in world.say(nick, said)[0]
    with reading(world.app.engine) as tx:
        assert tx.scalar(select(award.c.id)) is None


def test_an_organizer_completes_where_they_do_not_mentor(world: World) -> None:
    assert world.say("dora", "complete cy")[0].startswith("dora cy has completed deploy")


def test_two_mentors_in_the_same_second_give_one_badge(world: World) -> None:
    world.say("dora", "mentor deploy")
    world.say("eve", "join deploy", account="eve")
    hush(world)
    with ThreadPoolExecutor(2) as both:
        told = [both.submit(world.say, nick, "complete cy deploy") for nick in ("anna", "dora")]
    said = sorted(one.result()[0].partition(" ")[2] for one in told)
    assert said[0].startswith("cy has completed deploy already") != said[1].startswith(
        "cy has completed deploy already"
    )
    assert sum(line.startswith("congratulations, cy") for line in world.heard(DEPLOY)) == 1
    assert sum("a place in deploy is free" in line for line in world.heard("eve")) == 1
    with reading(world.app.engine) as tx:
        assert len(tx.execute(select(award.c.id)).all()) == 1


def test_who_leaves_between_done_and_complete_has_no_badge_and_mentors_are_not_asked(world: World) -> None:
    world.say("cy", "done deploy")
    world.say("cy", "leave deploy")
    assert world.heard("anna") == []
    assert "cy is no mentee of deploy" in world.say("anna", "complete cy deploy")[0]
    world.pass_time(timedelta(days=4))
    assert not [line for nick in ("anna", "dora") for line in world.heard(nick) if "is done with" in line]
    with reading(world.app.engine) as tx:
        assert tx.scalar(select(award.c.id)) is None


def test_who_finished_may_mentor_the_same_cohort(world: World) -> None:
    world.say("anna", "complete cy deploy")
    assert "can confirm you as a mentor of deploy" in world.say("cy", "mentor deploy")[0]
    assert "cy mentors deploy: 2 of 2 mentors" in world.say("anna", "mentor ok cy deploy")[0]
