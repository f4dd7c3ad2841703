"""What `/`, `/c/<slug>` and their JSON say of cohorts, their people, rounds and blockers."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from support.programme import World, programme
from support.site import Browser, page
from support.site_story import DEPLOY, with_mentor


def at_the_checkin(world: World) -> None:
    """Two mentees, a third in the line, and the first round open."""
    with_mentor(world)
    for nick in ("cy", "bo", "di"):
        world.say(nick, "join deploy", account=nick if nick == "cy" else None)
    world.pass_time(timedelta(hours=4))


def test_a_cohort_nobody_is_in_has_every_key_and_null_for_what_is_not_there(site: Browser) -> None:
    assert site.get("/api/cohorts/patch").json() == {
        "slug": "patch",
        "title": "First patch",
        "goal": "Your first patch is merged",
        "channel": "#cohort-patch",
        "state": "active",
        "places": 8,
        "taken": 0,
        "waiting": 0,
        "mentors": [],
        "mentees": [],
        "next_checkin": None,
        "round": None,
        "blockers": [],
    }


def test_a_cohort_at_its_checkin(world: World, site: Browser) -> None:
    at_the_checkin(world)
    world.say("cy", "!did read | stuck cinder exits 1", channel=DEPLOY)
    world.say("anna", "!take 1", channel=DEPLOY)
    world.say("anna", "tz tokyo")

    shown = site.get("/api/cohorts/deploy").json()

    assert (shown["places"], shown["taken"], shown["waiting"]) == (2, 2, 1)
    assert shown["mentors"] == [{"nick": "anna", "zone": "Asia/Tokyo", "away_until": None}]
    assert shown["mentees"] == [
        {"nick": "cy", "since": "2026-11-26T12:00:00Z", "proven": True},
        {"nick": "bo", "since": "2026-11-26T12:00:00Z", "proven": False},
    ]
    assert shown["next_checkin"] == "2026-12-03T16:00:00Z"
    assert shown["round"] == {
        "number": 1,
        "state": "open",
        "opened_at": "2026-11-26T16:00:00Z",
        "closes_at": "2026-11-29T16:00:00Z",
        "answered": 1,
        "asked": 2,
    }
    assert shown["blockers"] == [
        {
            "id": 1,
            "nick": "cy",
            "text": "cinder exits 1",
            "state": "taken",
            "taken_by": "anna",
            "opened_at": "2026-11-26T16:00:00Z",
        }
    ]


def test_of_a_private_blocker_only_its_number_and_state_are_told(world: World, site: Browser) -> None:
    at_the_checkin(world)
    world.say("bo", "stuck on something sorry")
    world.say("anna", "take 1")

    assert site.get("/api/cohorts/deploy").json()["blockers"] == [
        {"id": 1, "nick": None, "text": None, "state": "taken", "taken_by": None, "opened_at": None}
    ]
    html = site.get("/c/deploy").text
    assert "something sorry" not in html
    assert "#1 said in private taken" in page(html).text


def test_an_answer_taken_back_is_not_counted(world: World, site: Browser) -> None:
    at_the_checkin(world)
    world.say("cy", "!did read", channel=DEPLOY)
    world.say("cy", "!undo", channel=DEPLOY)

    assert site.get("/api/cohorts/deploy").json()["round"]["answered"] == 0


def test_the_list_is_as_the_cohort_without_its_people(world: World, site: Browser) -> None:
    at_the_checkin(world)
    listed = site.get("/api/cohorts").json()
    alone = site.get("/api/cohorts/deploy").json()

    assert [one["slug"] for one in listed["cohorts"]] == ["deploy", "patch"]
    assert listed["next"] is None
    assert listed["cohorts"][0] == {
        key: value for key, value in alone.items() if key not in ("mentees", "blockers")
    }


def test_archived_cohorts_come_last(world: World, site: Browser) -> None:
    world.say("dora", "cohort archive deploy it is over", account="dora")

    listed = site.get("/api/cohorts").json()["cohorts"]

    assert [(one["slug"], one["state"]) for one in listed] == [("patch", "active"), ("deploy", "archived")]
    assert listed[1]["next_checkin"] is None
    assert "archived since" in page(site.get("/c/deploy").text).text
    assert "How to join" not in site.get("/c/deploy").text


def test_the_list_comes_in_pages_of_a_hundred(tmp_path: Path, sqlite_url: str) -> None:
    many = "".join(f"\nc{number}: {{title: T, goal: G}}" for number in range(201))
    site = Browser(programme(tmp_path, sqlite_url, cohorts=many).app)

    pages = list(site.crawl("/api/cohorts").values())

    assert [len(one.json()["cohorts"]) for one in pages] == [100, 100, 1]
    assert len({cohort["slug"] for one in pages for cohort in one.json()["cohorts"]}) == 201
    assert pages[0].json()["next"] == "/api/cohorts?page=2"


@pytest.mark.parametrize("number", ["0", "-1", "x", "", "1e3", "99999999999999999999"])
def test_a_page_that_is_none_is_refused_in_words(number: str, still_site: Browser) -> None:
    response = still_site.get(f"/api/cohorts?page={number}")
    assert response.status_code == 404
    assert "is no page" in response.json()["error"]


def test_the_front_page_says_whether_there_is_room(world: World, site: Browser) -> None:
    at_the_checkin(world)
    text = page(site.get("/").text).text

    assert "Deploy a cloud deploy A cloud of your own answers on its address full: 2 of 2 taken" in text
    assert "1 waiting Mentors: anna Next check-in: Thu 3 Dec 17:00 Europe/Berlin (16:00 UTC)" in text
    assert "8 of 8 places free" in text


def test_a_cohorts_page_tells_how_to_join_when_it_meets_and_who_helps(world: World, site: Browser) -> None:
    at_the_checkin(world)
    world.say("anna", "tz tokyo")
    shown = page(site.get("/c/deploy").text)

    assert "Come to #cohort-deploy with an IRC program (labnet: 127.0.0.1, port 6667)" in shown.text
    assert "Type !join deploy" in shown.text
    assert "irc://127.0.0.1:6667/%23cohort-deploy" in shown.links
    assert "every Thursday at 17:00 Europe/Berlin" in shown.text
    assert "Check-in 1 is open: 0 of 2 answered so far, until Sun 29 Nov 17:00 Europe/Berlin (16:00 UTC)" in (
        shown.text
    )
    assert "anna Fri 27 Nov 01:00 Asia/Tokyo now, night there" in shown.text
    assert "bo (not identified) since 2026-11-26 UTC" in shown.text
    assert "/logs/labnet/%23cohort-deploy/" in shown.links


def test_a_channels_key_is_never_shown(tmp_path: Path, sqlite_url: str) -> None:
    cohorts = "deploy: {title: T, goal: G, channel_key: hunter2}"
    site = Browser(programme(tmp_path, sqlite_url, cohorts=cohorts).app)

    html = site.get("/c/deploy").text

    assert "hunter2" not in html
    assert "/msg cohortbot join deploy" in page(html).text


def test_what_people_say_is_text_and_never_markup(world: World, site: Browser) -> None:
    at_the_checkin(world)
    world.say("cy", '!stuck <script>alert(1)</script> "quoted" & such', channel=DEPLOY)

    html = site.get("/c/deploy").text

    assert "<script" not in html
    assert '<script>alert(1)</script> "quoted" & such' in page(html).text


@pytest.mark.parametrize("slug", ["none", "DEPLOY", "de%00ploy", "%2e%2e", "d" * 300, "%ff", "deploy%2f"])
@pytest.mark.parametrize("place", ["/c/", "/api/cohorts/"])
def test_what_is_no_cohort_is_404(place: str, slug: str, still_site: Browser) -> None:
    assert still_site.get(f"{place}{slug}").status_code == 404
