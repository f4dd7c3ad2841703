"""Texts cut into lines: by bytes, at words, never inside a character."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cohortbot.irc import cut, wire

MASK = "cohortbot!~cohortbot@a.host.example"


@given(st.text(), st.integers(20, 400))
def test_no_line_is_over_its_bytes_and_nothing_is_lost(text: str, size: int) -> None:
    lines = cut.lines(text, size)
    assert all(0 < len(line.encode("utf-8", "replace")) <= size for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())


@given(st.text(st.characters(exclude_characters="\r\n\0", exclude_categories=["Cs"])))
def test_what_others_receive_fits_512_bytes(text: str) -> None:
    for line in cut.lines(text, cut.room(MASK, "#cohort-deploy")):
        received = f":{MASK} ".encode() + wire.build("PRIVMSG", "#cohort-deploy", text=line)
        assert len(received) <= 512
        sent = wire.parse(received.decode())
        assert sent is not None
        assert sent.text == line


def test_lines_are_cut_at_words() -> None:
    assert cut.lines("joined deploy (7 of 8)", 14) == ["joined deploy", "(7 of 8)"]


def test_a_text_that_fits_is_one_line() -> None:
    assert cut.lines("joined deploy", 13) == ["joined deploy"]
    assert cut.lines("  ", 13) == []


@pytest.mark.parametrize(
    ("text", "size", "lines"),
    [
        ("é" * 15, 20, ["é" * 10, "é" * 5]),
        ("e\u0301" * 8, 20, ["e\u0301" * 6, "e\u0301" * 2]),
        ("👩\u200d👧" * 3, 24, ["👩\u200d👧" * 2, "👩\u200d👧"]),
        ("👍🏽" * 4, 20, ["👍🏽" * 2, "👍🏽" * 2]),
        ("🇩🇪🇫🇷🇮🇹", 20, ["🇩🇪🇫🇷", "🇮🇹"]),
        ("c\u2060y" * 6, 22, ["c\u2060y" * 4, "c\u2060y" * 2]),
    ],
    ids=["two bytes", "accents", "a family", "a skin tone", "flags", "word joiners"],
)
def test_a_long_word_is_cut_between_the_characters_people_see(text: str, size: int, lines: list[str]) -> None:
    assert cut.lines(text, size) == lines


def test_a_name_of_any_length_leaves_room_for_words() -> None:
    assert cut.room(MASK, "x" * 5000) == cut.room("x" * 5000, "#c") > 50
