"""Disks fill up and processes are killed: what was acknowledged is there, and what is missing is marked."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from cohortbot.chatlog import reading
from cohortbot.chatlog.files import ChatLog
from cohortbot.chatlog.line import Gap, Line, Message
from cohortbot.domain.message import LogAddress

DAY = date(2026, 11, 26)
AT = datetime(2026, 11, 26, 16, 0, 3, tzinfo=UTC)
LONG = Message("cy", "x" * 400)


def seconds(count: int) -> timedelta:
    return timedelta(seconds=count)


def mount(*arguments: str) -> None:
    done = subprocess.run(["mount", *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.fail(f"this test needs to mount a tmpfs: run it as root ({done.stderr.strip()})")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 64 kB, mounted for this test."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount("-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder))
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def fill(folder: Path) -> Path:
    """Take all the room that is left, with a file that can be removed again."""
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as file, pytest.raises(OSError, match="No space"):
        while True:
            file.write(b"x" * 4096)
    return ballast


def test_a_full_disk_is_survived_and_marked(small_disk: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    log = ChatLog(small_disk, "oftc")
    written = 0
    while log.append("#c", LONG, AT + seconds(written)) is not None:
        written += 1
    first_lost = AT + seconds(written)
    file = reading.path(small_disk, "oftc", "#c", DAY)
    assert file.read_bytes().count(b"\n") == written > 50
    assert file.read_bytes().endswith(b"x\n"), "what was written of the last line is undone"

    for later in range(1, 180):
        assert log.append("#c", LONG, first_lost + seconds(later)) is None
    assert log.lost == 180
    errors = [record.getMessage() for record in caplog.records if record.levelno == logging.ERROR]
    assert len(errors) == 3, "said at once, and then once a minute"
    assert "#c on oftc" in errors[0]
    assert "121 lines lost so far" in errors[2]

    with file.open("r+b") as other:  # room for both lines, as when an operator frees some
        other.truncate(len(other.readline()) * 10)
    back = first_lost + seconds(200)
    assert log.append("#c", Message("cy", "back"), back) == LogAddress("oftc", "#c", DAY, 12)
    lines = [line for _, line in reading.day(small_disk, "oftc", "#c", DAY)]
    assert lines[-2:] == [Line(back, Gap(first_lost)), Line(back, Message("cy", "back"))]
    assert log.append("#c", Message("cy", "and on"), back) == LogAddress("oftc", "#c", DAY, 13)
    log.close()


def test_a_gap_is_marked_once_in_each_channel_that_has_one(small_disk: Path) -> None:
    log = ChatLog(small_disk, "oftc")
    for channel in ("#a", "#b"):
        log.append(channel, LONG, AT)
    ballast = fill(small_disk)
    lost = {}
    for channel in ("#a", "#b"):
        later = AT + seconds(60)
        while log.append(channel, LONG, later) is not None:
            later += seconds(1)
        lost[channel] = later
    ballast.unlink()
    for channel in ("#a", "#b"):
        for _ in range(2):
            assert log.append(channel, Message("cy", "back"), AT + seconds(600)) is not None
        events = [
            line.event for _, line in reading.day(small_disk, "oftc", channel, DAY) if isinstance(line, Line)
        ]
        assert events[-3:] == [Gap(lost[channel]), Message("cy", "back"), Message("cy", "back")]
        assert events.count(Gap(lost[channel])) == 1
    log.close()


def test_a_gap_is_marked_at_the_end_if_nothing_was_said_after_it(small_disk: Path) -> None:
    log = ChatLog(small_disk, "oftc")
    log.append("#c", LONG, AT)
    ballast = fill(small_disk)
    later = AT
    while log.append("#c", LONG, later) is not None:
        later += seconds(1)
    ballast.unlink()
    log.close()
    *_, (_, last) = reading.day(small_disk, "oftc", "#c", DAY)
    assert last == Line(later, Gap(later))


def test_a_new_day_on_a_full_disk_is_a_gap_in_that_day(small_disk: Path) -> None:
    log = ChatLog(small_disk, "oftc")
    log.append("#c", LONG, AT)
    ballast = fill(small_disk)
    tomorrow = AT + timedelta(days=1)
    assert log.append("#c", LONG, tomorrow) is None
    ballast.unlink()
    assert log.append("#c", LONG, tomorrow + seconds(9)) == LogAddress("oftc", "#c", tomorrow.date(), 2)
    _, first = next(reading.day(small_disk, "oftc", "#c", tomorrow.date()))
    assert first == Line(tomorrow + seconds(9), Gap(tomorrow))
    log.close()


def test_a_torn_line_on_a_full_disk_is_mended_when_there_is_room(
    small_disk: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file = reading.path(small_disk, "oftc", "#c", DAY)
    file.parent.mkdir(parents=True)
    torn = b"2026-11-26T16:00:03  <cy> torn".ljust(4096, b"x")
    file.write_bytes(torn)
    ballast = fill(small_disk)
    log = ChatLog(small_disk, "oftc")
    assert log.mend() == []
    assert log.append("#c", LONG, AT) is None
    assert "No space left" in caplog.text
    ballast.unlink()
    assert log.append("#c", LONG, AT) == LogAddress("oftc", "#c", DAY, 3)
    assert file.read_bytes().startswith(torn + b"\n2026-11-26T16:00:03  *** log gap since")
    log.close()


def test_a_read_only_disk_is_survived_and_marked(small_disk: Path, caplog: pytest.LogCaptureFixture) -> None:
    mount("-o", "remount,ro", str(small_disk))
    log = ChatLog(small_disk, "oftc")
    assert log.mend() == []
    assert log.append("#c", LONG, AT) is None
    assert "Read-only file system" in caplog.text
    mount("-o", "remount,rw", str(small_disk))
    assert log.append("#c", LONG, AT + seconds(9)) == LogAddress("oftc", "#c", DAY, 2)
    _, first = next(reading.day(small_disk, "oftc", "#c", DAY))
    assert first == Line(AT + seconds(9), Gap(AT))
    log.close()


def test_what_is_in_the_way_of_one_channel_does_not_stop_the_others(tmp_path: Path) -> None:
    (tmp_path / "oftc").mkdir()
    in_the_way = tmp_path / "oftc/#c"
    in_the_way.touch()
    log = ChatLog(tmp_path, "oftc")
    assert log.append("#c", LONG, AT) is None
    assert log.append("#d", LONG, AT) == LogAddress("oftc", "#d", DAY, 1)
    in_the_way.unlink()
    assert log.append("#c", LONG, AT) == LogAddress("oftc", "#c", DAY, 2)
    log.close()


TALKER = """
import itertools, os, sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from cohortbot.chatlog.files import ChatLog
from cohortbot.chatlog.line import Message

