"""The puppet as a child process: its folder, its config, its log."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any
from urllib.parse import quote

import yaml

from support.processes import Child


class Puppet:
    """The irc room as a process, with support.puppet for a programme."""

    def __init__(
        self,
        folder: Path,
        port: int,
        nick: str,
        channels: list[str],
        *,
        sasl: tuple[str, str] | None = None,
        pace: tuple[int, float] = (1000, 10_000.0),
        ignore: list[str] | None = None,
        has_services: bool = False,
        proof_wait: float = 5.0,
        notice: bool = False,
        irc: dict[str, Any] | None = None,
    ) -> None:
        """`irc` are further settings of that section."""
        self.folder = folder
        self.nick = nick
        section: dict[str, Any] = {
            "network": "lab",
            "host": "127.0.0.1",
            "port": port,
            "tls": False,
            "nick": nick,
            "ignore": ignore or [],
            "flood": {"burst": pace[0], "per_second": pace[1]},
        }
        if sasl:
            section["sasl"] = {"account": sasl[0], "password": sasl[1]}
        section |= irc or {}
        config = {"programme": {"name": "Lab", "contact": "lab@example.invalid"}, "irc": section}
        config["cohorts"] = {"deploy": {"title": "Deploy", "goal": "Deploy a cloud"}}
        (folder / "config.yaml").write_text(yaml.safe_dump(config))
        settings = {
            "config": str(folder / "config.yaml"),
            "channels": channels,
            "has_services": has_services,
            "proof_wait": proof_wait,
            "notice": notice,
        }
        (folder / "puppet.json").write_text(json.dumps(settings))
        self._child: Child | None = None

    @property
    def process(self) -> Child:
        assert self._child is not None
        return self._child

    def start(self) -> None:
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("COHORTBOT_", "SOPEL_"))}
        command = ["-m", "support.puppet", str(self.folder / "puppet.json")]
        self._child = Child("puppet", command, self.folder, environment=environment, warm=True)

    def log(self, channel: str) -> list[str]:
        """The events of a channel's log, without their times."""
        folder = self.folder / "logs" / "lab" / quote(channel, safe="#&+!~")
        files = sorted(folder.glob("????-??-??.log"))
        return [line[21:] for file in files for line in file.read_text(encoding="utf-8").splitlines()]

    def close(self) -> None:
        if self._child is not None and self._child.returncode is None:
            self._child.kill()
