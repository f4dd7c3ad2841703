"""The writer: where lines stand, in what order, and what a restart finds."""

from __future__ import annotations

import logging
import threading
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cohortbot.chatlog import reading
from cohortbot.chatlog.files import ChatLog
from cohortbot.chatlog.line import Event, Gap, Join, Line, Message, Quit
from cohortbot.chatlog.names import UnsafeName
from cohortbot.domain.message import LogAddress

DAY = date(2026, 11, 26)
NEXT_DAY = date(2026, 11, 27)
AT = datetime(2026, 11, 26, 16, 0, 3, tzinfo=UTC)
MIDNIGHT = datetime(2026, 11, 27, tzinfo=UTC)


def hi(number: int = 0) -> Message:
    return Message("cy", f"hi {number}")


def seconds(count: float) -> timedelta:
    return timedelta(seconds=count)


def day_of(logs: Path, channel: str = "#c", day: date = DAY) -> list[Line]:
    lines = [line for _, line in reading.day(logs, "oftc", channel, day)]
    assert all(isinstance(line, Line) for line in lines)
    return [line for line in lines if isinstance(line, Line)]


def test_a_line_is_in_the_file_when_its_address_is_known(tmp_path: Path) -> None:
    log = ChatLog(tmp_path, "oftc")
    assert log.append("#c", hi(), AT) == LogAddress("oftc", "#c", DAY, 1)
    assert (tmp_path / "oftc/#c/2026-11-26.log").read_bytes() == b"2026-11-26T16:00:03  <cy> hi 0\n"
    assert log.append("#c", Quit("cy"), AT + seconds(1)) == LogAddress("oftc", "#c", DAY, 2)
    assert log.append("#d", Quit("cy"), AT + seconds(1)) == LogAddress("oftc", "#d", DAY, 1)
    log.close()


def test_making_a_writer_touches_nothing(tmp_path: Path) -> None:
    ChatLog(tmp_path, "oftc").close()
    assert list(tmp_path.iterdir()) == []


@given(st.lists(st.floats(-200_000, 200_000).map(seconds), min_size=1, max_size=30))
def test_no_line_is_earlier_than_the_one_before(
    tmp_path_factory: pytest.TempPathFactory, offsets: list[timedelta]
) -> None:
    logs = tmp_path_factory.mktemp("logs")
    log = ChatLog(logs, "oftc")
    addresses = [log.append("#c", hi(n), AT + offset) for n, offset in enumerate(offsets)]
    log.close()
    written = [(day, line) for day in reading.days(logs, "oftc", "#c") for line in day_of(logs, day=day)]
    assert [line.event for _, line in written] == [hi(n) for n in range(len(offsets))]
    assert all(day == line.at.date() for day, line in written)
    stamps = [line.at for _, line in written]
    assert stamps == sorted(stamps)
    latest = (AT + offsets[0]).replace(microsecond=0)
    for stamped, offset in zip(stamps, offsets, strict=True):
        latest = max(latest, (AT + offset).replace(microsecond=0))
        assert stamped == latest
    assert [address.line for address in addresses if address and address.day == written[0][0]] == list(
        range(1, 1 + sum(day == written[0][0] for day, _ in written))
    )


def test_the_order_of_stamps_survives_a_restart(tmp_path: Path) -> None:
    ChatLog(tmp_path, "oftc").append("#c", hi(0), AT)
    restarted = ChatLog(tmp_path, "oftc")
    assert restarted.append("#c", hi(1), AT - seconds(60)) == LogAddress("oftc", "#c", DAY, 2)
    assert [line.at for line in day_of(tmp_path)] == [AT, AT]


def test_a_clock_set_back_over_midnight_goes_on_in_the_later_day(tmp_path: Path) -> None:
    ChatLog(tmp_path, "oftc").append("#c", hi(0), MIDNIGHT)
    restarted = ChatLog(tmp_path, "oftc")
    assert restarted.append("#c", hi(1), MIDNIGHT - seconds(1)) == LogAddress("oftc", "#c", NEXT_DAY, 2)


def test_the_day_changes_at_midnight_utc_by_the_stamp(tmp_path: Path) -> None:
    log = ChatLog(tmp_path, "oftc")
    assert log.append("#c", hi(0), MIDNIGHT - seconds(0.001)) == LogAddress("oftc", "#c", DAY, 1)
    assert log.append("#c", hi(1), MIDNIGHT) == LogAddress("oftc", "#c", NEXT_DAY, 1)
    assert log.append("#c", hi(2), MIDNIGHT - seconds(1)) == LogAddress("oftc", "#c", NEXT_DAY, 2)
    assert reading.days(tmp_path, "oftc", "#c") == [DAY, NEXT_DAY]


