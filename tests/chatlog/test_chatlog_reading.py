"""Reading days back: every line under its number, whatever lies in the file."""

from __future__ import annotations

import itertools
import tracemalloc
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from cohortbot.chatlog import reading
from cohortbot.chatlog.line import Line, Message, Quit, Unreadable
from cohortbot.chatlog.names import UnsafeName

DAY = date(2026, 11, 26)
AT = datetime(2026, 11, 26, 16, 0, 3, tzinfo=UTC)


def given_day(logs: Path, data: bytes, channel: str = "#c") -> None:
    file = reading.path(logs, "oftc", channel, DAY)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)


def test_lines_have_their_numbers(tmp_path: Path) -> None:
    given_day(tmp_path, b"2026-11-26T16:00:03  <cy> hi\n2026-11-26T16:00:03  *** cy has quit IRC\n")
    whole = [(1, Line(AT, Message("cy", "hi"))), (2, Line(AT, Quit("cy")))]
    assert list(reading.day(tmp_path, "oftc", "#c", DAY)) == whole
    assert list(reading.day(tmp_path, "oftc", "#c", DAY, start=2)) == whole[1:]
    assert list(reading.day(tmp_path, "oftc", "#c", DAY, start=3)) == []


def test_what_is_not_of_our_form_is_shown_as_it_is(tmp_path: Path) -> None:
    given_day(
        tmp_path,
        b"2026-11-26T16:00:03  <cy> caf\xe9\n\0\0\0\n\n2026-11-26T16:00:03  <cy> a\r\n"
        b"2026-11-26T16:00:03  <cy> a\xe2\x80\xa8b\n2026-11-26T16:00:03  <cy> hi\n",
    )
    lines = list(reading.day(tmp_path, "oftc", "#c", DAY))
    assert lines == [
        (1, Unreadable("2026-11-26T16:00:03  <cy> caf\\xe9")),
        (2, Unreadable("\0\0\0")),
        (3, Unreadable("")),
        (4, Unreadable("2026-11-26T16:00:03  <cy> a\r")),
        (5, Unreadable("2026-11-26T16:00:03  <cy> a\u2028b")),
        (6, Line(AT, Message("cy", "hi"))),
    ]


def test_a_line_without_its_end_is_no_line_yet(tmp_path: Path) -> None:
    given_day(tmp_path, b"2026-11-26T16:00:03  <cy> hi\n2026-11-26T16:00:03  <cy> h")
    assert [number for number, _ in reading.day(tmp_path, "oftc", "#c", DAY)] == [1]


def test_a_day_without_a_file_says_so(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        next(reading.day(tmp_path, "oftc", "#c", DAY))


def test_a_long_day_is_read_in_little_memory(tmp_path: Path) -> None:
    given_day(tmp_path, b"2026-11-26T16:00:03  <cy> hello there\n" * 200_000)
    tracemalloc.start()
    last, _ = next(itertools.islice(reading.day(tmp_path, "oftc", "#c", DAY, start=100_000), 99_000, None))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert last == 199_000
    assert peak < 500_000


def test_channels_and_days_are_listed(tmp_path: Path) -> None:
    for channel in ("#b", "#a", "#é/x"):
        given_day(tmp_path, b"", channel)
    folder = reading.path(tmp_path, "oftc", "#a", DAY).parent
    (folder / "2026-11-25.log").touch()
    (folder / "notes.txt").touch()
    (tmp_path / "oftc" / "index.sqlite").touch()
    (tmp_path / "oftc" / "not ours").mkdir()
    assert reading.networks(tmp_path) == ["oftc"]
    assert reading.channels(tmp_path, "oftc") == ["#a", "#b", "#é/x"]
    assert reading.days(tmp_path, "oftc", "#a") == [date(2026, 11, 25), DAY]
    assert reading.newest_day(folder) == DAY


def test_where_nothing_was_logged_nothing_is_listed(tmp_path: Path) -> None:
    assert reading.networks(tmp_path / "none") == []
    assert reading.channels(tmp_path, "libera") == []
    assert reading.days(tmp_path, "libera", "#a") == []
    assert reading.newest_day(tmp_path / "none") is None


@pytest.mark.parametrize("name", ["..", "../..", "/etc", "a/../../b", ".", "%2E%2E", "\0", "x\n"])
def test_no_name_leads_out_of_the_logs(tmp_path: Path, name: str) -> None:
    logs = tmp_path / "logs"
    for file in (reading.path(logs, name, "#c", DAY), reading.path(logs, "oftc", name, DAY)):
        assert file.resolve().is_relative_to(logs.resolve())
        assert len(file.relative_to(logs).parts) == 3
    assert reading.channels(logs, name) == []
    assert reading.days(logs, name, name) == []


def test_a_name_too_long_for_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnsafeName):
        reading.path(tmp_path, "oftc", "#" * 300, DAY)
