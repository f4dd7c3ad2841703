"""`/answers`, `/c/<slug>/answers` and `/api/answers`: has somebody solved this before?"""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from support.programme import World
from support.site import Browser, page
from support.site_story import DEPLOY, with_mentor

from cohortbot.web.answers import PAGE


@pytest.fixture
def solved(world: World) -> World:
    """Two of deploy are solved, one of them without a word of how; one of them privately; one in secret."""
    for slug in ("deploy", "secret"):
        with_mentor(world, slug)
    for nick in ("cy", "bo"):
        world.say(nick, "!join deploy", account=nick, channel=DEPLOY)
    world.say("mallory", "!join secret", channel="#cohort-secret")
    solve(world, "cy", "cinder-volume exits 1, <b>vgs</b> is fine", "the filter in lvm.conf")
    world.say("cy", "stuck on lvm, and nobody may know")
    world.say("anna", "unstuck 2 a secret filter")
    solve(world, "mallory", "lvm of the quiet one", "its filter", channel="#cohort-secret")
    solve(world, "bo", "no lvm filter at all", "")
    return world


def solve(world: World, nick: str, text: str, how: str, channel: str = DEPLOY) -> int:
    """A blocker of `nick` that anna solves an hour later; its number."""
    [said] = world.say(nick, f"!stuck {text}", channel=channel)[:1]
    number = int(re.findall(r"#(\d+)", said)[0])
    world.pass_time(timedelta(hours=1))
    world.say("anna", f"!unstuck {number} {how}", channel=channel)
    return number


@pytest.mark.usefixtures("solved")
def test_answers_are_those_with_all_the_words_newest_first(site: Browser) -> None:
    shown = site.get("/api/answers", q="lvm filter").json()
    assert [one["id"] for one in shown["answers"]] == [4, 1]
    assert shown["answers"][0]["how"] is None
    assert shown["answers"][1] == {
        "id": 1,
        "cohort": "deploy",
        "nick": "cy",
        "text": "cinder-volume exits 1, <b>vgs</b> is fine",
        "how": "the filter in lvm.conf",
        "solved_by": "anna",
        "opened_at": "2026-11-26T12:00:00Z",
        "solved_at": "2026-11-26T13:00:00Z",
        "url": "/c/deploy/answers?at=1#a1",
    }
    assert (shown["query"], shown["next"]) == ("lvm filter", None)


@pytest.mark.usefixtures("solved")
@pytest.mark.parametrize(("query", "numbers"), [("filters", [4, 1]), ("the LVM", [4, 1]), ("vgs", [1])])
def test_words_are_found_in_other_forms_too(site: Browser, query: str, numbers: list[int]) -> None:
    assert [one["id"] for one in site.get("/api/answers", q=query).json()["answers"]] == numbers


@pytest.mark.usefixtures("solved")
def test_without_words_all_are_there_and_nothing_found_says_what_to_do(site: Browser) -> None:
    assert len(site.get("/api/answers").json()["answers"]) == 2
    nothing = page(site.get("/answers", q="ceph").text).text
    assert "has all these words" in nothing
    assert "!stuck" in nothing


@pytest.mark.usefixtures("solved")
def test_the_page_escapes_what_people_wrote_and_names_who_solved_it(site: Browser) -> None:
    html = site.get("/answers", q='lvm filter "><script>').text
    assert "<script>" not in html
    html = site.get("/c/deploy/answers").text
    assert "&lt;b&gt;vgs" in html
    text = page(html).text
    assert "What helped: the filter in lvm.conf" in text
    assert "cy asked in deploy, solved by anna on 2026-11-26 UTC" in text


@pytest.mark.usefixtures("solved")
def test_every_answer_has_an_address_that_begins_with_it(site: Browser) -> None:
    for one in site.get("/api/answers").json()["answers"]:
        path, _, anchor = one["url"].partition("#")
        found = site.get(path)
        assert found.status_code == 200
        assert found.text.index('class="box" id="a') == found.text.index(f'class="box" id="{anchor}"')


@pytest.mark.usefixtures("solved")
@pytest.mark.parametrize("where", ["/answers", "/c/deploy/answers", "/api/answers"])
def test_what_is_private_or_of_a_closed_cohort_is_not_there(site: Browser, where: str) -> None:
    text = site.get(where).text
    for trace in ("nobody may know", "secret filter", "quiet one", "mallory"):
        assert trace not in text
    for number in (2, 3, 99):
        assert site.get(where, at=number).status_code == 404


@pytest.mark.usefixtures("solved")
@pytest.mark.parametrize(
    "path",
    [
        *("/c/secret/answers", "/c/none/answers", "/api/answers?cohort=secret", "/api/answers?cohort=none"),
        *("/api/answers?cohort=", "/answers?at=x", "/answers?at=0", "/answers?at=99999999999"),
    ],
)
def test_what_is_not_there_is_404(site: Browser, path: str) -> None:
    assert site.get(path).status_code == 404


def test_more_than_a_page_go_on_at_an_address_that_stays(world: World, site: Browser) -> None:
    with_mentor(world)
    world.say("cy", "!join deploy", account="cy", channel=DEPLOY)
    numbers = [solve(world, "cy", f"trouble {n}", "patience") for n in range(PAGE + 2)]

    first = site.get("/api/answers", q="trouble", cohort="deploy").json()
    assert [one["id"] for one in first["answers"]] == numbers[:1:-1]
    rest = site.get(first["next"]).json()
    assert [one["id"] for one in rest["answers"]] == [numbers[1], numbers[0]]
    assert rest["next"] is None

    links = page(site.get("/answers").text).links
    older = next(link for link in links if link.startswith("/answers?at="))
    assert f'id="a{numbers[1]}"' in site.get(older).text
