"""Whose turn it is, by clocks that nobody compares."""

from __future__ import annotations

from datetime import timedelta

from cohortbot.domain.lease import LONG, MARGIN, SHORT, Lease, Place, Turn, Watch

HOLDER = Place("a", "boot", "machine", None, None)
SECONDS = SHORT.total_seconds()


def lease(epoch: int, beats: int, lasts: timedelta = SHORT) -> Lease:
    return Lease(epoch, beats, lasts, held=True, holder=HOLDER)


def test_it_has_run_out_when_the_same_was_seen_for_as_long_as_it_lasts() -> None:
    watch = Watch()
    assert not watch.has_run_out(lease(1, 1), 100.0)
    assert not watch.has_run_out(lease(1, 1), 100.0 + SECONDS - 0.1)
    assert watch.has_run_out(lease(1, 1), 100.0 + SECONDS)


def test_a_sign_of_life_or_another_holder_begins_anew() -> None:
    watch = Watch()
    for seen, at in ((lease(1, 1), 0.0), (lease(1, 2), SECONDS), (lease(2, 2), 2 * SECONDS)):
        assert not watch.has_run_out(seen, at)
    assert watch.has_run_out(lease(2, 2), 3 * SECONDS)


def test_what_could_not_be_read_counts_for_nothing() -> None:
    watch = Watch()
    watch.has_run_out(lease(1, 1), 0.0)
    watch.missed()
    assert not watch.has_run_out(lease(1, 1), SECONDS)


def test_it_lasts_as_long_as_its_holder_said() -> None:
    watch = Watch()
    watch.has_run_out(lease(1, 1, LONG), 0.0)
    assert not watch.has_run_out(lease(1, 1, LONG), SECONDS)
    assert not watch.has_run_out(lease(1, 2, SHORT), SECONDS)
    assert watch.has_run_out(lease(1, 2, SHORT), 2 * SECONDS)


def test_a_turn_ends_by_the_holders_own_clock_before_others_may_take_over() -> None:
    now = 50.0
    turn = Turn(lambda: now)
    assert not turn.held
    assert turn.left is None
    turn.lasts(SHORT, 48.0)
    assert turn.held
    assert turn.left == SHORT - MARGIN - timedelta(seconds=2)
    now = 48.0 + SECONDS - MARGIN.total_seconds()
    assert not turn.held
    turn.lasts(SHORT, now)
    assert turn.held
    turn.end()
    assert not turn.held


def test_a_turn_is_shortened_before_others_hear_of_it_and_never_made_longer_by_that() -> None:
    now = 0.0
    turn = Turn(lambda: now)
    turn.shorten(SHORT)
    assert not turn.held
    turn.lasts(LONG, 0.0)
    turn.shorten(SHORT)
    now = SECONDS
    assert not turn.held
    turn.lasts(SHORT, 0.0)
    turn.shorten(LONG)
    assert not turn.held
