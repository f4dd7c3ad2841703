"""What was said: the days of a channel, the lines of a day with addresses for good, and the raw file."""

from __future__ import annotations

import pytest
from support.programme import World
from support.site import Browser, page
from support.site_story import LogWriter

HERE = "/logs/labnet/%23cohort-deploy/"
DAY = (
    "2026-11-26T16:00:03  <cy> !stuck <b>cinder</b> exits 1",
    "2026-11-26T16:00:09  * cy sighs",
    "2026-11-26T16:00:12  *** anna has joined #cohort-deploy",
    "2026-11-26T16:00:13  <cy> [redacted]  ",
    "torn by a cra",
)


def test_a_day_is_a_list_whose_lines_have_addresses(logged: LogWriter, site: Browser) -> None:
    logged("#cohort-deploy", "2026-11-26", *DAY)

    html = site.get(f"{HERE}2026-11-26").text
    shown = page(html)

    assert [each for each in shown.ids if each.startswith("L")] == ["L1", "L2", "L3", "L4", "L5"]
    assert 'id="L1"' in html
    assert f"{HERE}2026-11-26#L2" in shown.links
    assert "1 16:00:03cy !stuck <b>cinder</b> exits 1".replace(" ", "") in shown.text.replace(" ", "")
    assert "* cy sighs" in shown.text
    assert "anna has joined #cohort-deploy" in shown.text
    assert "torn by a cra" in shown.text
    assert "Times are UTC" in shown.text


def test_the_raw_file_is_served_byte_by_byte(logged: LogWriter, site: Browser) -> None:
    path = logged("#cohort-deploy", "2026-11-26", *DAY)
    path.write_bytes(path.read_bytes() + b"\xff half a li")

    response = site.get(f"{HERE}2026-11-26.txt")

    assert response.content == path.read_bytes()
    assert response.headers["content-type"] == "text/plain; charset=utf-8"


def test_days_lead_to_each_other_over_those_without_a_file(logged: LogWriter, site: Browser) -> None:
    for day in ("2026-10-02", "2026-11-24", "2026-11-26"):
        logged("#cohort-deploy", day, f"{day}T10:00:00  <cy> hello")

    assert [link for link in page(site.get(HERE).text).links if "/2026-" in link] == [
        f"{HERE}2026-11-26",
        f"{HERE}2026-11-24",
        f"{HERE}2026-10-02",
    ]
    middle = site.get(f"{HERE}2026-11-24").text
    assert f'<a href="{HERE}2026-10-02" rel="prev">' in middle
    assert f'<a href="{HERE}2026-11-26" rel="next">' in middle
    assert 'rel="prev"' not in site.get(f"{HERE}2026-10-02").text


def test_a_long_day_comes_in_parts_and_the_server_picks_the_one_with_the_line(
    logged: LogWriter, site: Browser
) -> None:
    logged("#cohort-deploy", "2026-11-26", *[f"2026-11-26T10:00:00  <cy> {n}" for n in range(1, 2002)])

    first = page(site.get(f"{HERE}2026-11-26").text)
    second = page(site.get(f"{HERE}2026-11-26?line=1500").text)
    last = page(site.get(f"{HERE}2026-11-26?line=2001").text)

    assert ("L1" in first.ids, "L1000" in first.ids, "L1001" in first.ids) == (True, True, False)
    assert ("L1000" in second.ids, "L1001" in second.ids, "L2000" in second.ids) == (False, True, True)
    assert [each for each in last.ids if each.startswith("L")] == ["L2001"]
    assert f"{HERE}2026-11-26#L1000" in first.links
    assert f"{HERE}2026-11-26?line=1500#L1500" in second.links
    assert {f"{HERE}2026-11-26?line=1001", f"{HERE}2026-11-26?line=2001"} <= set(first.links)
    assert f"{HERE}2026-11-26" in second.links


@pytest.mark.parametrize("line", ["0", "6", "-1", "x", "", "99999999999999999999"])
def test_a_line_that_is_not_there_is_404(line: str, still_site: Browser) -> None:
    assert still_site.get(f"{HERE}2026-11-26?line={line}").status_code == 404


