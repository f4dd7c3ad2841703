"""Organizers move, remove and merge people, name organizers, and read the record; both databases."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from support.programme import World, programme

from cohortbot.store.engine import reading

DEPLOY = "#cohort-deploy"


@pytest.fixture
def world(tmp_path: Path, ready_url: str) -> World:
    world = programme(tmp_path, ready_url)
    world.say("dora", "!help", account="dora")
    return world


def given_mentor(world: World, nick: str, slug: str = "deploy") -> None:
    world.say(nick, f"mentor {slug}", account=nick)
    world.say("dora", f"mentor ok {nick} {slug}")
    world.heard(nick)


def given(world: World, *nicks: str, slug: str = "deploy") -> None:
    for nick in nicks:
        world.say(nick, f"join {slug}", account=nick)
        world.heard(nick)


# --- add


def test_who_is_added_has_a_place_and_is_told(world: World) -> None:
    given_mentor(world, "anna")
    world.wire.connection("cy")
    [said] = world.say("anna", "add cy deploy")
    assert said.startswith("anna cy joined deploy (1 of 2)")
    told = "\n".join(world.heard("cy"))
    assert "anna gave you a place" in told
    assert "welcome to deploy" in told
    assert world.say("anna", "add cy deploy")[0].startswith("anna cy is in deploy (1 of 2)")


# --- move


def test_a_move_takes_the_new_place_and_offers_the_old_one_on(world: World) -> None:
    given(world, "ada", "bo", "cy")
    [said] = world.say("dora", "move ada deploy patch")
    assert said == (
        "dora moved ada from deploy to patch (1 of 8); the place in deploy is offered to the next in line"
    )
    assert "join deploy" in world.heard("cy")[0]
    told = world.heard("ada")
    assert told[0] == "dora moved you from deploy to patch (1 of 8) — /join #cohort-patch"
    assert told[1].startswith("welcome to patch")


@pytest.mark.parametrize("rest", ["pause", "archive"])
def test_nobody_is_added_to_a_cohort_that_rests(world: World, rest: str) -> None:
    world.say("cy", "tz Berlin", account="cy")
    world.say("dora", f"cohort {rest} deploy")
    [said] = world.say("dora", "add cy deploy")
    assert f"deploy is {rest}d since" in said
    assert "in no cohort" in world.say("cy", "me")[0]


def test_a_move_into_a_full_cohort_is_refused_and_changes_nothing(world: World) -> None:
    given(world, "ada", "bo")
    given(world, "cy", slug="patch")
    [said] = world.say("dora", "move cy patch deploy")
    assert "deploy is full (2 of 2), so cy was not seated" in said
    assert world.say("cy", "join patch")[0].startswith("cy you are in patch")


def test_a_place_that_was_offered_to_them_is_theirs(world: World) -> None:
    given(world, "ada", "bo")
    given(world, "cy", slug="patch")
    world.say("cy", "join deploy")
    world.say("ada", "leave deploy")
    assert "moved cy from patch to deploy (2 of 2)" in world.say("dora", "move cy patch deploy")[0]
    world.pass_time(timedelta(days=4))
    assert world.say("cy", "join deploy")[0].startswith("cy you are in deploy (2 of 2)")


def test_moving_twice_says_where_they_are(world: World) -> None:
    given(world, "ada")
    world.say("dora", "move ada deploy patch")
    [said] = world.say("dora", "move ada deploy patch")
    assert said == "dora ada is in patch (1 of 8), and not in deploy"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("move zed deploy patch", "nobody called zed"),
        ("move anna deploy patch", "anna is no mentee of deploy"),
        ("move ada patch deploy", "ada is no mentee of patch"),
        ("move ada deploy deploy", "type: move NICK FROM TO"),
        ("move ada deploy taxes", "no cohort taxes"),
    ],
)
def test_a_move_is_refused(world: World, line: str, said: str) -> None:
    given_mentor(world, "anna")
    given(world, "ada")
    if line == "move ada patch deploy":
        world.say("ada", "leave deploy")
    assert said in world.say("dora", line)[0]


# --- remove


def test_who_is_removed_hears_why_at_once_and_that_for_sure(world: World) -> None:
    given(world, "ada", "bo", "cy")
    said = world.say("dora", "remove ada deploy no answer to three mails")
    assert said == [
        "dora ada is no mentee of deploy any more, the place is offered to the next in line; "
        "they were told, and why",
        "ada dora about you and deploy: no answer to three mails",
    ]
    assert world.heard("ada")[0].startswith("you are in deploy no more: dora ended it")
    assert "join deploy" in world.heard("cy")[0]


def test_who_is_not_here_hears_of_it_later_and_the_reason_is_kept_nowhere(world: World) -> None:
    given(world, "ada")
    world.wire.gone("ada")
    [said] = world.say("dora", "remove ada deploy sesquipedalian")
    assert "will be told that, but not why" in said
    assert world.heard("ada") == []
    with reading(world.app.engine) as tx:
        for table in ("outbox", "event", "membership"):
            rows = tx.execute(text(f"SELECT * FROM {table}")).all()  # noqa: S608
            assert "sesquipedalian" not in repr(rows)
    world.wire.accounts[world.wire.connection("ada")] = "ada"
    assert world.heard("ada")[0].startswith("you are in deploy no more")


def test_removing_twice_says_so(world: World) -> None:
    given(world, "ada")
    world.say("dora", "remove ada deploy spam")
    assert world.say("dora", "remove ada deploy spam") == ["dora ada is in deploy no more, since before"]


def test_a_mentor_removes_an_unproven_mentee_alone(world: World) -> None:
    given_mentor(world, "anna")
    given(world, "ada")
    world.say("cy", "join deploy")
    assert "ada is identified" in world.say("anna", "remove ada deploy spam")[0]
    assert "cy is no mentee of deploy any more" in world.say("anna", "remove cy deploy spam")[0]
    assert "cy is no member of patch" in world.say("dora", "remove cy patch spam")[0]


def test_another_cohorts_mentor_removes_nobody(world: World) -> None:
    given_mentor(world, "anna", "patch")
    world.say("cy", "join deploy")
    assert "is for mentors of deploy" in world.say("anna", "remove cy deploy spam")[0]


def test_an_organizer_removes_a_mentor_too(world: World) -> None:
    given_mentor(world, "anna")
    assert "anna is no mentor of deploy any more" in world.say("dora", "remove anna deploy left us")[0]


# --- organizers


def test_an_added_organizer_is_told_and_may_organize(world: World) -> None:
    given(world, "emil", slug="patch")
    [said] = world.say("dora", "organizer add emil")
    assert said == "dora emil is an organizer now; they are told"
    assert "dora made you an organizer" in world.heard("emil")[0]
    assert world.say("emil", "cohort new talk Talks")[0].startswith("emil made talk")
    assert world.say("dora", "organizer add EMIL") == ["dora emil is an organizer already"]


def test_an_organizer_may_be_added_before_the_bot_has_met_them(world: World) -> None:
    assert "I have met nobody of that account on labnet yet" in world.say("dora", "organizer add Emil")[0]
    assert world.say("em", "cohort new talk Talks", account="emil")[0].startswith("em made talk")


def test_an_organizer_is_taken_back_but_not_the_configs(world: World) -> None:
    world.say("dora", "organizer add emil")
    assert world.say("dora", "organizer remove Emil") == ["dora Emil is an organizer no more"]
    assert "is for organizers" in world.say("emil", "reload", account="emil")[0]
    assert "emil is no organizer" in world.say("dora", "organizer remove emil")[0]
    assert "dora is an organizer by the config file" in world.say("dora", "organizer remove Dora")[0].replace(
        "Dora", "dora"
    )


def test_the_record_of_organizers_holds_no_account(world: World) -> None:
    world.say("dora", "organizer add sesquipedalian")
    with reading(world.app.engine) as tx:
        assert "sesquipedalian" not in repr(tx.execute(text("SELECT * FROM event")).all())


# --- audit


def test_the_audit_says_who_did_what_to_whom_privately(world: World) -> None:
    given(world, "ada")
    world.say("dora", "cohort set deploy places 3")
    world.say("dora", "remove ada deploy spam")
    said = world.say("dora", "!audit deploy", channel=DEPLOY)
    assert said[:4] == [
        "dora the latest deeds of deploy, newest first:",
        "dora Thu 26 Nov 12:00 UTC, dora: removed ada in deploy",
        "dora Thu 26 Nov 12:00 UTC, dora: cohort set in deploy (places)",
        "dora Thu 26 Nov 12:00 UTC, ada: joined in deploy",
    ]
    assert said[4] == "dora Thu 26 Nov 12:00 UTC, the config: cohort made in deploy"


def test_the_audit_of_a_person_and_of_all(world: World) -> None:
    given(world, "ada", "bo")
    said = world.say("dora", "audit ada")
    assert said == [
        "dora the latest deeds of ada, newest first:",
        "dora Thu 26 Nov 12:00 UTC, ada: joined in deploy",
    ]
    assert len(world.say("dora", "audit")) == 6
    assert "nobody called zed" in world.say("dora", "audit zed")[0]


def test_the_audit_is_for_organizers(world: World) -> None:
    assert "is for organizers" in world.say("ada", "audit", account="ada")[0]
