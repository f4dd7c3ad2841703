"""`cohortbot run` as a process: a second one by mistake, and being told to leave at any moment."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from support.bot import Bot
from support.ircd import IrcServer

from cohortbot.chatlog.alone import sole_writer
from cohortbot.commands import run as running
from cohortbot.config import load

MakeBot = Callable[..., Bot]
Name = Callable[[str], str]


def run(bot: Bot) -> subprocess.Popen[str]:
    """One more `cohortbot run` of this installation."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("COHORTBOT_")}
    command = [sys.executable, "-P", "-m", "cohortbot", "run", "--config", str(bot.config_file)]
    return subprocess.Popen(command, cwd=bot.folder, env=environment, stderr=subprocess.PIPE, text=True)


def test_a_second_bot_on_the_same_logs_ends_and_says_why(
    inspircd: IrcServer, make_bot: MakeBot, name: Name
) -> None:
    bot = make_bot(inspircd, {"deploy": {}})
    bot.start()
    channel = bot.channel("deploy")
    with run(bot) as second:
        _, said = second.communicate(timeout=30)
    assert second.returncode == 1
    assert "another bot is running" in said
    cy = inspircd.connect(name("cy"), join=(channel,))
    cy.say(channel, "!cohorts")
    cy.expect(bot.nick, channel, "deploy")
    assert [line.split("  ", 1)[1] for line in bot.log(channel)].count(f"<{cy.nick}> !cohorts") == 1


def test_told_to_leave_before_it_is_on_the_network_it_leaves_in_peace(
    inspircd: IrcServer, make_bot: MakeBot
) -> None:
    bot = make_bot(inspircd, {"deploy": {}})
    with sole_writer(bot.folder / "logs", "lab"), run(bot) as starting:
        assert starting.stderr is not None
        assert "waiting a moment" in starting.stderr.readline()
        starting.send_signal(signal.SIGTERM)
        assert starting.wait(10) == 0


def test_a_file_for_tls_that_cannot_be_used_is_a_fault_of_the_config(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "config.yaml"
    irc = {"network": "lab", "host": "irc.lab.test", "tls_ca": "missing.pem"}
    cohorts = {"deploy": {"title": "Deploy", "goal": "Deploy a cloud"}}
    file.write_text(yaml.safe_dump({"programme": {"name": "Lab"}, "irc": irc, "cohorts": cohorts}))
    assert running.run(load(file)) == 2
    said = f"{file}: irc.tls_ca: '{tmp_path}/missing.pem' cannot be read: No such file or directory\n"
    assert capsys.readouterr().err == said
    assert not (tmp_path / "logs").exists()
