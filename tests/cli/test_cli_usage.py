"""The command line's manners: help after any subcommand, exit codes, and what is said where."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from cohortbot.cli import COMMANDS, GROUPS, Command, main


def cohortbot(*words: str, cwd: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    """The command as a person runs it in the folder `cwd`, with no COHORTBOT_ variables but these."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("COHORTBOT_")}
    return subprocess.run(
        [sys.executable, "-P", "-m", "cohortbot", *words],
        cwd=cwd,
        env=clean | environ,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def printed_help(words: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    with pytest.raises(SystemExit) as left:
        main([*words, "--help"])
    assert left.value.code == 0
    return " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_every_command_is_listed_and_has_help_with_the_common_options(
    command: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    *group, name = command.name.split()
    assert f"{name} {command.summary}" in printed_help(group, capsys)
    own = printed_help([*group, name], capsys)
    assert "--config FILE" in own
    assert "--log-level" in own


def test_groups_of_commands_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    for group, summary in GROUPS.items():
        assert f"{group} {summary}" in printed_help([], capsys)


@pytest.mark.parametrize("words", [(), ("dance",), ("db",), ("init", "--network", "arpanet")])
def test_wrong_usage_is_exit_2_and_goes_to_stderr(words: tuple[str, ...], tmp_path: Path) -> None:
    done = cohortbot(*words, cwd=tmp_path)
    assert done.returncode == 2
    assert done.stdout == ""
    assert "usage: cohortbot" in done.stderr


def test_the_command_works_from_an_empty_folder(tmp_path: Path) -> None:
    done = cohortbot("init", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "config.yaml").exists()


def test_help_comes_at_once(tmp_path: Path) -> None:
    """No subcommand's libraries are loaded for it, or a person at a prompt waits for SQLAlchemy and Sopel."""
    look = "import sys, cohortbot.cli as cli; cli.main(sys.argv[1:])"
    check = "import atexit, sys; atexit.register(lambda: print(*sys.modules)); " + look
    done = subprocess.run(
        [sys.executable, "-P", "-c", check, "--help"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = set(done.stdout.splitlines()[-1].split())
    assert not loaded & {"sqlalchemy", "sopel", "starlette", "alembic"}


@pytest.mark.parametrize("words", [("check",), ("run",), ("db", "upgrade"), ("db", "status")], ids=" ".join)
def test_a_faulty_config_is_told_on_stderr_by_file_and_key(words: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text(
        "programme: {name: P}\nirc: {network: lab, host: ''}\n", encoding="utf-8"
    )
    done = cohortbot(*words, cwd=tmp_path)
    assert done.returncode == (1 if words == ("check",) else 2)
    assert done.stderr == (
        "config.yaml: irc.host: '' is not a host name or an IP address alone; the port has a key of its own\n"
    )


def test_the_config_is_the_one_named_after_the_subcommand_or_in_the_environment(tmp_path: Path) -> None:
    sound_config(tmp_path / "other.yaml")
    named = cohortbot("db", "status", "--config", "other.yaml", cwd=tmp_path)
    assert "the database is empty: run `cohortbot db upgrade`" in named.stderr
    by_environment = cohortbot("db", "status", cwd=tmp_path, COHORTBOT_CONFIG="other.yaml")
    assert by_environment.stderr == named.stderr
    assert cohortbot("db", "status", cwd=tmp_path).returncode == 2


def test_a_bot_does_not_run_on_an_empty_database(tmp_path: Path) -> None:
    sound_config(tmp_path / "config.yaml")
    done = cohortbot("run", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "database: the database is empty: run `cohortbot db upgrade`\n"


def test_a_clock_offset_that_is_no_time_is_wrong_usage(tmp_path: Path) -> None:
    sound_config(tmp_path / "config.yaml")
    done = cohortbot("run", cwd=tmp_path, COHORTBOT_CLOCK_OFFSET="soon")
    assert done.returncode == 2
    assert done.stderr.startswith("COHORTBOT_CLOCK_OFFSET: 'soon' is neither seconds")


def sound_config(file: Path) -> None:
    file.write_text("programme: {name: P}\nirc: {network: lab, host: localhost}\n", encoding="utf-8")
