"""Where a bot runs: whoever is killed is known to be dead on its own machine, and nobody else is."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from cohortbot.chatlog import place
from cohortbot.domain.lease import Place

BOT = """
import sys
from dataclasses import astuple
from pathlib import Path
from cohortbot.chatlog import place
with place.here(Path(sys.argv[1]), "lab") as mine:
    print(*astuple(mine), sep="\\t", flush=True)
    sys.stdin.readline()
"""


def bot(logs: Path) -> tuple[subprocess.Popen[str], Place]:
    command = [sys.executable, "-P", "-c", BOT, str(logs)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    return process, Place(*process.stdout.readline().rstrip("\n").split("\t"))


def test_whoever_lives_is_not_dead_and_whoever_was_killed_is(tmp_path: Path) -> None:
    process, other = bot(tmp_path)
    with place.here(tmp_path, "lab") as mine, process:
        assert not place.is_dead(other, mine)
        process.kill()
        process.wait()
        assert place.is_dead(other, mine)
        assert place.is_dead(replace(other, boot="an earlier one"), mine)
        assert not place.is_dead(replace(other, boot="another", machine="another"), mine)
        assert not place.is_dead(replace(other, token="another's"), mine)
        place.tidy(tmp_path, "lab")
        assert [file.name for file in (tmp_path / "lab").glob(".bot-*")] == [f".bot-{mine.token}"]
        assert not place.is_dead(other, mine)  # its file is gone: nobody can tell any more


def test_whoever_has_left_is_known_to_be_gone(tmp_path: Path) -> None:
    process, other = bot(tmp_path)
    with process:
        process.communicate("\n", timeout=10)
    with place.here(tmp_path, "lab") as mine:
        assert place.is_dead(other, mine)


def test_a_folder_of_logs_is_told_from_another(tmp_path: Path) -> None:
    with place.here(tmp_path / "a", "lab") as one, place.here(tmp_path / "a", "lab") as two:
        assert one.logs == two.logs is not None
        assert one.token != two.token
        assert place.folder_id(tmp_path / "b", "lab") != one.logs
        assert place.folder_id(tmp_path / "a", "other") != one.logs


def test_where_no_file_can_be_made_none_is_named(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "logs").write_text("a file", encoding="utf-8")
    with place.here(tmp_path / "logs", "lab") as mine:
        assert (mine.lock_file, mine.logs) == (None, None)
        assert not place.is_dead(replace(mine, token="other"), mine)
    assert "cannot be held against a second bot" in caplog.text
