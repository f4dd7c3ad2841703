"""Where the demo takes place: a folder, an IRC server, the bot and the site, each its own process."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import yaml

from cohortbot.clock import OFFSET_VARIABLE, Clock
from cohortbot.demo.people import GLANCE, LOOPBACK
from cohortbot.demo.story import ANNA, BOT, CAST, TimePasses

FIRST_IRC_PORT = 6667
FIRST_WEB_PORT = 8080
PORTS_TRIED = 50
BOT_PASSWORD = "only on loopback"
LEAVE_WITHIN = timedelta(seconds=2.5)  # then a child is killed: the whole demo ends within 3 s
OPEN_FOR = timedelta(hours=1)
UNTIL_SLOT = timedelta(minutes=12)  # longer than the story needs to come to its check-in
JUST_BEFORE = timedelta(seconds=2)  # the bot goes up to what is due, not over it

# Wherever on earth it is working hours now: at night the bot would ask whether it may open a check-in.
ZONES = ("UTC", "America/New_York", "Asia/Tokyo", "Pacific/Auckland")
WORKING_HOURS = range(9, 19)

WayIn = Callable[[int], int]


class StageFault(Exception):
    """Something of the demo could not start, or ended by itself; the text says what, and its last words."""


class StoryClock:
    """The time that bot and site live in: a file moves it (COHORTBOT_CLOCK_OFFSET)."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self._real = Clock()
        self._move(timedelta(0))

    def go_to(self, instant: datetime) -> None:
        """Let it be `instant` now; the bot knows within a second."""
        self._move(instant - self._real.now())

    def _move(self, offset: timedelta) -> None:
        fresh = self.file.with_suffix(".new")
        fresh.write_text(f"{offset.total_seconds():.3f}\n", encoding="ascii")
        fresh.replace(self.file)  # nobody reads half a number


@dataclass(frozen=True, slots=True)
class Plan:
    """The first check-in of the story: an instant on a whole minute, in the zone whose people are awake."""

    zone: str
    slot: datetime

    @classmethod
    def after(cls, now: datetime) -> Plan:
        """The plan of a demo that starts at `now`."""
        zone = next(zone for zone in ZONES if now.astimezone(ZoneInfo(zone)).hour in WORKING_HOURS)
        slot = (now + UNTIL_SLOT).astimezone(ZoneInfo(zone)).replace(second=0, microsecond=0)
        return cls(zone, slot)

    def instant(self, until: TimePasses) -> datetime:
        """Shortly before the slot, or before the close of its round."""
        match until:
            case TimePasses.UNTIL_CHECK_IN:
                return self.slot - JUST_BEFORE
            case TimePasses.UNTIL_CLOSE:
                return self.slot + OPEN_FOR - JUST_BEFORE

    def checkin(self, weekday_of: datetime) -> dict[str, object]:
        """The `checkin` block of a cohort whose slots fall on the weekday of that instant."""
        return {
            "day": f"{weekday_of:%A}".lower(),
            "time": f"{self.slot:%H:%M}",
            "zone": self.zone,
            "open_for": f"{OPEN_FOR // timedelta(hours=1)}h",
        }


def config(plan: Plan, irc_port: int, web_port: int) -> dict[str, object]:
    """The demo's config.yaml; patch's check-in is six days after deploy's, so that one can be opened now."""
    return {
        "programme": {
            "name": "Demo mentoring",
            "contact": "nobody; this is a demo",
            "organizers": [ANNA.nick],
        },
        "irc": {
            "network": "demo",
            "host": LOOPBACK,
            "port": irc_port,
            "tls": False,
            "nick": BOT,
            "sasl": {"account": BOT, "password": BOT_PASSWORD},
            "flood": {"burst": 20, "per_second": 20},
        },
        "web": {"listen": f"{LOOPBACK}:{web_port}"},
        "cohorts": {
            "deploy": {
                "title": "Deploy a cloud",
                "goal": "Deploy your first cloud and start a server in it",
                "places": 2,
                "mentors": 2,
                "steps": ["Read the install guide", "Install the services", "Start a server", "Reach it"],
                "checkin": plan.checkin(plan.slot),
            },
            "patch": {
                "title": "First patch",
                "goal": "Get your first patch merged",
                "mentors": 2,
                "checkin": plan.checkin(plan.slot + timedelta(days=6)),
            },
        },
    }


@dataclass
class Child:
    """One process of the demo; what it prints goes to its own file in the folder."""

    name: str
    process: subprocess.Popen[bytes]
    output: Path

    def last_words(self, lines: int = 12) -> str:
        said = self.output.read_text(encoding="utf-8", errors="replace").splitlines()
        return "\n".join(f"  {line}" for line in said[-lines:])


