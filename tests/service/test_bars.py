"""Who is barred has no place and is not heard; both databases."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text
from support.programme import World, programme

from cohortbot.store.engine import reading


@pytest.fixture
def world(tmp_path: Path, ready_url: str) -> World:
    world = programme(tmp_path, ready_url)
    world.say("dora", "!help", account="dora")
    return world


def given(world: World, *nicks: str, slug: str = "deploy") -> None:
    for nick in nicks:
        world.say(nick, f"join {slug}", account=nick)
        world.heard(nick)


def test_a_bar_ends_memberships_passes_seats_on_and_gives_the_lines_for_chanserv(world: World) -> None:
    given(world, "ada", "bo", "cy")
    given(world, "ada", slug="patch")
    said = world.say("dora", "!bar ada spam in queries", channel="#cohort-patch")
    assert said == [
        "#cohort-patch dora: ada is barred, and I hear them no more; 2 memberships ended",
        "dora to keep them out of the channels too, paste:",
        "dora /msg ChanServ AKICK #cohort-deploy ADD ada spam in queries",
        "dora /msg ChanServ AKICK #cohort-patch ADD ada spam in queries",
        "dora /msg ChanServ AKICK #cohort-secret ADD ada spam in queries",
    ]
    assert "join deploy" in world.heard("cy")[0]


def test_who_is_barred_is_told_once_and_then_not_heard(world: World) -> None:
    given(world, "ada")
    world.say("dora", "bar ada spam")
    assert "an organizer has barred you" in world.say("ada", "join deploy")[0]
    assert world.say("ada", "me") == []
    assert world.say("ada", "join deploy") == []


def test_a_bar_is_on_the_account_whatever_its_nick(world: World) -> None:
    given(world, "ada")
    world.say("dora", "bar ada spam")
    world.wire.rename("ada", "lovelace")
    assert "barred" in world.say("lovelace", "join deploy")[0]
    assert world.say("ada2", "join deploy", account="ada") == []
    assert world.say("bo", "join deploy", account="bo")[0].startswith("bo joined")


def test_an_unproven_one_is_barred_by_nick_and_by_connection(world: World) -> None:
    world.say("cy", "join deploy")
    said = world.say("dora", "bar cy spam")
    assert "AKICK #cohort-deploy ADD cy!*@* spam" in said[2]
    world.wire.rename("cy", "cyrus")
    assert "barred" in world.say("cyrus", "join deploy")[0]
    world.wire.gone("cyrus")
    assert world.say("CY", "join deploy") == []


def test_somebody_in_sight_whom_the_bot_never_heard_can_be_barred(world: World) -> None:
    world.wire.connection("troll")
    assert "troll is barred" in world.say("dora", "bar troll spam")[0]
    assert "barred" in world.say("troll", "join deploy")[0]
    assert "nobody called ghost" in world.say("dora", "bar ghost spam")[0]


def test_barring_twice_says_so_and_a_bar_is_taken_back(world: World) -> None:
    given(world, "ada")
    world.say("dora", "bar ada spam")
    assert "ada is still barred" in world.say("dora", "bar ada spam")[0]
    assert "ada is barred no more" in world.say("dora", "unbar ada")[0]
    assert world.say("ada", "join deploy")[0].startswith("ada joined deploy (1 of 2)")
    assert "ada is not barred" in world.say("dora", "unbar ada")[0]


def test_organizers_are_not_barred_oneself_included(world: World) -> None:
    given(world, "emil", slug="patch")
    world.say("dora", "organizer add emil")
    assert "emil is an organizer and was not barred" in world.say("dora", "bar emil spam")[0]
    assert "dora is an organizer and was not barred" in world.say("emil", "bar dora spam")[0]
    assert "«organizer remove emil» comes first" in world.say("dora", "bar emil spam")[0]


def test_the_table_of_bars_holds_no_name_and_a_bar_outlives_its_person(world: World) -> None:
    given(world, "sesquipedalian")
    world.say("dora", "bar sesquipedalian spam")
    with world.app.engine.begin() as tx:
        assert "sesquipedalian" not in repr(tx.execute(text("SELECT * FROM bar")).all())
        tx.execute(
            text(
                "UPDATE identity SET account = 'x', account_key = 'x', nick = 'x', nick_key = 'x'"
                " WHERE nick = 'sesquipedalian'"
            )
        )
    assert "barred" in world.say("sesquipedalian", "join deploy")[0]
    assert "sesquipedalian is barred no more" in world.say("dora", "unbar sesquipedalian")[0]
    assert world.say("sesquipedalian", "join deploy")[0].startswith("sesquipedalian joined")


def test_what_waited_for_them_is_not_said(world: World) -> None:
    world.say("ada", "join deploy", account="ada")  # the welcome waits
    world.say("dora", "bar ada spam")
    assert world.heard("ada") == []


def test_every_database_has_a_key_of_its_own(world: World) -> None:
    given(world, "ada")
    world.say("dora", "bar ada spam")
    with reading(world.app.engine) as tx:
        assert tx.execute(text("SELECT count(*) FROM secret WHERE name = 'bar'")).scalar() == 1
