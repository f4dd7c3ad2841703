"""What `/c/<slug>/rounds/<n>` and its JSON say of a check-in; and that a mentor is away."""

from __future__ import annotations

from datetime import timedelta

import pytest
from support.programme import World
from support.site import Browser, page
from support.site_story import DEPLOY, with_mentor


@pytest.fixture
def answered(world: World) -> World:
    """Round 1 of deploy: cy has answered in the channel, bo in private."""
    with_mentor(world)
    for nick in ("cy", "bo"):
        world.say(nick, "join deploy", account=nick if nick == "cy" else None)
    world.pass_time(timedelta(hours=4))
    world.say("cy", "!did read | next the storage", channel=DEPLOY)
    world.say("bo", "did a little in secret")
    return world


@pytest.mark.usefixtures("answered")
def test_a_round_has_public_answers_and_the_number_of_private_ones(site: Browser) -> None:
    shown = site.get("/api/cohorts/deploy/rounds/1").json()
    [answer] = shown.pop("answers")
    assert shown == {
        "cohort": "deploy",
        "number": 1,
        "state": "open",
        "opened_at": "2026-11-26T16:00:00Z",
        "closes_at": "2026-11-29T16:00:00Z",
        "asked": 2,
        "answered": 2,
        "private": 1,
    }
    assert answer.pop("log_url").startswith("/logs/labnet/%23cohort-deploy/2026-11-26#L")
    assert answer == {
        "nick": "cy",
        "did": "read",
        "next": "the storage",
        "stuck": None,
        "kind": "answer",
        "at": "2026-11-26T16:00:00Z",
        "proven": True,
    }


@pytest.mark.usefixtures("answered")
def test_the_page_shows_the_same_and_latest_is_the_newest(site: Browser) -> None:
    for path in ("/c/deploy/rounds/1", "/c/deploy/rounds/latest"):
        text = page(site.get(path).text).text
        assert "did: read" in text
        assert "1 answered in private" in text
        assert "secret" not in text


@pytest.mark.usefixtures("answered")
@pytest.mark.parametrize("number", ["2", "0", "01", "x", "99999999999"])
def test_a_round_that_is_not_there_is_404(site: Browser, number: str) -> None:
    assert site.get(f"/c/deploy/rounds/{number}").status_code == 404
    assert site.get(f"/api/cohorts/deploy/rounds/{number}").status_code == 404


def test_rounds_of_a_private_cohort_are_as_if_there_were_none(answered: World, site: Browser) -> None:
    answered.say("dora", "checkin secret", account="dora")
    answered.say("dora", "yes")
    for path in ("/c/secret/rounds/1", "/c/secret/rounds/latest", "/api/cohorts/secret/rounds/1"):
        assert site.get(path).status_code == 404


def test_a_mentor_who_is_away_is_shown_so(answered: World, site: Browser) -> None:
    answered.say("anna", "tz UTC")
    answered.say("anna", "away until 7 Dec")
    [mentor] = site.get("/api/cohorts/deploy").json()["mentors"]
    assert mentor["away_until"] == "2026-12-08T00:00:00Z"
