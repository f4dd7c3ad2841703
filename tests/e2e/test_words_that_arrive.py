"""A private word counts as said only where the server took it; where it did not it arrives later, once."""

from __future__ import annotations

import signal
import string
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from support.bot import Bot
from support.client import Client, Line
from support.filtered import Filtered, Wire
from support.ircd import IrcServer
from support.processes import wait_until
from support.report import REPORT

MakeBot = Callable[..., Bot]
MakeWire = Callable[..., Filtered]
Name = Callable[[str], str]

DEPLOY = "#cohort-deploy"
FAST: dict[str, Any] = {"burst": 100, "per_second": 200.0}
AT_FIRST = 10  # people whom Solanum lets a client write to before its pace begins (TGCHANGE_NUM)


@dataclass
class Solanum:
    """Solanum's limit on whom a client may write to, as a filter: one new person each `period` seconds.

    Who wrote to the client first is never new; what is said in channels does not count.
    """

    period: float
    known: set[str] = field(default_factory=set)
    refused: list[str] = field(default_factory=list)
    passed: list[Line] = field(default_factory=list)
    tokens: float = AT_FIRST
    at: float = field(default_factory=time.monotonic)

    def from_server(self, line: Line, _: Wire) -> Iterable[str]:
        if line.verb == "PRIVMSG" and not line.target.startswith("#"):
            self.known.add(line.nick)
        return (line.raw,)

    def from_client(self, line: Line, wire: Wire) -> Iterable[str]:
        target = line.target
        if line.verb != "PRIVMSG" or target.startswith("#"):
            return (line.raw,)
        if target not in self.known and not self._let_in(target):
            self.refused.append(target)
            wire.to_client(f":lab 707 cohortbot {target} :Targets changing too fast, message dropped")
            return ()
        self.passed.append(line)
        return (line.raw,)

    def _let_in(self, target: str) -> bool:
        now = time.monotonic()
        self.tokens = min(AT_FIRST, self.tokens + (now - self.at) / self.period)
        self.at = now
        if self.tokens < 1:
            return False
        self.tokens -= 1
        self.known.add(target)
        return True


def crowd(count: int) -> list[str]:
    """Names that no one could take for somebody else's with something behind it."""
    letters = string.ascii_lowercase
    return [f"{letters[number // 26]}{letters[number % 26]}one" for number in range(count)]


def behind(
    limit: Solanum, server: IrcServer, filtered: MakeWire, make_bot: MakeBot, places: int, **flood: Any
) -> tuple[Bot, str]:
    """A bot on the limited wire that is no more than anybody in its channel, and that channel."""
    wire = filtered(server.port, from_server=limit.from_server, from_client=limit.from_client)
    settings = {"irc": {"port": wire.port, "flood": FAST | flood}}
    bot = make_bot(server, {"deploy": {"places": places}}, settings=settings)
    channel = bot.channel("deploy")
    server.connect(f"{bot.nick}op").join(channel)
    bot.start()
    return bot, channel


def begins(bot: Bot, person: Client, words: str) -> list[Line]:
    """The private lines that the bot has said to somebody and that begin so."""
    return [
        line
        for line in person.heard()
        if line.verb == "PRIVMSG"
        and (line.nick, line.target) == (bot.nick, person.nick)
        and line.text.startswith(words)
    ]


def sign_up(people: Sequence[Client], channel: str) -> None:
    """One after the other, in the channel: nobody says anything to the bot alone."""
    for person in people:
        person.join(channel)
    for person in people:
        person.say(channel, "!join deploy")
    for person in people:
        person.expect(None, channel, f"{person.nick}: ")


def welcomed_and_offered(
    limit: Solanum,
    server: IrcServer,
    filtered: MakeWire,
    make_bot: MakeBot,
    names: Sequence[str],
    **flood: Any,
) -> tuple[float, list[str]]:
    """Half of the people are welcomed, the other half offered a place.

    Seconds from the first to the last of these words, and to whom the offers went, in their order.
    """
    half = len(names) // 2
    bot, channel = behind(limit, server, filtered, make_bot, half, **flood)
    people = server.connect_all(*names)
    began = time.monotonic()
    sign_up(people, channel)
    bot.config["cohorts"]["deploy"]["places"] = len(names)
    bot.write_config()
    bot.process.send_signal(signal.SIGHUP)
    longest = 2 * len(names) * limit.period + 20
    for person in people[:half]:
        person.wait_for(lambda line: line.text.startswith("welcome to deploy"), timeout=longest)
    for person in people[half:]:
        person.wait_for(lambda line: line.text.startswith("a place in deploy is free"), timeout=longest)
    took = time.monotonic() - began
    assert [len(begins(bot, each, "welcome to deploy")) for each in people] == [1] * half + [0] * half
    assert [len(begins(bot, each, "a place in deploy")) for each in people] == [0] * half + [1] * half
    assert not any(begins(bot, each, "again, in case") for each in people)
    return took, [line.target for line in limit.passed if line.text.startswith("a place in deploy")]


