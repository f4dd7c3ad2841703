"""Two bots on one folder of logs: the second is kept out, and whoever comes after a dead one is let in."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from cohortbot.chatlog.alone import AnotherWriter, sole_writer

HOLDER = """
import sys, time
from pathlib import Path
from cohortbot.chatlog.alone import sole_writer
with sole_writer(Path(sys.argv[1]), "lab"):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_second_writer_is_told_of_the_first(tmp_path: Path) -> None:
    with sole_writer(tmp_path, "lab"):
        with (
            pytest.raises(AnotherWriter, match=r"another bot is running .*lab: stop it first"),
            sole_writer(tmp_path, "lab", patience=0.1),
        ):
            pass
        with sole_writer(tmp_path, "other", patience=0.0):
            pass
    with sole_writer(tmp_path, "lab", patience=0.0):
        pass


def test_a_killed_writer_holds_nothing(tmp_path: Path) -> None:
    command = [sys.executable, "-P", "-c", HOLDER, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(AnotherWriter), sole_writer(tmp_path, "lab", patience=0.0):
            pass
        holder.kill()
    with sole_writer(tmp_path, "lab", patience=0.0):
        pass


def test_a_folder_that_cannot_be_made_keeps_no_bot_out(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "logs").write_text("a file", encoding="utf-8")
    with sole_writer(tmp_path / "logs", "lab"):
        assert "cannot be held against a second bot" in caplog.text
