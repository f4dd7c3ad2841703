"""The plugins in a Sopel that we do not run: `sopel start`, as its own users know it."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from pathlib import Path
from typing import Any

import pytest
import yaml
from support.bot import Clock
from support.client import Client, Line
from support.ircd import USER, IrcServer
from support.processes import Child, folder_of, wait_until

from cohortbot.chatlog import place
from cohortbot.domain.lease import SHORT
from cohortbot.irc.bot import PLUGINS
from cohortbot.store import leases
from cohortbot.store.engine import connect, transaction

Name = Callable[[str], str]
BURST = 5  # lines
LATE = 0.1  # seconds by which one line may reach a client later than the next one, on a busy machine


class StockSopel:
    """A Sopel of somebody's own, in a folder of theirs; our config is in a folder beside its own."""

    def __init__(self, home: Path, server: IrcServer, name: Name) -> None:
        """Write both configs; nothing runs yet."""
        self.home = home
        self.ours = home / "programme"
        self.ours.mkdir()
        shutil.chown(self.ours, home.owner())
        self.server = server
        self.process: Child | None = None
        self.nick = name("bot")
        self.admin = name("admin")
        self.lobby = f"#{name('lobby')}"
        self.channel = f"#{name('c')}-deploy"
        self.clock = Clock(home / "clock-offset")
        # On a whole minute, some minutes ahead: the clock is moved up to it.
        self.slot = (datetime.now(UTC) + timedelta(minutes=10)).replace(second=0, microsecond=0)
        self.config: dict[str, Any] = {
            "programme": {"name": "Lab", "contact": "lab@example.invalid"},
            "irc": {"network": "lab", "host": server.host, "port": server.port, "tls": False},
            "cohorts": {
                "deploy": {
                    "title": "Deploy",
                    "goal": "Deploy a cloud",
                    "channel": self.channel,
                    "places": 100,
                    "checkin": {
                        "day": f"{self.slot:%A}".lower(),
                        "time": f"{self.slot:%H:%M}",
                        "zone": "UTC",
                    },
                }
            },
        }

    def pace(self, burst: int, per_second: float) -> None:
        self.config["irc"]["flood"] = {"burst": burst, "per_second": per_second}

    def prepare(self) -> None:
        """The configs and a database."""
        (self.ours / "config.yaml").write_text(yaml.safe_dump(self.config))
        (self.home / "sopel.cfg").write_text(
            f"[core]\nnick = {self.nick}\nhost = {self.server.host}\nport = {self.server.port}\n"
            f'use_ssl = false\nowner = {self.admin}\nchannels = "{self.lobby}"\nreply_errors = false\n'
            f"enable = {','.join([*PLUGINS, 'reload'])}\n[cohortbot]\nconfig = programme/config.yaml\n"
        )
        upgrade = self._spawn("cohortbot", "db", "upgrade", "--config", str(self.ours / "config.yaml"))
        assert upgrade.wait() == 0

    def start(self) -> None:
        """`sopel start` with our plugins beside Sopel's own reload."""
        self.prepare()
        self.process = self._spawn("sopel.cli.run", "start", "-c", str(self.home / "sopel.cfg"))

    def wait_in(self, channel: str, timeout: float = 20.0) -> None:
        wait_until(
            lambda: channel in self.server.channels_of(self.nick),
            f"{self.nick} in {channel}",
            timeout,
            self.process.tail,
        )

    def open_round(self) -> None:
        """Move the clock to the check-in."""
        self.clock.advance(self.slot - datetime.now(UTC))

    def works(self, who: Client) -> None:
        """Somebody asks in the channel, and is answered there."""
        who.mark()
        who.say(self.channel, "!cohorts")
        who.expect(self.nick, self.channel, f"{who.nick}: ", "deploy")

    def log(self) -> list[str]:
        """All that the channel's log files hold, without the times."""
        files = sorted((self.ours / "logs" / "lab").glob("*-deploy/*.log"))
        return [line[21:] for file in files for line in file.read_text().splitlines()]

    def threads(self) -> int:
        return len([*Path(f"/proc/{self.process.pid}/task").iterdir()])

    def close(self) -> None:
        if self.process is not None and self.process.returncode is None:
            self.process.kill()

    def _spawn(self, module: str, *words: str) -> Child:
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("COHORTBOT_", "SOPEL_"))}
        environment |= {"HOME": str(self.home), "COHORTBOT_CLOCK_OFFSET": str(self.clock.file)}
        command = [sys.executable, "-P", "-m", module, *words]
        return Child(module, command, self.home, user=USER, environment=environment)


@pytest.fixture
def home() -> Iterator[Path]:
    """A folder of the user whom Sopel runs as: it refuses root."""
    with folder_of(USER, "sopel") as folder:
        yield folder


@pytest.fixture
def make_sopel(home: Path, name: Name) -> Iterator[Callable[[IrcServer], StockSopel]]:
    made: list[StockSopel] = []

    def make(server: IrcServer) -> StockSopel:
        made.append(StockSopel(home, server, name))
        return made[0]

    yield make
    for sopel in made:
        sopel.close()


MakeSopel = Callable[[IrcServer], StockSopel]


def said(sopel: StockSopel, *people: Client) -> list[Line]:
    """Every line that the bot said to one of these, or in a channel of the first, as they came."""
    lines = [
        line
        for person in people
        for line in person.heard()
        if line.verb == "PRIVMSG" and line.nick == sopel.nick and line.target == person.nick
    ]
    lines += [line for line in people[0].heard() if line.nick == sopel.nick and line.target == sopel.channel]
    return sorted(lines, key=lambda line: line.at)


