"""Several bots on one database: one of them is on the network, and another takes over when it is gone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from time import monotonic

import pytest
from support.bot import Bot
from support.client import Client
from support.filtered import Filtered
from support.ircd import IrcServer
from support.postgres import PostgresServer
from support.processes import wait_until
from support.skewed import Skew

MakeBot = Callable[..., Bot]
Name = Callable[[str], str]
FAST = {"irc": {"flood": {"burst": 100, "per_second": 100.0}}}
SOON = "takes over 26 s after its last sign of life"
TAKES_OVER = "this bot takes over"
TAKEN_OVER = 30.0  # seconds: product.md, section 4


Pair = Callable[..., tuple[Bot, Bot]]


@pytest.fixture
def pair(inspircd_anope: IrcServer, make_bot: MakeBot, name: Name) -> Pair:
    """Two installations on one database that share their logs: one on the network, and one that waits."""

    def make(url: str, of_the_other: str | None = None) -> tuple[Bot, Bot]:
        account = inspircd_anope.register_account(name("bot"))
        one, other = (
            make_bot(
                inspircd_anope,
                {"deploy": {}},
                database_url=each,
                nick=account[0],
                sasl=account,
                settings=FAST,
            )
            for each in (url, of_the_other or url)
        )
        other.config["logs"] = {"folder": str(one.folder / "logs")}
        other.write_config()
        one.start()
        other.launch()
        wait_until(lambda: SOON in other.stderr(), "the second one to wait, and the first one to know")
        return one, other

    return make


def seconds_until_there(bot: Bot, since: float) -> float:
    """Until the server shows it in its channel, and somebody is answered there."""
    bot.wait_joined(TAKEN_OVER + 10)
    return monotonic() - since


def is_answered(bot: Bot, who: Client, verb: str) -> None:
    channel = bot.channel("deploy")
    who.mark()
    who.say(channel, f"!{verb}")
    who.expect(bot.nick, channel, f"{who.nick}: ", "deploy", timeout=20.0)


def commands(bot: Bot, who: Client) -> Counter[str]:
    """What they said in the channel, as the shared log has it."""
    said = (line.split("  ", 1)[1] for line in bot.log(bot.channel("deploy")))
    return Counter(line for line in said if line.startswith(f"<{who.nick}>"))


@pytest.mark.parametrize("how", ["kill", "terminate"])
def test_whoever_waits_is_there_at_once_when_the_other_is_gone(
    pair: Pair, inspircd_anope: IrcServer, name: Name, database_url: str, how: str
) -> None:
    one, other = pair(database_url)
    cy = inspircd_anope.connect(name("cy"), join=(one.channel("deploy"),))
    is_answered(one, cy, "cohorts")
    begun = monotonic()
    if how == "kill":
        one.kill()
    else:
        assert one.terminate() == 0
    assert seconds_until_there(other, begun) < 10.0
    is_answered(other, cy, "when")
    assert commands(one, cy) == {f"<{cy.nick}> !cohorts": 1, f"<{cy.nick}> !when": 1}
    one.launch()  # and the first one waits now
    wait_until(lambda: SOON in one.stderr(), "the first one to wait")
    is_answered(other, cy, "cohorts")


@pytest.mark.long
def test_whoever_wakes_up_late_says_and_writes_nothing(
    pair: Pair, inspircd_anope: IrcServer, name: Name, postgres_url: str
) -> None:
    """On PostgreSQL: who is stopped amid a transaction keeps an SQLite file locked for everybody."""
    one, other = pair(postgres_url)
    channel = one.channel("deploy")
    cy = inspircd_anope.connect(name("cy"), join=(channel,))
    is_answered(one, cy, "cohorts")
    begun = monotonic()
    one.process.freeze()
    cy.wait_for(rf" NICK :?{one.nick}$", TAKEN_OVER + 10)  # the other's, once the frozen one has lost it
    assert monotonic() - begun < TAKEN_OVER
    is_answered(other, cy, "when")
    before = cy.said_by(one.nick, channel)
    one.process.thaw()
    wait_until(lambda: "waiting for the next turn" in one.stderr(), "the first one to notice")
    is_answered(other, cy, "cohorts")
    assert len(cy.said_by(one.nick, channel)) == len(before) + 1
    assert commands(one, cy) == {f"<{cy.nick}> !cohorts": 2, f"<{cy.nick}> !when": 1}
    begun = monotonic()
    other.kill()
    wait_until(lambda: TAKES_OVER in one.stderr(), "the first one to take over")
    one.wait_joined()
    is_answered(one, cy, "when")


def test_waiting_it_leaves_when_it_is_told_to(pair: Pair, sqlite_url: str) -> None:
    one, other = pair(sqlite_url)
    assert other.terminate() == 0
    assert one.process.returncode is None


@pytest.mark.long
def test_whoever_cannot_reach_the_database_leaves_before_the_other_comes(
    pair: Pair,
    inspircd_anope: IrcServer,
    name: Name,
    postgres: PostgresServer,
    postgres_url: str,
    filtered: Callable[..., Filtered],
) -> None:
    wire = filtered(postgres.port)
    one, other = pair(postgres_url.replace(str(postgres.port), str(wire.port)), postgres_url)
    channel = one.channel("deploy")
    cy = inspircd_anope.connect(name("cy"), join=(channel,))
    is_answered(one, cy, "cohorts")
    begun = monotonic()
    wire.cut()
    cy.say(channel, "!when")
    cy.expect(one.nick, channel, f"{cy.nick}: one moment")
    cy.expect(one.nick, channel, f"{cy.nick}: ", "nothing was changed", timeout=TAKEN_OVER)
    cy.wait_for(rf"^\S*:{one.nick}!\S+ QUIT", TAKEN_OVER)
    cy.wait_for(rf"^\S*:{one.nick}!\S+ JOIN", TAKEN_OVER)
    assert monotonic() - begun < TAKEN_OVER
    is_answered(other, cy, "cohorts")
    assert commands(one, cy) == {f"<{cy.nick}> !cohorts": 2, f"<{cy.nick}> !when": 1}
    wire.mend()
    wait_until(lambda: one.stderr().count(SOON) == 1, "the first one to wait")
    assert other.terminate() == 0
    one.wait_joined()
    is_answered(one, cy, "cohorts")


@pytest.mark.parametrize("seconds", [-30.0, 30.0])
def test_a_machine_whose_clock_is_wrong_asks_at_the_same_instant_as_any_other(
    inspircd: IrcServer, make_bot: MakeBot, name: Name, postgres_url: str, seconds: float
) -> None:
    slot = (datetime.now(UTC) + timedelta(minutes=10)).replace(second=0, microsecond=0)
    checkin = {"day": f"{slot:%A}".lower(), "time": f"{slot:%H:%M}", "zone": "UTC"}
    bot = make_bot(
        inspircd, {"deploy": {"checkin": checkin}}, database_url=postgres_url, settings=FAST, moved_clock=True
    )
    bot.doom = Skew(seconds)
    bot.start()
    channel = bot.channel("deploy")
    cy = inspircd.connect(name("cy"), join=(channel,))
    cy.say(channel, "!join")
    cy.expect(bot.nick, channel, "joined deploy")
    bot.clock.advance(slot - datetime.now(UTC) - timedelta(seconds=5))
    cy.expect(bot.nick, channel, "[deploy 1] Check-in", timeout=20.0)
    asked = datetime.now(UTC) + bot.clock.offset
    assert timedelta(0) <= asked - slot < timedelta(seconds=5)
