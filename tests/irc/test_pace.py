"""One bucket for the whole connection: nobody is flooded, and answers do not wait behind prompts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cohortbot.irc.pace import Bucket, Priority


def sent_at_once(bucket: Bucket, priority: Priority, now: float, most: int = 100) -> int:
    return next(count for count in range(most) if not bucket.take(priority, now))


def test_a_full_bucket_lets_one_burst_of_answers_through() -> None:
    assert sent_at_once(Bucket(5, 1.0, now=100.0), Priority.ANSWER, 100.0) == 5


@pytest.mark.parametrize("priority", [Priority.BROADCAST, Priority.CHORE])
def test_what_nobody_waits_for_leaves_three_tokens(priority: Priority) -> None:
    bucket = Bucket(5, 1.0, now=0.0)
    assert sent_at_once(bucket, priority, 0.0) == 2
    assert sent_at_once(bucket, Priority.ANSWER, 0.0) == 3


@pytest.mark.parametrize("burst", [1, 2, 3])
def test_a_small_bucket_lets_broadcasts_through_when_it_is_full(burst: int) -> None:
    assert sent_at_once(Bucket(burst, 1.0, now=0.0), Priority.BROADCAST, 0.0) == 1


def test_urgent_lines_go_at_once_and_are_paid_for_later() -> None:
    bucket = Bucket(5, 1.0, now=0.0)
    assert sent_at_once(bucket, Priority.URGENT, 0.0) == 10
    assert bucket.wait(Priority.ANSWER, 0.0) == pytest.approx(6.0)


def test_a_clock_that_goes_backwards_adds_nothing() -> None:
    bucket = Bucket(1, 1.0, now=10.0)
    assert bucket.take(Priority.ANSWER, 10.0)
    assert not bucket.take(Priority.ANSWER, 5.0)
    assert not bucket.take(Priority.ANSWER, 10.5)
    assert bucket.take(Priority.ANSWER, 11.0)


@given(
    st.lists(st.tuples(st.sampled_from(Priority), st.floats(0, 3)), max_size=200),
    st.integers(1, 10),
    st.floats(0.2, 5),
)
def test_no_stretch_of_time_holds_more_than_its_burst_and_rate(
    asked: list[tuple[Priority, float]], burst: int, rate: float
) -> None:
    bucket = Bucket(burst, rate, now=0.0)
    now = 0.0
    taken: list[float] = []
    for priority, gap in asked:
        now += gap
        if bucket.take(priority, now):
            taken.append(now)
    for first, start in enumerate(taken):
        for last in range(first, len(taken)):
            assert last - first + 1 <= 2 * burst + (taken[last] - start) * rate + 1e-6


@given(st.sampled_from(Priority), st.floats(0.2, 5))
def test_after_the_wait_a_line_goes(priority: Priority, rate: float) -> None:
    bucket = Bucket(5, rate, now=0.0)
    sent_at_once(bucket, priority, 0.0)
    wait = bucket.wait(priority, 0.0)
    assert wait > 0
    assert bucket.take(priority, wait)
