"""Bytes from a network become text without formatting, and nothing is lost but that."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cohortbot.chatlog.plain import decode, plain


@pytest.mark.parametrize(
    ("said", "stored"),
    [
        ("\x02bold\x02 \x1ditalic\x1d \x1funder\x1f \x16reverse\x0f", "bold italic under reverse"),
        ("\x035,12red on blue\x03", "red on blue"),
        ("\x030304 is the text", "04 is the text"),
        ("\x03,5 stays", ",5 stays"),
        ("\x0312,a", ",a"),
        ("\x04ff0000,00FF00hex\x04", "hex"),
        ("\x04ff00 not six", "ff00 not six"),
        ("\x1b[1;31mansi\x1b[0m", "ansi"),
        ("a\tb\rc\x85d\u2028e\u2029f", "a b c d e f"),
        ("nul\0bell\x07del\x7f", "nulbelldel"),
        ("half \ud83d", "half \ufffd"),
        ("👩\u200d💻 \u00a0 \u202b", "👩\u200d💻 \u00a0 \u202b"),
    ],
)
def test_formatting_is_stripped(said: str, stored: str) -> None:
    assert plain(said) == stored


@given(st.text(st.characters(exclude_categories=())))
def test_plain_text_is_one_line_for_every_reader_and_stays_so(said: str) -> None:
    stored = plain(said)
    assert plain(stored) == stored
    assert len(stored.splitlines()) <= 1
    stored.encode()


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("déjà vu 雪".encode(), "déjà vu 雪"),
        (b"d\xe9j\xe0 vu", "déjà vu"),
        (b"\x80 5", "€ 5"),
        (b"\x81\x8d\x8f\x90\x9d", "\ufffd" * 5),
        ("снег".encode()[:-1], "сне\u00d0"),
        ("caf\u00e9 and ".encode() + b"caf\xe9", "café and café"),
    ],
    ids=["utf-8", "cp1252", "euro", "undefined", "cut inside a character", "both in one line"],
)
def test_bytes_that_are_not_utf8_are_windows_1252(data: bytes, text: str) -> None:
    assert decode(data) == text


@given(st.binary())
def test_every_line_of_bytes_can_be_read(data: bytes) -> None:
    decode(data).encode()


@given(st.text())
def test_utf8_is_read_as_it_is(text: str) -> None:
    assert decode(text.encode()) == text
