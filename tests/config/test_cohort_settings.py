"""A cohort's settings from chat: the keys, kinds and rules of the file, and none of its reach."""

from __future__ import annotations

import json
import string
from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from cohortbot.config import (
    SETTINGS,
    WEEKDAYS,
    Badge,
    Checkin,
    CohortConfig,
    ConfigError,
    Setting,
    cohort_from,
    parse_setting,
    settings,
)

FLAT: dict[str, Setting] = {
    "title": "Deploy a cloud",
    "goal": "A cloud of your own runs.",
    "channel": "#cohort-deploy",
    "checkin.day": "thursday",
    "checkin.time": "17:00",
}

lines = st.text(string.ascii_letters + "äß,:#|$", min_size=1, max_size=30)


@st.composite
def checkins(draw: st.DrawFn) -> Checkin:
    every = draw(st.sampled_from([timedelta(weeks=1), timedelta(weeks=2)]))
    day = draw(st.integers(0, 6))
    monday = date(2026, 11, 23) + timedelta(weeks=draw(st.integers(-500, 500)))
    return Checkin(
        every=every,
        day=WEEKDAYS[day],
        time=time(draw(st.integers(0, 23)), draw(st.integers(0, 59))),
        zone=draw(st.sampled_from(["UTC", "Europe/Berlin", "Asia/Kolkata"])),
        starts=draw(st.none() | st.just(monday + timedelta(days=day))),
        open_for=timedelta(minutes=draw(st.integers(1, 9_999))),
        skip=tuple(draw(st.lists(st.dates()))),
        question=draw(st.none() | lines),
    )


cohorts = st.builds(
    CohortConfig,
    title=lines,
    goal=lines,
    channel=lines.map(lambda name: "#" + name.replace(",", "-")),
    channel_key=st.none() | st.text(string.ascii_letters + "${}", min_size=1).map(SecretStr),
    places=st.integers(1, 99),
    mentors=st.integers(0, 9),
    public=st.booleans(),
    ends=st.none() | st.dates(),
    next=st.lists(st.sampled_from(["patch", "talk"])).map(tuple),
    steps=st.lists(lines).map(tuple),
    checkin=st.none() | checkins(),
    badge=st.builds(Badge, name=st.none() | lines, description=st.none() | lines, criteria=st.none() | lines),
)


@given(cohorts)
def test_settings_and_cohort_from_are_inverses_through_json(cohort: CohortConfig) -> None:
    flat = settings(cohort)
    assert tuple(flat) == SETTINGS
    assert cohort_from("deploy", json.loads(json.dumps(flat))) == cohort


def test_what_is_not_set_has_its_default() -> None:
    cohort = cohort_from("deploy", {"title": "t", "goal": "g", "channel": "#d", "places": None})
    assert cohort.places == 8
    assert cohort.checkin is None


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"checkin.time": "25:00"}, ["checkin.time: '25:00' is not HH:MM"]),
        ({"places": "many"}, ["places: 'many' is not a whole number"]),
        ({"chekin.time": "17:00"}, ["chekin.time: no such key; did you mean checkin.time?"]),
        ({"checkin.tme": "17:00"}, ["checkin.tme: no such key; did you mean checkin.time?"]),
        (
            {"slug": "other"},
            ["slug: no such key; known are badge.criteria, badge.description, badge.name, …"],
        ),
        ({"checkin": "weekly"}, ["checkin: no such key; did you mean checkin.day?"]),
        (
            {"goal": None, "title": ""},
            ["title: '' is empty", "goal: is missing: what a mentee will have done"],
        ),
        ({"checkin.day": None}, ["checkin.day: is missing: the day of the week, like thursday"]),
        ({"checkin.starts": "2026-11-27"}, ["checkin.starts: '2026-11-27' is a Friday, not a Thursday"]),
        ({"public": "perhaps"}, ["public: 'perhaps' is not true or false"]),
    ],
)
def test_a_value_that_does_not_fit_is_told_by_its_flat_key(
    change: dict[str, Setting], said: list[str]
) -> None:
    with pytest.raises(ConfigError) as caught:
        cohort_from("deploy", FLAT | change)
    for fault, expected in zip(caught.value.faults, said, strict=True):
        assert str(fault).startswith(expected.removesuffix("…"))


def test_a_slug_that_is_a_verb_is_refused() -> None:
    with pytest.raises(ConfigError, match="'checkin' is a word of the bot's commands"):
        cohort_from("checkin", FLAT)


def test_nobody_in_chat_can_read_the_bots_environment_or_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COHORTBOT_TEST_SECRET", "from the environment")
    for typed in ("${COHORTBOT_TEST_SECRET}", "file:/etc/hostname"):
        key = cohort_from("deploy", FLAT | {"channel_key": typed}).channel_key
        assert key is not None
        assert key.get_secret_value() == typed


@pytest.mark.parametrize(
    ("key", "typed", "value"),
    [
        ("steps", "install it, break it ,, mend it", ["install it", "break it", "mend it"]),
        ("steps", "", []),
        ("steps", "none", []),
        ("checkin.skip", "2026-12-24, 2026-12-31", ["2026-12-24", "2026-12-31"]),
        ("ends", "none", None),
        ("title", " Deploy, and more ", "Deploy, and more"),
        ("places", "12", "12"),
        ("channel_key", "None", None),
        ("badge.name", "none", None),
        ("title", "none", "none"),
    ],
)
def test_a_value_from_chat_is_text_a_list_or_nothing(key: str, typed: str, value: Setting) -> None:
    assert parse_setting(key, typed) == value


def test_values_from_chat_become_numbers_and_truths() -> None:
    typed = {"places": "12", "public": "no", "steps": "one, two", "checkin.open_for": "2 days"}
    cohort = cohort_from("deploy", FLAT | {key: parse_setting(key, text) for key, text in typed.items()})
    assert (cohort.places, cohort.public, cohort.steps) == (12, False, ("one", "two"))
    assert settings(cohort)["checkin.open_for"] == "48h"
