"""A badge taken back by an organizer, on both databases."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select
from support.programme import World, programme

from cohortbot.service import pages
from cohortbot.store.engine import reading
from cohortbot.store.tables import award


@pytest.fixture
def world(tmp_path: Path, ready_url: str) -> World:
    """dora organizes, anna mentors deploy, and cy has finished it."""
    world = programme(tmp_path, ready_url)
    world.say("dora", "cohorts", account="dora")
    world.say("anna", "mentor deploy", account="anna")
    world.say("dora", "mentor ok anna deploy")
    world.say("cy", "join deploy", account="cy")
    world.say("anna", "complete cy deploy")
    for nick in ("cy", "anna", "dora"):
        world.heard(nick)
    return world


def public_id(world: World) -> str:
    with reading(world.app.engine) as tx:
        return str(tx.scalar(select(award.c.public_id)))


def test_its_page_says_so_and_whose_it_was_hears_why(world: World) -> None:
    said = world.say("dora", "revoke cy deploy it was another's work")
    assert said[0] == "dora cy's badge of deploy is revoked: its page says so"
    assert said[1] == "cy dora has revoked your badge «Deploy a cloud» of deploy: it was another's work"
    seen = pages.badge(world.app, public_id(world))
    assert seen is not None and seen.revoked_at == world.now
    assert world.heard("cy") == []
    assert "is revoked already" in world.say("dora", "revoke cy deploy again")[0]


def test_who_is_not_here_hears_of_it_later_without_the_reason(world: World) -> None:
    world.wire.gone("cy")
    assert len(world.say("dora", "revoke cy deploy it was another's work")) == 1
    world.say("cy", "me", account="cy")
    assert world.heard("cy") == [
        "dora has revoked your badge «Deploy a cloud» of deploy, and can tell you why"
    ]


@pytest.mark.parametrize(
    ("nick", "said", "expected"),
    [
        ("anna", "revoke cy deploy why", "is for organizers"),
        ("dora", "revoke cy deploy", "type: revoke NICK c why"),
        ("dora", "revoke anna deploy why", "anna has no badge of deploy"),
        ("dora", "revoke zed deploy why", "I know nobody called zed"),
    ],
)
def test_what_is_not_revoked_says_why(world: World, nick: str, said: str, expected: str) -> None:
    assert expected in world.say(nick, said)[0]
    seen = pages.badge(world.app, public_id(world))
    assert seen is not None and seen.revoked_at is None
