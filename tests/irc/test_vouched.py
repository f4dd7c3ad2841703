"""Accounts out of sight: how long the server's word is good, and how often it is asked."""

from __future__ import annotations

import itertools

import pytest

from cohortbot.irc.vouched import FIRST_WAIT, GOOD_FOR, LONGEST_WAIT, Vouched


@pytest.fixture
def vouched() -> Vouched:
    return Vouched(str.lower)


def test_the_servers_word_is_good_for_a_moment(vouched: Vouched) -> None:
    vouched.vouch("Anna", "anna_web", 100.0)
    assert vouched.nick_of("anna", 100.0 + GOOD_FOR - 0.1) == "anna_web"
    assert vouched.nick_of("anna", 100.0 + GOOD_FOR) is None
    assert vouched.nick_of("bo", 100.0) is None


def test_who_is_gone_is_vouched_for_no_more(vouched: Vouched) -> None:
    vouched.vouch("anna", "anna_web", 100.0)
    vouched.gone("ANNA_web")
    assert vouched.nick_of("anna", 100.1) is None


def test_the_absent_are_asked_about_ever_more_rarely(vouched: Vouched) -> None:
    asked = [now for now in range(0, 20_000) if vouched.may_seek("anna", "anna", float(now))]
    waits = [later - earlier for earlier, later in itertools.pairwise(asked)]
    assert waits[0] == FIRST_WAIT
    assert waits == sorted(waits)
    assert waits[-1] == LONGEST_WAIT


def test_who_came_back_is_asked_about_at_once_the_next_time(vouched: Vouched) -> None:
    assert vouched.may_seek("anna", "anna", 0.0)
    vouched.vouch("anna", "anna", 1.0)
    assert vouched.may_seek("anna", "anna", 30.0)


def test_many_absent_people_do_not_make_a_flood_of_questions(vouched: Vouched) -> None:
    assert sum(vouched.may_seek(f"nick{number}", "x", 0.5) for number in range(100)) == 1


def test_who_comes_back_into_sight_is_asked_about_without_delay(vouched: Vouched) -> None:
    assert vouched.may_seek("anna", "anna_web", 0.0)
    vouched.came("somebody")
    assert not vouched.may_seek("anna", "anna_web", 2.0)
    vouched.came("ANNA_web")
    assert vouched.may_seek("anna", "anna_web", 3.0)
