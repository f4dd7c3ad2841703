"""One clock for everybody, and one variable that moves it."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from cohortbot.clock import OFFSET_VARIABLE, Clock, ClockOffsetError, FileOffset

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)


def moved_by(value: str) -> Clock:
    return Clock.from_environment({OFFSET_VARIABLE: value})


def test_without_the_variable_it_is_the_time_of_this_machine() -> None:
    clock = Clock.from_environment({})
    before, now, after = datetime.now(UTC), clock.now(), datetime.now(UTC)
    assert before <= now <= after
    assert now.tzinfo is UTC
    assert not clock.moved


@pytest.mark.parametrize(
    ("value", "offset"),
    [("3600", timedelta(hours=1)), ("-90.5", timedelta(seconds=-90.5)), (" 604800 ", timedelta(weeks=1))],
)
def test_seconds_move_the_time_of_any_clock(value: str, offset: timedelta) -> None:
    clock = moved_by(value).over(lambda: NOON)
    assert clock.moved
    assert clock.offset() == offset
    assert clock.now() == NOON + offset


def test_a_servers_tag_is_moved_like_our_clock_and_comes_in_utc() -> None:
    tag = NOON.astimezone(timezone(timedelta(hours=2)))
    shifted = moved_by("60").shift(tag)
    assert shifted == NOON + timedelta(minutes=1)
    assert shifted.tzinfo is UTC


def test_zero_seconds_is_a_moved_clock_that_has_not_stepped_yet() -> None:
    assert moved_by("0").moved


def test_monotonic_time_is_never_moved() -> None:
    assert abs(moved_by("86400").monotonic() - Clock().monotonic()) < 60


class Rehearsal:
    """An offset file and the seconds that have passed for whoever reads it."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.file.write_text("10\n")
        self.passed = 0.0
        self.clock = Clock(FileOffset(file, lambda: self.passed), lambda: NOON)


@pytest.fixture
def rehearsal(tmp_path: Path) -> Rehearsal:
    return Rehearsal(tmp_path / "offset")


def test_a_file_is_read_again_after_a_second(rehearsal: Rehearsal) -> None:
    rehearsal.file.write_text("20\n")
    rehearsal.passed = 0.9
    assert rehearsal.clock.now() == NOON + timedelta(seconds=10)
    rehearsal.passed = 1.0
    assert rehearsal.clock.now() == NOON + timedelta(seconds=20)


def test_a_file_caught_while_it_is_written_keeps_the_last_offset(rehearsal: Rehearsal) -> None:
    rehearsal.file.write_text("")
    rehearsal.passed = 2.0
    assert rehearsal.clock.offset() == timedelta(seconds=10)


@pytest.mark.parametrize("content", ["soon", "nan", "inf", "1e300"])
def test_a_file_that_turns_to_nonsense_is_an_error_and_no_jump(rehearsal: Rehearsal, content: str) -> None:
    rehearsal.file.write_text(content)
    rehearsal.passed = 2.0
    with pytest.raises(ClockOffsetError, match=f"^{OFFSET_VARIABLE}: .*{rehearsal.file}.*{content}"):
        rehearsal.clock.now()


def test_a_file_that_is_gone_is_an_error(rehearsal: Rehearsal) -> None:
    rehearsal.file.unlink()
    rehearsal.passed = 2.0
    with pytest.raises(ClockOffsetError, match=OFFSET_VARIABLE):
        rehearsal.clock.now()


@pytest.mark.parametrize("value", ["tomorrow", "/no/such/file", "1 hour", "nan", "-inf", "99999999999"])
def test_a_value_that_is_no_offset_is_refused_at_once_and_named(value: str) -> None:
    with pytest.raises(ClockOffsetError, match=f"^{OFFSET_VARIABLE}: '{value}'"):
        moved_by(value)


def test_an_empty_file_is_refused_at_the_start(tmp_path: Path) -> None:
    file = tmp_path / "offset"
    file.touch()
    with pytest.raises(ClockOffsetError, match=OFFSET_VARIABLE):
        moved_by(str(file))


def test_many_threads_may_ask_one_clock(tmp_path: Path) -> None:
    file = tmp_path / "offset"
    file.write_text("5")
    clock = moved_by(str(file)).over(lambda: NOON)
    answers: list[datetime] = []
    threads = [threading.Thread(target=lambda: answers.append(clock.now())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [NOON + timedelta(seconds=5)] * 8
