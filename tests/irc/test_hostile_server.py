"""A server that says anything at all: the bot stays, nothing breaks or grows, and it answers afterwards."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from random import SystemRandom

import pytest
from support.bot import Bot
from support.bytesd import ByteServer
from support.hostile import Hostile
from support.processes import wait_until

LINES = 1_000_000
GROWTH = 150_000_000  # bytes, over all of them: tables are bounded, whatever a server says


@pytest.fixture
def server() -> Iterator[ByteServer]:
    made = ByteServer()
    yield made
    made.close()


def memory(pid: int) -> int:
    """Bytes that a process keeps in memory."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    raise ProcessLookupError(pid)


@pytest.mark.proof
def test_nothing_that_a_server_says_breaks_the_bot(
    server: ByteServer,
    make_bot: Callable[..., Bot],
    portion: Callable[[int], int],
    record_property: Callable[[str, object], None],
) -> None:
    flood = {"burst": 1000, "per_second": 10_000}
    bot = make_bot(server, {"deploy": {}}, settings={"irc": {"flood": flood}}, nick="cohortbot")
    bot.command("db", "upgrade")
    bot.launch()
    channel = bot.channel("deploy")
    server.wait_for(f"WHO {channel}", timeout=30)

    seed, lines = SystemRandom().randrange(2**32), portion(LINES)
    print(f"seed {seed}, {lines:,} lines")
    begun, before = time.monotonic(), memory(bot.process.pid)
    hostile = Hostile(seed, bot.nick, channel)
    for chunk in hostile.chunks(lines):
        server.send(chunk)
    server.send(hostile.sense())
    server.settle(timeout=60)
    took, grown = time.monotonic() - begun, memory(bot.process.pid) - before
    record_property("lines a second", round(lines / took))
    print(f"{lines / took:,.0f} lines a second, {grown / 1e6:,.0f} MB more")

    def answered() -> bool:
        server.send(f":cy!~cy@host.example PRIVMSG {channel} :!cohorts")
        server.settle()
        return bool(server.heard(f"PRIVMSG {channel} :cy: "))

    wait_until(answered, "an answer", 120, bot.process.tail)
    assert "Traceback" not in bot.stderr()
    assert " a fault " not in bot.stderr()
    assert server.connections == 1
    assert grown < GROWTH
