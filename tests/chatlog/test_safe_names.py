"""Folders of networks and channels: no name leads out of the logs, and each can be told from its folder."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cohortbot.chatlog.names import MAX_BYTES, UnsafeName, channel_folder, day_name, day_of, safe, unsafe


@pytest.mark.parametrize(
    ("name", "folder"),
    [
        ("#cohort-deploy", "#cohort-deploy"),
        ("#cohort/../x", "#cohort%2F..%2Fx"),
        ("#CON", "#CON"),
        ("#é", "#%C3%A9"),
        (".", "%2E"),
        ("..", "%2E%2E"),
        ("...", "..."),
        ("%", "%25"),
        ("#a b\0", "#a%20b%00"),
        ("##~{}[]!+&_", "##~%7B%7D%5B%5D!+&_"),
        ("#" + "é" * 31 + "x", "#" + "%C3%A9" * 31 + "x"),
    ],
)
def test_a_name_has_one_folder(name: str, folder: str) -> None:
    assert safe(name) == folder
    assert unsafe(folder) == name


@given(st.text(min_size=1, max_size=MAX_BYTES // len("%F0%9F%90%A7")))  # the longest letter, escaped
def test_every_name_is_reversible_and_stays_in_its_folder(name: str) -> None:
    folder = safe(name)
    assert unsafe(folder) == name
    assert Path(folder).name == folder
    assert folder not in (".", "..")


@given(st.text())
def test_what_is_no_folder_of_ours_is_refused(folder: str) -> None:
    try:
        name = unsafe(folder)
    except UnsafeName:
        return
    assert safe(name) == folder


@pytest.mark.parametrize(
    "folder", ["", ".", "..", "../etc", "/etc", "%2e", "%41", "%zz", "%", "%FF", "é", "a b", "a\0"]
)
def test_attacks_have_no_name(folder: str) -> None:
    with pytest.raises(UnsafeName):
        unsafe(folder)


def test_a_name_that_is_too_long_is_refused() -> None:
    assert len(safe("#" * MAX_BYTES)) == MAX_BYTES
    with pytest.raises(UnsafeName, match="241 bytes; 240 is the most"):
        safe("#" * (MAX_BYTES + 1))
    with pytest.raises(UnsafeName, match="246 bytes"):
        safe("é" * 41)


@pytest.mark.parametrize("name", ["", "#\ud800"])
def test_what_is_no_text_has_no_folder(name: str) -> None:
    with pytest.raises(UnsafeName):
        safe(name)


def test_a_channel_lies_under_its_network() -> None:
    assert channel_folder(Path("logs"), "..", "#a/b") == Path("logs/%2E%2E/#a%2Fb")


@given(st.dates())
def test_a_day_is_known_by_its_file(day: date) -> None:
    assert day_of(day_name(day)) == day


@pytest.mark.parametrize(
    "name", ["2026-11-26", "20261126.log", "2026-11-26.log.gz", "2026-13-01.log", ".log"]
)
def test_other_files_are_no_days(name: str) -> None:
    assert day_of(name) is None
