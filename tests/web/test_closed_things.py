"""What is not for everybody leaves no trace on the site: private cohorts, and logs that are not public."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from support.programme import COHORTS, World, programme
from support.site import Browser, page
from support.site_story import LINE, STARTS, LogWriter, award, lived_in

TRACES = ("secret", "quiet one", "Nobody needs to know", "mallory")


def test_no_page_that_can_be_reached_names_a_private_cohort(
    world: World, logged: LogWriter, site: Browser
) -> None:
    lived_in(world, logged)

    reached = site.crawl(*STARTS)

    assert {response.status_code for response in reached.values()} == {200}
    assert "/logs/labnet/%23cohort-deploy/2026-11-26.txt" in reached
    for path, response in reached.items():
        for trace in TRACES:
            assert trace not in response.text, f"{trace!r} on {path}"


@pytest.mark.parametrize(
    "path",
    [
        "/c/secret",
        "/api/cohorts/secret",
        "/logs/labnet/%23cohort-secret/",
        "/logs/labnet/%23cohort-secret",
        "/logs/labnet/%23COHORT-SECRET/",
        "/logs/labnet/%23cohort-secret/2026-11-26",
        "/logs/labnet/%23cohort-secret/2026-11-26.txt",
    ],
)
def test_a_private_cohorts_pages_are_as_if_there_were_none(
    path: str, world: World, logged: LogWriter, site: Browser
) -> None:
    lived_in(world, logged)
    response, of_nobody = (
        site.get(path),
        site.get(path.replace("secret", "nobody").replace("SECRET", "NOBODY")),
    )
    assert response.status_code == of_nobody.status_code == 404
    assert response.text == of_nobody.text


def test_a_badge_of_a_private_cohort_names_badge_and_person_alone(world: World, site: Browser) -> None:
    path = award(world, "secret")
    assert path is not None

    html = site.get(path).text

    assert "cy has earned this badge of Mentoring" in page(html).text
    assert not [trace for trace in TRACES if trace in html]
    assert "review.example.org" not in html


def test_the_badges_own_name_is_told(tmp_path: Path, sqlite_url: str) -> None:
    cohorts = COHORTS + "  badge: {name: Quiet Hero, description: for the secret one}\n"
    world = programme(tmp_path, sqlite_url, cohorts=cohorts)
    path = award(world, "secret")
    assert path is not None

    html = Browser(world.app).get(path).text

    assert "<h1>Quiet Hero</h1>" in html
    assert "secret" not in html


def test_the_log_of_a_channel_that_a_cohort_has_left_is_closed(
    world: World, logged: LogWriter, site: Browser
) -> None:
    logged("#cohort-patch", "2026-11-26", LINE)
    assert site.get("/logs/labnet/%23cohort-patch/").status_code == 200
    world.say("dora", "cohort set patch channel #elsewhere", account="dora")
    assert site.get("/logs/labnet/%23cohort-patch/").status_code == 404


def test_an_extra_channel_is_shown_unless_a_private_cohort_has_it(
    world: World, logged: LogWriter, site: Browser
) -> None:
    for channel in ("#mentoring", "#cohort-secret"):
        logged(channel, "2026-11-26", LINE)
    config = world.app.config
    channels = config.irc.channels.model_copy(update={"extra": ("#Mentoring", "#cohort-secret")})
    irc = config.irc.model_copy(update={"channels": channels})
    world.app.live.swap(replace(config, irc=irc))

    assert site.get("/logs/labnet/%23mentoring/2026-11-26").status_code == 200
    assert site.get("/logs/labnet/%23cohort-secret/2026-11-26").status_code == 404


def test_logs_that_are_not_public_are_404_and_not_linked(
    world: World, logged: LogWriter, site: Browser
) -> None:
    logged("#cohort-deploy", "2026-11-26", LINE)
    config = world.app.config
    world.app.live.swap(replace(config, logs=config.logs.model_copy(update={"public": False})))

    for rest in ("", "2026-11-26", "2026-11-26.txt"):
        assert site.get(f"/logs/labnet/%23cohort-deploy/{rest}").status_code == 404
    assert not [path for path in site.crawl(*STARTS) if re.match("/logs", path)]
    assert "The logs are not on this site" in page(site.get("/about").text).text


def test_a_cohort_that_becomes_private_is_closed_at_once(world: World, site: Browser) -> None:
    assert site.get("/c/deploy").status_code == 200
    world.say("dora", "cohort set deploy public false", account="dora")
    assert site.get("/c/deploy").status_code == 404
    assert "Deploy" not in site.get("/").text
