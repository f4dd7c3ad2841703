"""The command line's manners: help after any subcommand, exit codes, and what is said where."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from cohortbot.cli import COMMANDS, main

NAMES = [command.name for command in COMMANDS]


def cohortbot(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-P", "-m", "cohortbot", *words]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=30, check=False)


def test_help_lists_every_command_with_what_it_does(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["--help"])
    assert left.value.code == 0
    printed = " ".join(capsys.readouterr().out.split())
    for command in COMMANDS:
        assert f"{command.name} {command.summary}" in printed


@pytest.mark.parametrize("name", NAMES)
def test_every_command_has_help_and_takes_the_common_options(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as left:
        main([name, "--help"])
    assert left.value.code == 0
    printed = capsys.readouterr().out
    assert "--config FILE" in printed
    assert "--log-level" in printed


@pytest.mark.parametrize("words", [(), ("dance",), ("init", "--network", "arpanet")])
def test_wrong_usage_is_exit_2_and_goes_to_stderr(words: tuple[str, ...], tmp_path: Path) -> None:
    done = cohortbot(*words, cwd=tmp_path)
    assert done.returncode == 2
    assert done.stdout == ""
    assert "usage: cohortbot" in done.stderr


def test_the_command_works_from_an_empty_folder(tmp_path: Path) -> None:
    done = cohortbot("init", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "config.yaml").exists()
