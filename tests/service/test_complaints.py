"""`report` and `feedback`: told to organizers who do not mentor whoever says it, and to nobody else."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from support.programme import World, programme

DEPLOY = "#cohort-deploy"


@pytest.fixture
def world(tmp_path: Path, ready_url: str) -> World:
    """dora, emil and anna organize; anna mentors deploy, where cy is a mentee."""
    made = programme(tmp_path, ready_url)
    made.say("anna", "!mentor deploy", account="anna", channel=DEPLOY)
    made.say("dora", "mentor ok anna deploy", account="dora")
    for account in ("anna", "emil"):
        made.say("dora", f"organizer add {account}")
    made.say("emil", "tz UTC", account="emil")
    made.say("cy", "!join deploy", account="cy", channel=DEPLOY)
    for nick in ("cy", "anna", "dora", "emil"):
        made.heard(nick)
    return made


def say(world: World, nick: str, text: str) -> list[str]:
    """The answers, without what keeps a nick in them from being highlighted."""
    return [line.replace("\N{WORD JOINER}", "") for line in world.say(nick, text)]


def hears(world: World, nick: str) -> list[str]:
    return [line for line in world.heard(nick) if "report" in line]


def test_it_names_who_will_read_it_and_the_way_out_and_sends_nothing_yet(world: World) -> None:
    said = "\n".join(say(world, "cy", "report anna laughs at me"))
    assert "emil and dora will read it (anna mentors you, and will not)" in said
    assert "mentoring@example.org" in said
    assert "«yes but emil»" in said
    assert not hears(world, "dora") + hears(world, "emil") + hears(world, "anna")


def test_yes_sends_it_to_them_alone(world: World) -> None:
    world.say("cy", "feedback the pace is too fast")
    assert "sent to emil and dora" in say(world, "cy", "yes")[0]
    for nick, other in (("dora", "emil"), ("emil", "dora")):
        told = "\n".join(hears(world, nick))
        assert "cy says: the pace is too fast" in told
        assert f"for you and {other} alone" in told.replace("\N{WORD JOINER}", "")
    assert world.heard("anna") == []


def test_yes_but_leaves_one_of_them_out(world: World) -> None:
    world.say("cy", "report dora never answers")
    assert "but NICK" in world.say("cy", "!yes but nobody")[0]
    assert "sent to emil, and to nobody else" in say(world, "cy", "yes but dora")[0]
    assert hears(world, "dora") == []
    assert "dora never answers" in "\n".join(hears(world, "emil"))


def test_no_drops_it_and_keeps_nothing(world: World) -> None:
    world.say("cy", "report never mind")
    assert "nothing was sent" in world.say("cy", "no")[0]
    with world.app.engine.connect() as tx:
        assert "never mind" not in str(tx.exec_driver_sql("SELECT text FROM question").all())
    assert hears(world, "dora") == []


def test_the_first_who_acts_ends_it_for_the_others_and_whoever_said_it_hears_that(world: World) -> None:
    world.say("cy", "report anna laughs at me")
    world.say("cy", "yes")
    hears(world, "dora"), hears(world, "emil")
    assert "report #1 is yours to see to" in world.say("dora", "yes")[0]
    assert "dora sees to your report" in world.heard("cy")[0]
    world.pass_time(timedelta(hours=80))
    assert hears(world, "emil") == hears(world, "dora") == []
    assert "nothing I asked you is open" in world.say("emil", "yes")[0]


def test_what_nobody_sees_to_is_said_again_to_its_readers_alone(world: World) -> None:
    world.say("cy", "report anna laughs at me")
    world.say("cy", "yes but dora")
    hears(world, "emil")
    for hours in (25, 48):  # at two in the afternoon where emil is
        world.pass_time(timedelta(hours=hours))
        assert "anna laughs at me" in "\n".join(hears(world, "emil"))
    world.pass_time(timedelta(hours=40))
    assert hears(world, "emil") == hears(world, "dora") == hears(world, "anna") == []


def test_in_a_channel_it_is_refused_privately(world: World) -> None:
    [refused] = world.say("cy", "!report anna laughs at me", channel=DEPLOY)
    assert refused.startswith("cy «report» works in a private message alone")


def test_where_every_organizer_mentors_them_the_contact_is_the_way(world: World) -> None:
    for nick in ("dora", "emil"):
        world.say(nick, "mentor deploy")
    said = world.say("cy", "report all of them laugh")[0]
    assert "nothing was sent" in said
    assert "mentoring@example.org" in said
    assert "nothing I asked you is open" in world.say("cy", "yes")[0]


def test_it_is_in_no_audit(world: World) -> None:
    world.say("cy", "report anna laughs at me")
    world.say("cy", "yes")
    assert "report" not in "\n".join(world.say("dora", "audit cy") + world.say("anna", "audit"))


def test_it_is_forgotten_with_its_person(world: World) -> None:
    world.say("cy", "report anna laughs at me")
    world.say("cy", "yes")
    word = world.say("cy", "erase me")[-1].split()[-1]
    world.say("cy", f"erase me {word}")
    assert hears(world, "dora") == hears(world, "emil") == []
