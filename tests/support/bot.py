"""The bot as a child process, as an operator runs it: a folder, a config file, `cohortbot run`."""

from __future__ import annotations

import os
import signal
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import yaml

from cohortbot.store.migrate import upgrade
from support.dying import Doom
from support.ircd import IrcServer
from support.processes import Child, free_port, wait_until
from support.skewed import Skew

Settings = Mapping[str, Any]


class Clock:
    """The time that the bot's processes live in: the true one, moved by a file (COHORTBOT_CLOCK_OFFSET)."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.offset = timedelta()
        self.advance(timedelta())

    def advance(self, by: timedelta) -> None:
        """Move the bot's time on; it reads the file again within a second."""
        self.offset += by
        fresh = self.file.with_suffix(".new")
        fresh.write_text(f"{self.offset.total_seconds():.3f}\n")
        fresh.replace(self.file)  # Nobody ever reads half a number.


class Bot:
    """One installation of cohortbot: its folder outlives the process, which can be killed and come back."""

    def __init__(
        self,
        folder: Path,
        server: IrcServer,
        database_url: str,
        cohorts: Mapping[str, Settings],
        *,
        nick: str = "cohortbot",
        organizers: tuple[str, ...] = (),
        sasl: tuple[str, str] | None = None,
        settings: Mapping[str, Settings] | None = None,
        moved_clock: bool = False,
    ) -> None:
        """Write the config of a programme on `server`; nothing runs yet.

        `cohorts` are those of the config file (title and goal are made up where absent); `settings` are
        merged over its other sections. With `moved_clock` the bot lives in the time of `self.clock`.
        """
        self.folder = folder
        self.server = server
        self.nick = nick
        self.config_file = folder / "config.yaml"
        self.clock = Clock(folder / "clock-offset")
        self.web_port = free_port()
        self.doom: Doom | Skew | None = None  # of the next `run`
        self.config: dict[str, Any] = {
            "programme": {
                "name": "Lab mentoring",
                "contact": "lab@example.invalid",
                "organizers": [*organizers],
            },
            "irc": {"network": "lab", "host": server.host, "port": server.port, "tls": False, "nick": nick},
            "database": {"url": database_url},
            "web": {"listen": f"127.0.0.1:{self.web_port}"},
            "cohorts": {
                slug: {"title": slug.title(), "goal": f"Finish {slug}", **cohort}
                for slug, cohort in cohorts.items()
            },
        }
        if sasl:
            self.config["irc"]["sasl"] = {"account": sasl[0], "password": sasl[1]}
        for section, values in (settings or {}).items():
            self.config.setdefault(section, {}).update(values)
        self._environment = {
            k: v for k, v in os.environ.items() if not k.startswith(("COHORTBOT_", "SOPEL_"))
        }
        if moved_clock:
            self._environment["COHORTBOT_CLOCK_OFFSET"] = str(self.clock.file)
        self._children: dict[str, Child] = {}
        self.write_config()

    # Files

    def write_config(self) -> None:
        """Write self.config to its file, as an operator's editor would."""
        self.config_file.write_text(yaml.safe_dump(self.config, sort_keys=False, allow_unicode=True))

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.web_port}"

    def channel(self, slug: str) -> str:
        """The channel of a cohort of the config."""
        prefix = self.config["programme"].get("channel_prefix", "#cohort-")
        return str(self.config["cohorts"][slug].get("channel", f"{prefix}{slug}"))

    def log(self, channel: str) -> list[str]:
        """All lines of a channel's log files, oldest first, with their times."""
        folder = self.folder / "logs" / "lab" / quote(channel, safe="#&+!~")
        return [
            line
            for file in sorted(folder.glob("????-??-??.log"))
            for line in file.read_text(encoding="utf-8").splitlines()
        ]

    # Processes

    @property
    def process(self) -> Child:
        """The running bot, or the one that ran last."""
        return self._children["run"]

    def start(self, timeout: float = 30.0) -> None:
        """Bring the database up to date, run the bot, and wait until it is seen in all of its channels."""
        self.upgrade()
        self.launch()
        self.wait_joined(timeout)

    def upgrade(self) -> None:
        """What `db upgrade` does, in this process: starting another one takes five times as long."""
        upgrade(self.config["database"]["url"])

    def launch(self) -> None:
        """Run the bot without waiting for it to arrive anywhere."""
        self._spawn("run")

    def wait_joined(self, timeout: float = 30.0) -> None:
        """Until the server shows it in every channel of its config."""
        wanted = {self.channel(slug).lower() for slug in self.config["cohorts"]}

        def joined() -> bool:
            if self.process.returncode is not None:
                pytest.fail(
                    f"the bot ended with {self.process.returncode}\n{self.process.tail()}", pytrace=False
                )
            return wanted <= self.server.channels_of(self.nick)

        wait_until(joined, f"{self.nick} to join {', '.join(sorted(wanted))}", timeout, self.process.tail)

    def start_site(self) -> str:
        """Run `cohortbot web`; its base URL, once it answers."""
        self._spawn("web").wait_for_port(self.web_port)
        return self.base_url

    def kill(self) -> None:
        """kill -9 the bot, and wait until the server has noticed that it is gone."""
        self.process.kill()
        wait_until(lambda: not self.server.channels_of(self.nick), f"{self.nick} to be off the network")

    def terminate(self, timeout: float = 10.0) -> int:
        """SIGTERM the bot and wait; its exit code."""
        return self.process.end(signal.SIGTERM, timeout)

    def restart(self) -> None:
        """Start again in the same folder what was killed or has left."""
        self.launch()
        self.wait_joined()

    def command(self, *words: str) -> str:
        """Run another `cohortbot` command to its end; what it printed. An exit code but 0 fails the test."""
        child = self._spawn(*words)
        if child.wait(60.0):
            pytest.fail(f"{' '.join(words)} ended with {child.returncode}\n{child.tail()}")
        return child.text()

    def stderr(self) -> str:
        """All that the bot has written to its operator, over all its starts."""
        return self.process.text()

    def close(self) -> None:
        """End whatever of it still runs."""
        for child in self._children.values():
            if child.returncode is None:
                child.kill()

    def _spawn(self, *words: str) -> Child:
        program = self.doom.command() if self.doom and words == ("run",) else ["-m", "cohortbot"]
        command = [*program, *words, "--config", str(self.config_file)]
        name = "cohortbot-" + "-".join(words[:2])
        child = Child(name, command, self.folder, environment=self._environment, warm=True)
        self._children[words[0]] = child
        return child
