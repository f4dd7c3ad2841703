"""`/export/<token>`: looking shows a button, which gives all that is kept of somebody, once."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest
from sqlalchemy import ForeignKeyConstraint
from support.programme import World
from support.site import Browser, page
from support.site_story import DEPLOY, with_mentor

from cohortbot.store.exporting import _PARTS
from cohortbot.store.tables import metadata

PARTS = {
    *("person", "identities", "memberships", "asked_in", "answers", "held_answers", "blockers"),
    *("blocker_steps", "badges", "absences", "covers", "days_off", "announcements", "questions", "reports"),
    *("links", "deeds", "deeds_of_others", "letters"),
}


def link(world: World, nick: str, **how: str) -> str:
    said = world.say(nick, "export me", **how)
    found = re.search(r"https://m\.example\.org(/export/\S+)$", said[0])
    assert found is not None, said
    return found[1]


@pytest.fixture
def cy(world: World) -> str:
    """cy has answered in public and in private, and was stuck; the path of the link."""
    with_mentor(world)
    for nick in ("cy", "bo"):
        world.say(nick, "!join deploy", account=nick, channel=DEPLOY)
    world.pass_time(timedelta(hours=5))
    world.say("cy", "!did read | stuck on lvm", channel=DEPLOY)
    world.say("bo", "!did bo's own", channel=DEPLOY)
    world.say("cy", "did a secret thing")
    return link(world, "cy")


def test_looking_shows_a_button_and_uses_nothing(site: Browser, cy: str) -> None:
    for method in ("GET", "HEAD", "GET"):
        response = site.request(method, cy)
        assert response.status_code == 200
        assert response.headers["cache-control"] == "no-store"
    html = site.get(cy).text
    assert html.count("<button") == 1
    assert not page(html).faults
    assert "secret" not in html


def test_the_button_gives_the_file_once(site: Browser, cy: str) -> None:
    response = site.request("POST", cy)
    assert response.status_code == 200
    assert "attachment" in response.headers["content-disposition"]
    kept = json.loads(response.text)
    assert kept.keys() == PARTS
    assert [one["text"] for one in kept["answers"]] == ["read", "on lvm", "a secret thing"]
    assert kept["answers"][0]["cohort"] == "deploy"
    assert kept["answers"][0]["round"] == 1
    assert kept["answers"][2]["private"] is True
    assert kept["identities"] == [{"network": "labnet", "account": "cy", "nick": "cy"}]
    assert kept["blockers"][0]["id"] == 1
    assert not re.search(r"\bbo\b", response.text)
    for method in ("POST", "GET", "HEAD"):
        assert site.request(method, cy).status_code == 410


def test_a_link_ends_after_a_day(world: World, site: Browser, cy: str) -> None:
    world.pass_time(timedelta(hours=25))
    assert site.get(cy).status_code == site.request("POST", cy).status_code == 410


@pytest.mark.parametrize("token", ["x", "a" * 32, "a" * 500, "%2e%2e%2f" * 4])
def test_a_link_that_nobody_was_given_is_404(still_site: Browser, token: str) -> None:
    for method in ("GET", "POST"):
        assert still_site.request(method, f"/export/{token}").status_code == 404


def test_who_is_not_identified_gets_it_from_the_connection_that_claimed_alone(
    world: World, site: Browser
) -> None:
    world.say("zed", "join deploy")
    assert site.get(link(world, "zed")).status_code == 200
    world.wire.gone("zed")
    assert "your connection is another" in world.say("zed", "export me")[0]
    assert "nothing is kept of you" in world.say("nan", "export me")[0]


def test_who_is_barred_gets_it_too(world: World, site: Browser) -> None:
    world.say("mallory", "join deploy", account="mallory")
    world.say("dora", "bar mallory spam", account="dora")
    assert site.get(link(world, "mallory")).status_code == 200


def test_every_table_that_names_people_is_in_it_or_says_nothing_of_them() -> None:
    naming = {
        table.name
        for table in metadata.tables.values()
        for key in table.constraints
        if isinstance(key, ForeignKeyConstraint) and key.referred_table.name == "person"
    }
    exported = {owner.table.name for _, owner in _PARTS}
    # Who opened a round, organizes, barred somebody, or read a report: deeds, which are in it.
    assert naming - exported == {"round", "organizer", "bar", "cohort", "report_reader"}