def test_a_line_still_being_written_is_no_line_yet(logged: LogWriter, site: Browser) -> None:
    path = logged("#cohort-deploy", "2026-11-26", *DAY)
    path.write_bytes(path.read_bytes() + b"2026-11-26T16:00:20  <cy> hel")
    assert "L6" not in page(site.get(f"{HERE}2026-11-26").text).ids


@pytest.mark.parametrize(
    "day", ["2026-11-25", "2026-13-01", "today", "20261126", "2026-W48-4", "2026-11-26.log", "2026-11-26%00"]
)
@pytest.mark.parametrize("ending", ["", ".txt"])
def test_a_day_without_a_file_is_404(day: str, ending: str, still_site: Browser) -> None:
    assert still_site.get(f"{HERE}{day}{ending}").status_code == 404


@pytest.mark.parametrize(
    "asked",
    [
        "/logs/labnet/%23cohort-deploy",
        "/logs/labnet/%23Cohort-Deploy/",
    ],
    ids=["without its slash", "in other case"],
)
def test_other_spellings_lead_to_the_one_address(asked: str, still_site: Browser) -> None:
    response = still_site.get(asked)
    assert (response.status_code, response.headers["location"]) == (308, HERE)


def test_a_query_goes_along_to_the_one_address(logged: LogWriter, site: Browser) -> None:
    logged("#cohort-deploy", "2026-11-26", *DAY)
    response = site.get("/logs/labnet/%23COHORT-deploy/2026-11-26?line=2")
    assert response.headers["location"] == f"{HERE}2026-11-26?line=2"


def test_a_channel_is_found_where_the_servers_casemapping_has_lowered_it(
    world: World, logged: LogWriter, site: Browser
) -> None:
    world.say("dora", "cohort set patch channel #Patch[1]", account="dora")
    logged("#patch%7B1%7D", "2026-11-26", *DAY)  # {1}, as rfc1459 has it

    assert site.get("/logs/labnet/%23patch%255B1%255D/").headers["location"] == (
        "/logs/labnet/%23patch%257B1%257D/"
    )
    assert site.get("/logs/labnet/%23patch%257B1%257D/2026-11-26").status_code == 200


def test_names_beyond_ascii_are_quoted_once_more(world: World, logged: LogWriter, site: Browser) -> None:
    world.say("dora", "cohort set patch channel #é", account="dora")
    logged("#%C3%A9", "2026-11-26", *DAY)

    assert site.get("/logs/labnet/%23%25C3%25A9/2026-11-26").status_code == 200
    assert site.get("/logs/labnet/%23%C3%A9/").headers["location"] == "/logs/labnet/%23%25C3%25A9/"


def test_a_channel_without_a_log_says_so(world: World, site: Browser) -> None:
    world.app.config.logs.folder.mkdir()
    assert "Nothing has been logged here yet" in site.get(HERE).text


def test_without_the_folder_of_the_logs_pages_say_why_not(site: Browser) -> None:
    response = site.get(HERE)
    assert response.status_code == 503
    assert "files of the channel logs cannot be read" in response.text


@pytest.mark.parametrize(
    "path",
    [
        "/logs/%2e%2e/%2e%2e/2026-11-26",
        "/logs/labnet/%2e%2e/2026-11-26.txt",
        "/logs/labnet/%252e%252e/2026-11-26.txt",
        "/logs/labnet/%23cohort-deploy%2f..%2f..%2f/2026-11-26",
        "/logs/labnet/%23cohort-deploy/..%2f..%2fconfig.yaml.txt",
        "/logs/labnet/%23cohort-deploy/%2e%2e",
        "/logs/labnet/%2523cohort-deploy/",
        "/logs/labnet/%00/2026-11-26",
        "/logs/labnet/%ff%fe/2026-11-26",
        "/logs/labnet/%23%ed%a0%80/2026-11-26",
        "/logs/labnet/" + "a" * 5000 + "/",
        "/logs/labnet/%5c..%5c/2026-11-26",
        "/logs/other/%23cohort-deploy/2026-11-26",
        "/logs/labnet/%23CON/",
        "/static/..%2fapp.py",
        "/static/%2e%2e/app.py",
        "/static/",
        "/logs/",
    ],
)
def test_odd_paths_are_404(path: str, still_site: Browser) -> None:
    assert still_site.get(path).status_code == 404
