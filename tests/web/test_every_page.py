"""What holds for every page: sound markup, headers, a foot, links that open, words for what goes wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr
from support.processes import free_port
from support.programme import World
from support.site import Browser, page
from support.site_story import STARTS, LogWriter, lived_in

from cohortbot import service, wiring
from cohortbot.clock import Clock
from cohortbot.domain.hearing import Loss, Why
from cohortbot.domain.verbs import VERBS
from cohortbot.web.site import HERE, contact

TROUBLE = ("/none", "/c/none", "/b/none", "/logs/a/b/c")


@pytest.fixture
def everything(world: World, logged: LogWriter, site: Browser) -> Iterator[dict[str, str]]:
    lived_in(world, logged)
    reached = site.crawl(*STARTS, *TROUBLE)
    yield {path: one.text for path, one in reached.items() if "html" in one.headers["content-type"]}


def test_markup_is_sound_and_links_are_root_relative(everything: dict[str, str]) -> None:
    for path, html in everything.items():
        shown = page(html)
        assert not shown.faults, path
        assert html.startswith("<!DOCTYPE html>")
        outside = [link for link in shown.links if link[0] not in "/#"]
        assert not [link for link in outside if not re.match("(mailto|ircs?|https?):", link)], path
        assert not [link for link in outside if "m.example.org" in link], path


def test_every_foot_has_contact_and_code_of_conduct(world: World, site: Browser) -> None:
    conduct = "https://example.org/conduct"
    programme = world.app.config.programme.model_copy(update={"code_of_conduct": conduct})
    world.app.live.swap(replace(world.app.config, programme=programme))

    for path in ("/", "/c/deploy", "/none"):
        shown = page(site.get(path).text)
        assert {conduct, "mailto:mentoring@example.org"} <= set(shown.links)


def test_no_page_is_for_search_engines_or_runs_foreign_things(site: Browser) -> None:
    for path in ("/", "/none", "/api/cohorts", "/static/site.css"):
        headers = site.get(path).headers
        assert headers["x-robots-tag"] == "noindex"
        assert headers["content-security-policy"].startswith("default-src 'self'")
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
    assert '<meta name="robots" content="noindex">' in site.get("/").text


def test_every_time_names_its_zone(everything: dict[str, str]) -> None:
    for path, html in everything.items():
        for said in re.findall(r"<time [^>]*>(.*?)</time>", html):
            log_line = re.fullmatch(r"\d\d:\d\d:\d\d", said) and "Times are UTC" in html
            assert log_line or "UTC" in said, f"{said} on {path}"


def test_help_has_every_verb(site: Browser) -> None:
    text = page(site.get("/help").text).text
    for verb in VERBS:
        assert f"{verb.usage} {verb.help}" in text


def test_head_is_answered_as_get_is(site: Browser) -> None:
    for path in ("/", "/c/deploy", "/api/cohorts", "/none"):
        assert site.request("HEAD", path).status_code == site.get(path).status_code


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_the_site_is_only_read(method: str, still_site: Browser) -> None:
    response = still_site.request(method, "/c/deploy")
    assert response.status_code == 405
    assert "only read" in page(response.text).text


def test_what_is_not_there_is_said_in_words(site: Browser) -> None:
    assert "nothing at this address" in page(site.get("/none").text).text
    assert site.get("/api/none").json() == {
        "error": "There is nothing at this address. The front page has all that there is."
    }


def test_without_the_database_pages_say_so(world: World, free_database_url: str) -> None:
    gone = world.app.config.database.model_copy(update={"url": SecretStr(free_database_url)})
    app = wiring.build(replace(world.app.config, database=gone), clock=Clock(reader=world.app.now))
    site = Browser(app)

    for path in ("/", "/c/deploy", "/status", "/b/abc", "/logs/labnet/%23cohort-deploy/"):
        response = site.get(path)
        assert response.status_code == 503
        assert "database cannot be reached" in page(response.text).text
        assert response.headers["retry-after"]
    assert "database cannot be reached" in site.get("/api/cohorts").json()["error"]
    assert (site.get("/help").status_code, site.get("/about").status_code) == (200, 200)


@pytest.fixture
def free_database_url() -> str:
    """Of a PostgreSQL server that is not there."""
    return f"postgresql://nobody@127.0.0.1:{free_port()}/none"


def test_our_own_faults_are_said_without_their_details(world: World, site: Browser) -> None:
    with world.app.engine.begin() as tx:
        tx.exec_driver_sql("DROP TABLE gauge")
    response = site.get("/status")
    assert response.status_code == 500
    assert "our fault" in page(response.text).text
    assert "gauge" not in response.text
    assert response.headers["x-robots-tag"] == "noindex"


def test_the_status_says_how_old_it_is_and_whether_the_bot_is_up(world: World, site: Browser) -> None:
    assert "No bot has run" in page(site.get("/status").text).text
    at = world.now
    service.note_tick(world.app, at)
    service.note_gauges(world.app, at, at - timedelta(hours=3), queued=2, reconnects=1, errors=0)

    text = page(site.get("/status").text).text
    assert (
        "labnet up Connected since 2026-11-26 09:00 UTC Last look at the clock 2026-11-26 12:00 UTC" in text
    )
    assert "Lines waiting to be said 2 Reconnects since its start 1 Errors since its start 0" in text
    assert "under a minute ago" in text

    service.note_gauges(world.app, at - timedelta(minutes=5), None, queued=0, reconnects=1, errors=0)
    text = page(site.get("/status").text).text
    assert "labnet down: it has not been heard from" in text
    assert "5 min ago" in text


def test_the_status_shows_what_no_log_hears_since_when_and_why(world: World, site: Browser) -> None:
    service.note_gauges(world.app, world.now, world.now, queued=0, reconnects=0, errors=0)
    lost = Loss("#cohort-deploy", Why.BANNED, world.now)
    closed = Loss("#cohort-secret", Why.KEY, world.now)
    service.note_channels(world.app, world.now, [], [lost, closed])
    text = page(site.get("/status").text).text
    assert "Not heard #cohort-deploy since 2026-11-26 12:00 UTC: I am banned there" in text
    assert "the channel of a closed cohort since" in text
    assert "#cohort-secret" not in text


def test_a_contact_is_a_link_where_it_is_an_address() -> None:
    assert (mail := contact("a+b@example.org")) is not None and mail.href == "mailto:a+b@example.org"
    assert (page_ := contact("https://example.org/x")) is not None and page_.href == "https://example.org/x"
    assert (words := contact("Ask anna, a@b.c or so")) is not None and words.href is None
    assert (script := contact("javascript:alert(1)")) is not None and script.href is None


def _luminance(colour: str) -> float:
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(
    ("ink", "ground"),
    [
        *((ink, ground) for ink in ("ink", "quiet", "link") for ground in ("ground", "sheet", "mark")),
        ("good", "goodground"),
        ("wait", "waitground"),
    ],
)
def test_letters_stand_out_from_their_ground(ink: str, ground: str, scheme: int) -> None:
    """WCAG 2.2, 1.4.3: at least 4.5 to 1."""
    css = Path(HERE, "static", "site.css").read_text()
    values = dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", re.findall(r":root \{(.*?)\}", css, re.S)[scheme]))
    light, dark = sorted((_luminance(values[ink]), _luminance(values[ground])), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 4.5
