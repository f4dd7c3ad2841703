"""What is like what: the yardstick of tests/yardsticks/similar.yaml, and the small print of the shelf."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from support.report import REPORT

from cohortbot.domain.solved import Solved
from cohortbot.service.shelf import Shelf
from cohortbot.service.wording import terms

ENTRIES: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parents[1] / "yardsticks" / "similar.yaml").read_text(encoding="utf-8")
)["solved"]
POOL = [Solved(number, 1, one["text"], one["how"]) for number, one in enumerate(ENTRIES)]


@pytest.fixture(scope="module")
def shelf() -> Shelf:
    return Shelf(POOL)


@pytest.mark.parametrize("half", ["choose", "test"])
def test_new_wordings_are_answered_and_other_trouble_seldom(shelf: Shelf, half: str) -> None:
    """The half `test` was looked at with three models while they were made (docs/decisions.md)."""
    mine = [(one, entry) for one, entry in zip(POOL, ENTRIES, strict=True) if entry["half"] == half]
    right = [shelf.like(entry["again"], {1}) == one for one, entry in mine]
    named = [shelf.like(entry["near"], {1}) is not None for _, entry in mine]
    figures = f"{sum(right)} of {len(mine)} wordings answered rightly, {sum(named)} other troubles answered"
    REPORT.add("yardstick: like one that is solved", f"{half}: {figures}")
    assert sum(right) >= 0.6 * len(mine)
    assert sum(named) <= 0.3 * len(mine)


def test_the_right_one_is_first_of_all(shelf: Shelf) -> None:
    first = [shelf.likest(entry["again"], {1}) == one for one, entry in zip(POOL, ENTRIES, strict=True)]
    REPORT.add("yardstick: like one that is solved", f"first of all: {sum(first)} of {len(first)}")
    assert sum(first) >= 0.9 * len(first)


def test_only_cohorts_that_may_be_named_are_looked_at() -> None:
    closed, open_ = Solved(1, 7, "cinder exits 1, lvm filter", None), Solved(2, 8, "cinder lvm filter", None)
    text = "my cinder exits 1 because of an lvm filter"
    assert Shelf([closed, open_]).like(text, {7}) == closed
    assert Shelf([closed]).like(text, {8}) is None
    assert Shelf([]).like(text, {7, 8}) is None


def test_two_or_three_common_words_are_not_enough_however_few_there_are() -> None:
    shelf = Shelf([Solved(1, 7, "the volume of my instance is stuck in attaching", "reset-state")])
    assert shelf.like("stuck with an instance", {7}) is None


def test_words_are_found_whatever_their_form_and_what_the_field_calls_them() -> None:
    shelf = Shelf([Solved(2, 7, "the dashboards keep failing", None), Solved(1, 7, "who is it", None)])
    assert [one.id for one in shelf.about("Horizon fails")] == [2]
    assert [one.id for one in shelf.about("who")] == [1]
    assert shelf.about("") == shelf.about("?!") == shelf.about("horizon of keystone") == []


def test_compounds_are_their_parts() -> None:
    assert terms("cinder-volume's key_repository, don't") == ["cinder", "volum", "kei", "repositori"]
