"""Whose badge is this, and is it real?"""

from __future__ import annotations

import pytest
from support.programme import World
from support.site import Browser, page
from support.site_story import DEPLOY, award


def test_a_badge_says_who_what_when_and_confirmed_by_whom(world: World, site: Browser) -> None:
    path = award(world, "deploy")
    assert path is not None

    shown = page(site.get(path).text)

    assert "cy has earned this badge of Mentoring" in shown.text
    assert "For Deploy a cloud What was reached A cloud of your own answers on its address" in shown.text
    assert "Confirmed by anna Issued 2026-11-26 12:00 UTC" in shown.text
    assert {"/c/deploy", "https://review.example.org/1"} <= set(shown.links)


def test_a_revoked_badge_is_gone_and_says_so(world: World, site: Browser) -> None:
    path = award(world, "deploy")
    assert path is not None
    world.say("anna", "!undo", channel=DEPLOY)

    response = site.get(path)

    assert response.status_code == 410
    assert "revoked" in page(response.text).text
    assert "cy has earned" not in response.text


def test_a_badge_that_waits_for_its_person_to_identify_has_no_page(world: World, site: Browser) -> None:
    assert award(world, "deploy", account=None) is None
    with world.app.engine.connect() as tx:
        (public_id,) = tx.exec_driver_sql("SELECT public_id FROM award").scalars()
    assert site.get(f"/b/{public_id}").status_code == 404


@pytest.mark.parametrize("name", ["none", "a" * 70, "A", "a%00b", "..%2f..", "%F0%9F%8E%93"])
def test_what_is_no_badge_is_404_in_words(name: str, still_site: Browser) -> None:
    response = still_site.get(f"/b/{name}")
    assert response.status_code == 404
    assert "no " in page(response.text).text or "nothing" in page(response.text).text