@dataclass
class Stage:
    """What runs, and where it is reached; `clock` moves the time of bot and site."""

    folder: Path
    clock: StoryClock
    plan: Plan
    interrupt: Callable[[], None]
    irc_port: int = 0
    web_port: int = 0
    children: list[Child] = field(default_factory=list)

    def check(self) -> None:
        """Raises what ends the demo: somebody asked for it, or (StageFault) a process ended by itself."""
        self.interrupt()
        for child in self.children:
            code = child.process.poll()
            if code is not None:
                raise StageFault(f"the {child.name} has ended ({code}):\n{child.last_words()}")

    def last_words(self, name: str) -> str:
        """What the process of that name printed last."""
        return "\n".join(child.last_words() for child in self.children if child.name == name)

    def pass_time(self, until: TimePasses) -> None:
        self.clock.go_to(self.plan.instant(until))

    def start_server(self) -> None:
        """Start the IRC server, and know its port."""
        accounts = [(who.nick, who.password) for who in CAST if who.password] + [(BOT, BOT_PASSWORD)]
        options = [word for nick, password in accounts for word in ("--account", f"{nick}:{password}")]
        words = ["-m", "cohortbot.demo.ircd", "--port", str(FIRST_IRC_PORT), *options]
        child = self._start("IRC server", words, stdout=subprocess.PIPE)
        assert child.process.stdout is not None
        said = child.process.stdout.readline().strip()
        if not said:
            raise StageFault(f"the IRC server did not start:\n{child.last_words()}")
        self.irc_port = int(said)

    def configure(self, way_in: WayIn) -> None:
        """Write the config, make the database; `way_in` is where the bot reaches the server at that port."""
        self.web_port = free_port(FIRST_WEB_PORT)
        written = config(self.plan, way_in(self.irc_port), self.web_port)
        self._config_file.write_text(yaml.safe_dump(written, sort_keys=False), encoding="utf-8")
        upgrade = self._start("database", ["-m", "cohortbot", "db", "upgrade", *self._with_config])
        while upgrade.process.poll() is None:
            self.interrupt()
            with contextlib.suppress(subprocess.TimeoutExpired):
                upgrade.process.wait(GLANCE.total_seconds())
        if upgrade.process.returncode:
            raise StageFault(f"the database could not be made:\n{upgrade.last_words()}")
        self.children.remove(upgrade)

    def start_bot_and_site(self) -> None:
        for name, command in (("bot", "run"), ("site", "web")):
            self._start(name, ["-m", "cohortbot", command, *self._with_config])

    @property
    def _config_file(self) -> Path:
        return self.folder / "config.yaml"

    @property
    def _with_config(self) -> tuple[str, str]:
        return "--config", str(self._config_file)

    def _environment(self) -> Mapping[str, str]:
        """Ours, without settings that are meant for another bot."""
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith(("COHORTBOT_", "SOPEL_"))
        }
        return {**kept, OFFSET_VARIABLE: str(self.clock.file)}

    def _start(self, name: str, words: Sequence[str], stdout: int | None = None) -> Child:
        output = self.folder / f"{name.replace(' ', '-')}.out"
        with output.open("wb") as file:
            process = subprocess.Popen(
                # -P: what lies in the current folder is not ours. Its own session: Ctrl-C is for us alone.
                [sys.executable, "-P", *words],
                cwd=self.folder,
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=file if stdout is None else stdout,
                stderr=file,
                start_new_session=True,
            )
        child = Child(name, process, output)
        self.children.append(child)
        return child

    def end(self) -> None:
        """Ask every process to leave, and kill what has not left within `LEAVE_WITHIN`."""
        for child in self.children:
            child.process.terminate()
        deadline = Clock.monotonic() + LEAVE_WITHIN.total_seconds()
        for child in self.children:
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.process.wait(max(0.0, deadline - Clock.monotonic()))
        for child in self.children:
            child.process.kill()
            child.process.wait()


@contextlib.contextmanager
def stage(folder: Path, interrupt: Callable[[], None]) -> Iterator[Stage]:
    """An empty stage in `folder`; whatever was started on it has ended afterwards.

    `interrupt` raises once somebody asked the demo to end.
    """
    built = Stage(folder, StoryClock(folder / "clock"), Plan.after(Clock().now()), interrupt)
    try:
        yield built
    finally:
        built.end()


def free_port(first: int) -> int:
    """The first port from `first` on that nobody listens on."""
    for port in range(first, first + PORTS_TRIED):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((LOOPBACK, port))
            return port
    raise StageFault(f"ports {first} to {first + PORTS_TRIED - 1} of {LOOPBACK} are all in use")


def accepts(port: int) -> bool:
    """Whether somebody accepts connections on this loopback port."""
    try:
        socket.create_connection((LOOPBACK, port), timeout=1).close()
    except OSError:
        return False
    return True
