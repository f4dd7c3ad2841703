"""How long a command takes, as who types it sees it, beside a bare Sopel's `!ping` on the same server.

Twenty times a second one of many people asks the real `cohortbot run`, and in between one asks the bare
Sopel; first while nothing else happens, then while 1,000 lines wait in the bot's outbox. The server does not
throttle, and the pace of both bots is as good as unlimited.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import itertools
import os
import sqlite3
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory

from support.bot import Bot
from support.ircd import USER, IrcServer, irc_server
from support.processes import Child, folder_of, wait_until

# Odd, so that each asks both bots in turn; many, so that nobody says over 20 commands in 30 s, which the bot
# would not answer.
PEOPLE = 61
PER_SECOND = 20
WARM_UP = 2.0  # seconds
BROADCASTS = 1_000
READS, WRITES, PING = "when deploy", "tz berlin", "!ping"

_PING_PLUGIN = """\
from sopel import plugin

@plugin.command('ping')
def ping(bot, trigger):
    bot.say('pong')
"""


@dataclass
class Person:
    """Somebody on a socket: asks one thing at a time, and knows how long the answer took."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    waiting: dict[str, asyncio.Future[float]] = field(default_factory=dict)

    @classmethod
    async def connect(cls, server: IrcServer, nick: str) -> Person:
        person = cls(*await asyncio.open_connection(server.host, server.port))
        person.send(f"NICK {nick}\r\nUSER {nick} 0 * :{nick}")
        while b" 376 " not in (line := await person.reader.readline()):
            if line.startswith(b"PING"):
                person.send(line.decode().replace("PING", "PONG", 1).rstrip())
        return person

    def send(self, line: str) -> None:
        self.writer.write(f"{line}\r\n".encode())

    async def ask(self, nick: str, text: str) -> float:
        """Seconds from sending to the first line of the answer."""
        began = time.perf_counter()
        heard = self.waiting[nick.lower()] = asyncio.get_running_loop().create_future()
        self.send(f"PRIVMSG {nick} :{text}")
        return await asyncio.wait_for(heard, 30) - began

    async def listen(self) -> None:
        while line := await self.reader.readline():
            at = time.perf_counter()
            words = line.decode(errors="replace").split(" ", 3)
            if words[0] == "PING":
                self.send(f"PONG {words[1].rstrip()}")
            elif len(words) > 2 and words[1] == "PRIVMSG":
                heard = self.waiting.pop(words[0][1:].partition("!")[0].lower(), None)
                if heard is not None and not heard.done():
                    heard.set_result(at)


@dataclass(frozen=True)
class Setting:
    """Both bots on one server, and the people who ask them."""

    bot: Bot
    sopel: str
    people: list[Person]


@dataclass
class Times:
    """Seconds that each kind of question took."""

    reads: list[float] = field(default_factory=list)
    writes: list[float] = field(default_factory=list)
    sopel: list[float] = field(default_factory=list)

    def rows(self, when: str) -> list[str]:
        kinds = {"reads (`when`)": self.reads, "writes (`tz`)": self.writes, "bare Sopel `!ping`": self.sopel}
        return [f"| {when} | {kind} | {len(times)} | {_figures(times)} |" for kind, times in kinds.items()]


def _figures(seconds: list[float]) -> str:
    cut = quantiles(seconds, n=100, method="inclusive")
    return f"{cut[49] * 1000:.1f} ms | {cut[98] * 1000:.1f} ms | {max(seconds) * 1000:.1f} ms"


async def _ask_for(setting: Setting, seconds: float) -> Times:
    """Ask both bots PER_SECOND times a second, in turns."""
    times = Times()
    turns = itertools.cycle(setting.people)
    kinds = itertools.cycle([(READS, times.reads), (WRITES, times.writes)])
    loop = asyncio.get_running_loop()
    asked: list[asyncio.Task[None]] = []
    next_at, end = loop.time(), loop.time() + seconds

    async def take(person: Person, nick: str, text: str, into: list[float]) -> None:
        into.append(await person.ask(nick, text))

    while next_at < end:
        await asyncio.sleep(max(0.0, next_at - loop.time()))
        text, into = next(kinds)
        asked.append(asyncio.create_task(take(next(turns), setting.bot.nick, text, into)))
        await asyncio.sleep(0.5 / PER_SECOND)
        asked.append(asyncio.create_task(take(next(turns), setting.sopel, PING, times.sopel)))
        next_at += 1 / PER_SECOND
    await asyncio.gather(*asked)
    return times