log = ChatLog(Path(sys.argv[1]), "oftc")
log.mend()
at = datetime(2026, 11, 26, 16, tzinfo=UTC)
for number in itertools.count():
    channel = f"#{number % 3}"
    text = f"{sys.argv[2]} {number} " + "x" * (number % 400)
    address = log.append(channel, Message("cy", text), at + timedelta(milliseconds=number))
    os.write(1, f"{channel} {address.line} {text}\\n".encode())
"""


@pytest.mark.proof
def test_every_acknowledged_line_survives_kill_9(tmp_path: Path, portion: Callable[[int], int]) -> None:
    acknowledged: list[str] = []
    for kill in range(portion(60)):
        child = subprocess.Popen(
            [sys.executable, "-P", "-c", TALKER, str(tmp_path), f"run{kill}"],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert child.stdout is not None
        for _ in range(200 + 17 * kill):
            acknowledged.append(child.stdout.readline())
        os.kill(child.pid, signal.SIGKILL)
        rest = child.stdout.read()
        child.wait()
        acknowledged += [line for line in rest.splitlines(keepends=True) if line.endswith("\n")]
    torn = ChatLog(tmp_path, "oftc").mend()
    assert len(torn) <= 1, "at most the line that was being written"

    written = {
        f"{channel} {number} {line.event.text}\n"
        for channel in ("#0", "#1", "#2")
        for number, line in reading.day(tmp_path, "oftc", channel, DAY)
        if isinstance(line, Line)
    }
    assert len(acknowledged) > 500
    assert set(acknowledged) <= written