def test_whatever_an_event_holds_it_takes_one_line(tmp_path: Path) -> None:
    log = ChatLog(tmp_path, "oftc")
    log.append("#c", Message("cy", "a\n2026-11-26T16:00:03  <op> forged\u2028\0\ud800"), AT)
    assert day_of(tmp_path) == [Line(AT, Message("cy", "a 2026-11-26T16:00:03  <op> forged \ufffd"))]


def test_threads_write_whole_lines_with_numbers_of_their_own(tmp_path: Path) -> None:
    log = ChatLog(tmp_path, "oftc")
    stands: dict[int, LogAddress | None] = {}

    def speak(first: int) -> None:
        for number in range(first, first + 500):
            stands[number] = log.append("#c", hi(number), AT + seconds(number / 100))

    threads = [threading.Thread(target=speak, args=(first,)) for first in range(0, 2000, 500)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    lines = day_of(tmp_path)
    assert len(lines) == 2000
    for number, address in stands.items():
        assert address is not None
        assert lines[address.line - 1].event == hi(number)


def open_files() -> set[str]:
    found = set()
    for entry in Path("/proc/self/fd").iterdir():
        try:
            found.add(str(entry.readlink()))
        except FileNotFoundError:  # the one that lists them
            continue
    return found


def test_finished_days_and_silent_channels_are_closed(tmp_path: Path) -> None:
    log = ChatLog(tmp_path, "oftc", max_open=3)

    def held() -> list[str]:
        prefix = f"{tmp_path}/oftc/"
        return sorted(name.removeprefix(prefix) for name in open_files() if name.startswith(prefix))

    for number in range(5):
        log.append(f"#{number}", hi(), AT + seconds(number))
    assert held() == [f"#{number}/2026-11-26.log" for number in (2, 3, 4)]
    assert log.append("#0", hi(), AT + seconds(9)) == LogAddress("oftc", "#0", DAY, 2)
    log.append("#1", hi(), MIDNIGHT)
    assert held() == ["#1/2026-11-27.log"]
    log.close()
    assert held() == []


def test_a_closed_log_writes_nothing_more(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    log = ChatLog(tmp_path, "oftc")
    log.append("#c", hi(0), AT)
    log.close()
    assert log.append("#c", hi(1), AT) is None
    assert log.append("#new", hi(1), AT) is None
    assert len(day_of(tmp_path)) == 1
    assert "this log is closed" in caplog.text


def test_a_channel_without_a_safe_name_is_not_logged_and_that_is_said_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    log = ChatLog(tmp_path, "oftc")
    for _ in range(3):
        assert log.append("#" + "é" * 41, hi(), AT) is None
    assert [record.levelno for record in caplog.records] == [logging.ERROR]
    assert "240 is the most" in caplog.text
    with pytest.raises(UnsafeName):
        ChatLog(tmp_path, "n" * 300)


# ---- After a crash ----


def test_a_torn_last_line_is_mended_and_reported(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    file = tmp_path / "oftc/#c/2026-11-26.log"
    file.parent.mkdir(parents=True)
    file.write_bytes(b"2026-11-26T16:00:03  <cy> hi 0\n2026-11-26T16:00:09  <cy")
    (tmp_path / "oftc/#d").mkdir()
    ChatLog(tmp_path, "oftc").append("#whole", hi(), AT)

    restarted = ChatLog(tmp_path, "oftc")
    assert restarted.mend() == [LogAddress("oftc", "#c", DAY, 2)]
    assert f"{file}: line 2 was torn" in caplog.text
    assert restarted.append("#c", hi(1), AT) == LogAddress("oftc", "#c", DAY, 3)
    assert file.read_bytes() == (
        b"2026-11-26T16:00:03  <cy> hi 0\n2026-11-26T16:00:09  <cy\n2026-11-26T16:00:09  <cy> hi 1\n"
    )
    assert ChatLog(tmp_path, "oftc").mend() == []


def test_a_line_torn_before_its_stamp_leaves_the_stamp_before_it(tmp_path: Path) -> None:
    file = tmp_path / "oftc/#c/2026-11-26.log"
    file.parent.mkdir(parents=True)
    file.write_bytes(b"2026-11-26T16:00:03  <cy> hi 0\n2026-11-26T23:5")
    ChatLog(tmp_path, "oftc").append("#c", hi(1), AT - seconds(5))
    assert file.read_bytes().endswith(b"\n2026-11-26T23:5\n2026-11-26T16:00:03  <cy> hi 1\n")


def test_without_logs_there_is_nothing_to_mend(tmp_path: Path) -> None:
    assert ChatLog(tmp_path / "none", "oftc").mend() == []


# ---- Replays ----


def test_a_line_with_a_known_msgid_is_not_written_again(tmp_path: Path) -> None:
    log = ChatLog(tmp_path, "oftc")
    first = log.append("#c", hi(), AT, "m1")
    assert log.append("#c", hi(), AT, "m1") == first
    assert log.replay("#c", hi(), AT, AT + seconds(90), "m1") == first
    assert log.replay("#c", hi(), None, AT + seconds(90), "m1") == first
    assert log.append("#c", hi(), AT, "m2") == LogAddress("oftc", "#c", DAY, 2)
    assert log.append("#d", hi(), AT, "m1") == LogAddress("oftc", "#d", DAY, 1)


def test_the_memory_of_msgids_is_bounded_and_spans_midnight(tmp_path: Path) -> None:
    log = ChatLog(tmp_path, "oftc")
    before = log.append("#c", hi(), MIDNIGHT - seconds(1), "before")
    log.append("#c", hi(), MIDNIGHT, "after")
    assert log.append("#c", hi(), MIDNIGHT, "before") == before
    for number in range(1000):
        log.append("#c", hi(), MIDNIGHT, f"m{number}")
    assert log.append("#c", hi(), MIDNIGHT, "m999") == LogAddress("oftc", "#c", NEXT_DAY, 1001)
    assert log.append("#c", hi(), MIDNIGHT, "before") == LogAddress("oftc", "#c", NEXT_DAY, 1002)


@pytest.mark.parametrize("msgid", ["m1", None], ids=["with a msgid", "without"])
def test_after_a_restart_a_replayed_line_is_known_by_its_time_and_words(
    tmp_path: Path, msgid: str | None
) -> None:
    first = ChatLog(tmp_path, "oftc").append("#c", hi(), AT, msgid)
    restarted = ChatLog(tmp_path, "oftc")
    arrival = AT + seconds(3600)
    assert restarted.replay("#c", hi(), AT + seconds(0.4), arrival, msgid) == first
    assert restarted.replay("#c", Join("cy", "#c"), AT, arrival) == LogAddress("oftc", "#c", DAY, 2)
    assert restarted.replay("#c", hi(), AT - seconds(60), arrival) == LogAddress("oftc", "#c", DAY, 3)
    assert [line.at for line in day_of(tmp_path)] == [AT, arrival, arrival]


def test_what_was_missed_is_appended_at_its_arrival_and_once(tmp_path: Path) -> None:
    log = ChatLog(tmp_path, "oftc")
    arrival = AT + seconds(3600)
    missed = log.replay("#c", hi(), AT, arrival)
    assert missed == LogAddress("oftc", "#c", DAY, 1)
    assert log.replay("#c", hi(), AT, arrival + seconds(600)) == missed
    assert day_of(tmp_path) == [Line(arrival, hi())]


def test_a_replayed_line_stamped_past_midnight_is_found(tmp_path: Path) -> None:
    log = ChatLog(tmp_path, "oftc")
    log.append("#c", Message("bo", "late"), MIDNIGHT)
    clamped = log.append("#c", hi(), MIDNIGHT - seconds(0.5))
    restarted = ChatLog(tmp_path, "oftc")
    assert restarted.replay("#c", hi(), MIDNIGHT - seconds(0.5), MIDNIGHT + seconds(60)) == clamped


@pytest.mark.parametrize("text", ["my phone is 5551234", "short"])
def test_a_replay_does_not_bring_back_what_was_redacted(tmp_path: Path, text: str) -> None:
    first = ChatLog(tmp_path, "oftc").append("#c", Message("cy", text), AT)
    file = reading.path(tmp_path, "oftc", "#c", DAY)
    size = len(text)
    redacted = b"[redacted]".ljust(size) if size >= 10 else b"*" * size
    file.write_bytes(file.read_bytes().replace(text.encode(), redacted))
    restarted = ChatLog(tmp_path, "oftc")
    assert restarted.replay("#c", Message("cy", text), AT, AT + seconds(3600)) == first
    assert text.encode() not in file.read_bytes()


def test_a_replay_is_compared_with_whole_lines_only(tmp_path: Path) -> None:
    log = ChatLog(tmp_path, "oftc")
    log.append("#c", Message("cy", "hi 0 and more"), AT)
    log.append("#c", Message("cy", "2026-11-26T16:00:03  <cy> hi 0"), AT)
    restarted = ChatLog(tmp_path, "oftc")
    assert restarted.replay("#c", hi(), AT, AT + seconds(60)) == LogAddress("oftc", "#c", DAY, 3)


def test_a_replay_into_a_channel_that_is_not_logged_is_refused_too(tmp_path: Path) -> None:
    assert ChatLog(tmp_path, "oftc").replay("#" * 300, hi(), AT, AT, "m") is None


def test_gaps_are_events_like_others() -> None:
    event: Event = Gap(AT)
    assert event.body() == "*** log gap since 2026-11-26T16:00:03"