@pytest.mark.proof
def test_welcomes_and_offers_to_sixty_all_arrive_once_at_a_pace_that_the_config_names(
    inspircd: IrcServer, filtered: MakeWire, make_bot: MakeBot, name: Name, portion: Callable[[int], int]
) -> None:
    """At full size, a new person each three seconds; else ten people, each half a second."""
    number = max(10, portion(60))
    period = 3.0 if number == 60 else 0.5
    limit = Solanum(period, tokens=1)
    names = [name(stem) for stem in crowd(number)]
    took, offers = welcomed_and_offered(
        limit, inspircd, filtered, make_bot, names, new_people_per_minute=60 / period
    )
    assert limit.refused == []
    assert offers == names[number // 2 :]
    REPORT.add(
        "words to new people",
        f"{number} people, a new one each {period:g} s as the config says: all heard once, in their order, "
        f"in {took:.0f} s; refused 0",
    )


@pytest.mark.proof
def test_a_limit_that_nobody_told_us_of_is_learnt_from_its_first_refusal(
    inspircd: IrcServer, filtered: MakeWire, make_bot: MakeBot, name: Name, portion: Callable[[int], int]
) -> None:
    """Solanum's own figures: ten people, then one a minute; at full size fourteen people, else two."""
    limit = Solanum(period=60.0)
    names = [name(stem) for stem in crowd(max(2, portion(14)))]
    took, offers = welcomed_and_offered(limit, inspircd, filtered, make_bot, names)
    assert offers == names[len(names) // 2 :]
    REPORT.add(
        "words to new people",
        f"{len(names)} people, ten and then one a minute, learnt: all heard once, in their order, "
        f"in {took:.0f} s; refused {len(limit.refused)}",
    )


# --- whose settings keep us out


@pytest.mark.parametrize("kind", ["inspircd", "hybrid"])
def test_whom_our_words_do_not_reach_is_told_so_in_the_channel_and_hears_them_when_they_ask(
    request: pytest.FixtureRequest, kind: str, make_bot: MakeBot, name: Name
) -> None:
    server: IrcServer = request.getfixturevalue(kind)
    bot = make_bot(server, {"deploy": {}}, settings={"irc": {"flood": FAST}})
    channel = bot.channel("deploy")
    bot.start()
    cy = server.connect(name("cy"))
    cy.join(channel)
    cy.send(f"MODE {cy.nick} +g")
    cy.wait_for(lambda line: line.verb == "MODE" and "g" in line.text)
    cy.say(channel, "!join deploy")
    hint = f"{cy.nick}: I have something for you: /accept {bot.nick}, then /msg {bot.nick} missed"
    cy.expect(bot.nick, channel, hint)
    cy.send(f"ACCEPT {bot.nick}")
    cy.say(bot.nick, "missed")
    cy.expect(bot.nick, cy.nick, "welcome to deploy")
    cy.expect(bot.nick, cy.nick, "to take your place along")
    wait_until(lambda: _asks_for_nothing(bot, cy), "that nothing more waits")
    assert len(begins(bot, cy, "welcome to deploy")) == 1
    assert cy.said_by(bot.nick, channel).count(hint) == 1
    assert not any("goal" in text.lower() for text in cy.said_by(bot.nick, channel))


def _asks_for_nothing(bot: Bot, person: Client) -> bool:
    """What was said a moment ago may still wait for its receipt; what happened meanwhile does not wait."""
    person.mark()
    person.say(bot.nick, "missed")
    answer = person.expect(bot.nick, person.nick)
    return answer.text == "nothing waits for you" or answer.text.startswith("since ")


# --- who is not there


def test_words_wait_for_who_is_not_there_for_the_claimed_by_nick_for_the_proven_by_account(
    inspircd_anope: IrcServer, make_bot: MakeBot, name: Name
) -> None:
    account = inspircd_anope.register_account(name("bot"))
    bot = make_bot(
        inspircd_anope,
        {"deploy": {"places": 2}},
        nick=account[0],
        sasl=account,
        settings={"irc": {"flood": FAST}},
    )
    bot.start()
    ada, password = inspircd_anope.register_account(name("ada"))
    names = [name("bo"), name("cy")]
    sitting = inspircd_anope.connect_all(*names)
    for person in sitting:
        person.say(bot.nick, "join deploy")
        person.expect(bot.nick, person.nick, "joined deploy")
    proven, claimed = inspircd_anope.connect(ada, sasl=(ada, password)), inspircd_anope.connect(name("dee"))
    for person in (proven, claimed):
        person.say(bot.nick, "join deploy")
        person.expect(bot.nick, person.nick, "on its waitlist")
        person.quit()
    for person in sitting:
        person.say(bot.nick, "leave deploy")
        person.expect(bot.nick, person.nick, "deploy")
    back = inspircd_anope.connect(name("adahome"), sasl=(ada, password))
    back.join(bot.channel("deploy"))
    back.expect(bot.nick, back.nick, "a place in deploy is free")
    again = inspircd_anope.connect(name("dee"))
    again.join(bot.channel("deploy"))
    again.expect(bot.nick, again.nick, "a place in deploy is free")


def test_who_registers_overnight_has_their_seat_by_the_word_in_their_welcome(
    inspircd_anope: IrcServer, make_bot: MakeBot, name: Name
) -> None:
    account = inspircd_anope.register_account(name("bot"))
    bot = make_bot(
        inspircd_anope, {"deploy": {}}, nick=account[0], sasl=account, settings={"irc": {"flood": FAST}}
    )
    bot.start()
    web = inspircd_anope.connect(name("visitor"))
    web.say(bot.nick, "join deploy")
    welcome = web.expect(bot.nick, web.nick, "«claim ").text
    web.quit()
    cy = inspircd_anope.connect(name("cy"), sasl=inspircd_anope.register_account(name("cy")))
    cy.say(bot.nick, "me")
    cy.expect(bot.nick, cy.nick, "join")
    cy.say(bot.nick, welcome.split("«")[1].split("»")[0])
    cy.expect(bot.nick, cy.nick, "deploy")
    cy.say(bot.nick, "me")
    cy.expect(bot.nick, cy.nick, "deploy: mentee (1 of 8)")