def bucket_of(lines: list[Line], per_second: float) -> float:
    """How many tokens a bucket that fills at `per_second` must hold for these to leave when they came."""
    begun = lines[0].at
    surplus = [number - per_second * (line.at - begun).total_seconds() for number, line in enumerate(lines)]
    return 1 + max(later - least for later, least in zip(surplus, accumulate(surplus, min), strict=True))


@pytest.mark.proof
def test_a_stock_sopel_logs_opens_a_round_and_says_all_at_our_pace(
    request: pytest.FixtureRequest, make_sopel: MakeSopel, name: Name, portion: Callable[[int], int]
) -> None:
    """At full size with the config's own pace, on a server that throttles; else twenty times as fast."""
    hurry = 20 // portion(20)
    server: IrcServer = request.getfixturevalue("inspircd" if hurry > 1 else "inspircd_default")
    sopel = make_sopel(server)
    sopel.pace(BURST, 1.0 * hurry)
    sopel.start()
    sopel.wait_in(sopel.channel)
    cy = server.connect(name("cy"), join=(sopel.channel,))
    cy.say(sopel.channel, "!join")
    cy.expect(sopel.nick, sopel.channel, f"{cy.nick}: joined deploy (1 of 100)")
    people = server.connect_all(*(name(f"{letter}comes") for letter in "abcdefghij"))
    for person in people:
        person.say(sopel.nick, "join deploy")
    for person in people:
        person.expect(sopel.nick, person.nick, "joined deploy", timeout=300.0 / hurry)
        person.expect(sopel.nick, person.nick, "welcome to deploy", timeout=300.0 / hurry)
    sopel.open_round()
    cy.expect(sopel.nick, sopel.channel, "[deploy 1] Check-in", timeout=300.0 / hurry)
    assert sopel.process.end(timeout=5.0) == 0

    heard = said(sopel, cy, *people)
    words = Counter((line.target, line.text) for line in heard)
    assert [word for word, times in words.items() if times > 1] == []
    assert len([line for line in heard if line.target != sopel.channel]) >= 60
    assert bucket_of(heard, hurry) <= BURST + LATE * hurry
    talk = sopel.log()
    assert talk.index(f"<{cy.nick}> !join") < talk.index(
        f"<{sopel.nick}> {cy.nick}: joined deploy (1 of 100)"
    )
    own = [line for line in talk if line.startswith(f"<{sopel.nick}>")]
    assert own == [f"<{sopel.nick}> {line.text}" for line in heard if line.target == sopel.channel]


@pytest.mark.long
def test_a_stock_sopel_that_lost_its_server_works_again_when_it_is_back(
    own_server: Callable[..., IrcServer], make_sopel: MakeSopel, name: Name
) -> None:
    """Sopel waits 20 s before its one further try, and makes a new bot for it."""
    server = own_server("hybrid")
    sopel = make_sopel(server)
    sopel.pace(100, 100.0)
    sopel.start()
    sopel.wait_in(sopel.channel)
    cy = server.connect(name("cy"), join=(sopel.channel,))
    cy.say(sopel.channel, "!join")
    cy.expect(sopel.nick, cy.nick, "welcome to deploy")
    sopel.works(cy)
    threads = sopel.threads()
    server.stop()
    server.start()
    back = server.connect(cy.nick, join=(sopel.channel,))
    sopel.wait_in(sopel.channel, timeout=40.0)
    sopel.works(back)
    sopel.open_round()
    back.expect(sopel.nick, sopel.channel, "[deploy 1] Check-in")
    back.say(sopel.nick, "did hear you twice")
    back.expect(sopel.nick, back.nick, "round 1")
    assert sopel.threads() == threads
    assert [line.text for line in said(sopel, back) if "welcome" in line.text or "again" in line.text] == []
    assert len([line for line in sopel.log() if "] Check-in" in line]) == 1
    back.send(f"KICK {sopel.channel} {sopel.nick}")  # who comes first is op
    wait_until(lambda: f"kicked from {sopel.channel}" in sopel.process.text(), "our words in Sopel's log")
    assert sopel.process.end(timeout=5.0) == 0


def test_a_stock_sopel_that_reloads_its_plugins_goes_on(
    inspircd: IrcServer, make_sopel: MakeSopel, name: Name
) -> None:
    sopel = make_sopel(inspircd)
    sopel.pace(100, 100.0)
    sopel.start()
    sopel.wait_in(sopel.channel)
    cy = inspircd.connect(name("cy"), join=(sopel.channel,))
    sopel.works(cy)
    threads = sopel.threads()
    admin = inspircd.connect(sopel.admin)
    admin.say(sopel.nick, ".reload")
    admin.expect(sopel.nick, admin.nick, "done")
    sopel.works(cy)
    assert sopel.threads() == threads
    assert sopel.log().count(f"<{cy.nick}> !cohorts") == 2


def test_a_stock_sopel_does_without_us_while_another_bot_has_its_turn(
    inspircd: IrcServer, make_sopel: MakeSopel, name: Name, tmp_path: Path
) -> None:
    sopel = make_sopel(inspircd)
    sopel.prepare()
    with place.here(tmp_path, "lab") as other:
        engine = connect(f"sqlite:///{sopel.ours}/cohortbot.db")
        transaction(engine, lambda tx: leases.take(tx, "lab", None, other, SHORT))
        engine.dispose()
        sopel.start()
        sopel.wait_in(sopel.lobby)
    cy = inspircd.connect(name("cy"), join=(sopel.lobby,))
    cy.say(sopel.lobby, f"{sopel.nick}: cohorts")
    assert sopel.process.end(timeout=5.0) == 0
    told = sopel.process.text()
    assert re.search(r"ERROR.*cohort_schedule.*another bot is on this network", told)
    assert told.count("Traceback") == 1
    assert sopel.log() == []
