"""Nicks and channels are compared as the server compares them."""

from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cohortbot.domain.casemap import Casemapping, bare, fold, mapping_named, quiet, same

MAPPINGS = st.sampled_from(get_args(Casemapping))


@pytest.mark.parametrize(
    ("mapping", "lowered"),
    [
        ("ascii", "#anna[away]\\^{|}~_Ä"),
        ("strict-rfc1459", "#anna{away}|^{|}~_Ä"),
        ("rfc1459", "#anna{away}|~{|}~_Ä"),
    ],
)
def test_each_mapping_lowers_its_own_characters_and_no_others(mapping: Casemapping, lowered: str) -> None:
    assert fold("#Anna[AWAY]\\^{|}~_Ä", mapping) == lowered


def test_brackets_make_two_people_where_the_server_says_so() -> None:
    assert same("Bo[", "bO{", "rfc1459")
    assert not same("Bo[", "bO{", "ascii")


@pytest.mark.parametrize(
    ("advertised", "mapping"),
    [
        (None, "rfc1459"),
        ("rfc1459", "rfc1459"),
        ("strict-rfc1459", "strict-rfc1459"),
        ("ascii", "ascii"),
        ("rfc7613", "ascii"),
        ("", "ascii"),
    ],
)
def test_a_mapping_we_do_not_know_folds_only_what_all_of_them_fold(
    advertised: str | None, mapping: Casemapping
) -> None:
    assert mapping_named(advertised) == mapping


@given(st.text(), MAPPINGS)
def test_folding_keeps_the_length_and_folds_once(text: str, mapping: Casemapping) -> None:
    folded = fold(text, mapping)
    assert len(folded) == len(text)
    assert fold(folded, mapping) == folded


def test_a_quiet_nick_looks_the_same_and_highlights_nobody() -> None:
    assert quiet("anna") == "a\u2060nna"


def test_every_invisible_joiner_is_taken_out_of_an_argument() -> None:
    assert bare("\ufeffa\u2060n\u200bn\u200c\u200da") == "anna"


@given(st.text(min_size=1))
def test_what_was_made_quiet_reads_back_as_it_was(nick: str) -> None:
    assert bare(quiet(nick)) == bare(nick)