async def _ask_until_drained(setting: Setting, database: Path) -> tuple[Times, float]:
    """Put BROADCASTS lines into the outbox and ask until the server has them all; how long that took."""
    _fill_outbox(database)
    began = time.monotonic()
    times = Times()
    while _left(database):
        more = await _ask_for(setting, 1.0)
        times.reads += more.reads
        times.writes += more.writes
        times.sopel += more.sopel
    return times, time.monotonic() - began


def _fill_outbox(database: Path) -> None:
    """Lines for the cohort's channel, as many joins would make them; the bot finds them by itself."""
    now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
    with contextlib.closing(sqlite3.connect(database, timeout=30)) as connection, connection:
        membership, cohort = connection.execute("SELECT id, cohort_id FROM membership").fetchone()
        connection.executemany(
            "INSERT INTO outbox (kind, network, cohort_id, membership_id, detail, key, state, made_at)"
            " VALUES ('joined', 'lab', ?, ?, '1', ?, 'pending', ?)",
            [(cohort, membership, f"bench:{number}", now) for number in range(BROADCASTS)],
        )


def _left(database: Path) -> int:
    with contextlib.closing(sqlite3.connect(database, timeout=30)) as connection:
        query = "SELECT count(*) FROM outbox WHERE key LIKE 'bench:%' AND state <> 'sent'"
        return int(connection.execute(query).fetchone()[0])


@contextlib.contextmanager
def _bare_sopel(server: IrcServer, nick: str) -> Iterator[None]:
    """A stock Sopel with one command, its flood protection switched off."""
    with folder_of(USER, "sopel") as home:
        (home / "plugins").mkdir()
        (home / "plugins" / "ping.py").write_text(_PING_PLUGIN)
        (home / "sopel.cfg").write_text(
            f"[core]\nnick = {nick}\nhost = {server.host}\nport = {server.port}\nuse_ssl = false\n"
            "owner = nobody@invalid\nenable = ping\nprefix = !\nflood_empty_wait = 0\nflood_max_wait = 0\n"
            "flood_penalty_ratio = 0\nantiloop_threshold = 0\n"
        )
        command = [sys.executable, "-P", "-m", "sopel.cli.run", "start", "-c", str(home / "sopel.cfg")]
        child = Child("bare-sopel", command, home, user=USER, environment=os.environ | {"HOME": str(home)})
        backstage = server.backstage()

        def there() -> bool:
            backstage.send(f"ISON {nick}")
            return nick in backstage.wait_for(lambda line: line.verb == "303").text

        try:
            wait_until(there, "the bare Sopel", why=child.tail)
            yield
        finally:
            child.kill()


async def _measure(server: IrcServer, bot: Bot, database: Path, seconds: float) -> list[str]:
    people = await asyncio.gather(*(Person.connect(server, f"asker{n}x") for n in range(PEOPLE)))
    listening = [asyncio.create_task(person.listen()) for person in people]
    setting = Setting(bot, "baresopel", list(people))
    await people[0].ask(bot.nick, "join deploy")
    await _ask_for(setting, WARM_UP)
    idle = await _ask_for(setting, seconds)
    draining, took = await _ask_until_drained(setting, database)
    for task in listening:
        task.cancel()
    drained = f"{BROADCASTS:,} lines left the outbox in {took:.1f} s"
    return [*idle.rows("idle"), *draining.rows("draining"), "", drained]


def main(words: list[str]) -> int:
    """Print the table; 0 always: whether the figures are good enough is for the reader to say."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=30.0, help="of asking at rest [30]")
    seconds = parser.parse_args(words).seconds
    with TemporaryDirectory() as folder, irc_server("inspircd") as server:
        database = Path(folder) / "cohortbot.db"
        flood = {"burst": 1000, "per_second": 10_000.0}
        bot = Bot(
            Path(folder),
            server,
            f"sqlite:///{database}",
            {"deploy": {"checkin": {"day": "thursday", "time": "17:00"}}},
            settings={"irc": {"flood": flood}},
        )
        try:
            with _bare_sopel(server, "baresopel"):
                bot.start()
                print("\n".join(["| | | n | p50 | p99 | most |", "|---|---|---|---|---|---|"]))
                print("\n".join(asyncio.run(_measure(server, bot, database, seconds))))
        finally:
            bot.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
