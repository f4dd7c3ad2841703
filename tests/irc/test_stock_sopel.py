"""The plugins in a Sopel that we do not run: `sopel start`, as its own users know it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml
from support.ircd import USER, IrcServer
from support.processes import Child, folder_of, wait_until

from cohortbot.irc.bot import PLUGINS

Name = Callable[[str], str]


@pytest.fixture
def home() -> Iterator[Path]:
    """A folder of the user whom Sopel runs as: it refuses root."""
    with folder_of(USER, "sopel") as folder:
        yield folder


def run(home: Path, server: IrcServer, nick: str, prefix: str) -> Child:
    """A database, and `sopel start` with our plugins beside Sopel's own."""
    config = {
        "programme": {"name": "Lab", "contact": "lab@example.invalid", "channel_prefix": prefix},
        "irc": {"network": "lab", "host": server.host, "port": server.port, "tls": False},
        "cohorts": {"deploy": {"title": "Deploy", "goal": "Deploy a cloud"}},
    }
    (home / "config.yaml").write_text(yaml.safe_dump(config))
    (home / "sopel.cfg").write_text(
        f"[core]\nnick = {nick}\nhost = {server.host}\nport = {server.port}\nuse_ssl = false\n"
        f"owner = nobody@invalid\nenable = {','.join(PLUGINS)}\n"
    )
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("COHORTBOT_", "SOPEL_"))}
    environment |= {"COHORTBOT_CONFIG": str(home / "config.yaml"), "HOME": str(home)}

    def start(module: str, *words: str) -> Child:
        command = [sys.executable, "-P", "-m", module, *words]
        return Child(module, command, home, user=USER, environment=environment)

    assert start("cohortbot", "db", "upgrade").wait() == 0
    return start("sopel.cli.run", "start", "-c", str(home / "sopel.cfg"))


def test_a_stock_sopel_answers_a_command_and_logs_the_channel(
    inspircd: IrcServer, home: Path, name: Name
) -> None:
    nick, prefix = name("bot"), f"#{name('c')}-"
    sopel = run(home, inspircd, nick, prefix)
    channel = f"{prefix}deploy"
    wait_until(lambda: channel in inspircd.channels_of(nick), f"{nick} in {channel}", why=sopel.tail)
    cy = inspircd.connect(name("cy"), join=(channel,))
    cy.say(channel, "!join")
    cy.expect(nick, channel, f"{cy.nick}: joined deploy (1 of 8)")
    assert sopel.end() == 0
    (file,) = (home / "logs" / "lab").glob("*/*.log")
    talk = [line[21:] for line in file.read_text().splitlines()]
    assert talk.index(f"<{cy.nick}> !join") < talk.index(f"<{nick}> {cy.nick}: joined deploy (1 of 8)")
    assert len([line for line in talk if line.startswith(f"<{nick}>")]) == 1
