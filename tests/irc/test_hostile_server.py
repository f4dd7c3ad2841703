"""A server that says anything at all: the bot stays, nothing breaks or grows, and it answers afterwards."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from random import SystemRandom

import pytest
from support.bot import Bot
from support.bytesd import CAPS, ByteServer
from support.hostile import Hostile
from support.processes import wait_until

from cohortbot.chatlog import line

LINES, SLICE = 1_000_000, 20_000  # at full size, and in `make test`
BEFORE = 1_000  # of them come before the bot is let in
GROWTH = 150_000_000  # bytes, over all of them: tables are bounded, whatever a server says


@pytest.fixture
def server() -> Iterator[ByteServer]:
    made = ByteServer(offers=f"{CAPS} sasl=PLAIN")
    yield made
    made.close()


@pytest.fixture
def bot(server: ByteServer, make_bot: Callable[..., Bot]) -> Bot:
    """The whole bot, that logs in and is allowed to answer as fast as it is asked."""
    flood = {"burst": 1000, "per_second": 10_000}
    made = make_bot(
        server,
        {"deploy": {}},
        nick="cohortbot",
        organizers=("Anna",),
        sasl=("botacc", "sesame"),
        settings={"irc": {"flood": flood}},
    )
    made.upgrade()
    return made


def memory(pid: int) -> int:
    """Bytes that a process keeps in memory."""
    for entry in Path(f"/proc/{pid}/status").read_text().splitlines():
        if entry.startswith("VmRSS:"):
            return int(entry.split()[1]) * 1024
    raise ProcessLookupError(pid)


@pytest.mark.proof
def test_nothing_that_a_server_says_breaks_the_bot(
    server: ByteServer,
    bot: Bot,
    pytestconfig: pytest.Config,
    record_property: Callable[[str, object], None],
) -> None:
    """No fault in reading, in the log, in Sopel's rules or in the thread that carries out commands."""
    seed = SystemRandom().randrange(2**32)
    lines = LINES if pytestconfig.getoption("--full-size") else SLICE
    print(f"seed {seed}, {lines:,} lines")
    channel = bot.channel("deploy")
    hostile = Hostile(seed, bot.nick, channel)
    server.greeting = hostile.first(BEFORE)
    bot.launch()
    server.wait_for("NICK")
    server.send(hostile.sense())
    server.wait_for(f"WHO {channel}", timeout=30)

    begun, before = time.monotonic(), memory(bot.process.pid)
    for chunk in hostile.chunks(lines - BEFORE):
        server.send(chunk)
    server.send(hostile.sense())
    server.settle(timeout=60)
    took, grown = time.monotonic() - begun, memory(bot.process.pid) - before
    record_property("lines a second", round(lines / took))
    print(f"{lines / took:,.0f} lines a second, {grown / 1e6:,.0f} MB more")

    def answered() -> bool:
        server.send(f":cy!~cy@host.example PRIVMSG {channel} :!cohorts")
        server.settle()
        return bool(server.heard(f"PRIVMSG {channel} :cy: deploy"))

    wait_until(answered, "an answer", 120, bot.process.tail)
    answers = len(server.heard("PRIVMSG"))
    print(f"{answers:,} lines said to people")
    assert "Traceback" not in bot.stderr()
    assert " a fault " not in bot.stderr()
    assert [text for text in bot.log(channel) if isinstance(line.parse(text), line.Unreadable)] == []
    assert answers > lines / 1000, "too little of it came as far as the commands"
    assert server.connections == 1
    assert grown < GROWTH
