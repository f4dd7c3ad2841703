"""kill -9, again and again, while people talk and join and rounds open: nothing lost, nothing said twice."""

from __future__ import annotations

import random
import re
import string
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from support.bot import Bot
from support.client import Client
from support.ircd import IrcServer
from support.processes import wait_until

WEEK = timedelta(weeks=1)
NOTED = re.compile(r"«(line \d+)»")
PROMPT = re.compile(r"^\[deploy (\d+)\] Check-in")
STILL_OPEN = re.compile(r"(?:check-in|round) (\d+)\b.* is open until")


class Story:
    """One channel, one talker, one newcomer a kill, and a slot a week that the clock is moved to."""

    def __init__(self, bot: Bot, talker: Client, slot: datetime) -> None:
        self.bot = bot
        self.talker = talker
        self.channel = bot.channel("deploy")
        self.slot = slot
        self.lines = 0
        self.chance = random.Random(2026)

    def one_kill(self, newcomer: Client) -> None:
        """Up to a second before the slot; then talk and join until the kill, at any moment around it."""
        now = datetime.now(UTC) + self.bot.clock.offset
        self.bot.clock.advance(self.slot - now - timedelta(seconds=1))
        self.slot += WEEK
        dies_at = self.chance.uniform(0.5, 4.0)
        begun = datetime.now(UTC)
        newcomer.say(self.bot.nick, "join deploy")
        while (datetime.now(UTC) - begun).total_seconds() < dies_at:
            self.talk()
        self.bot.kill()
        self.bot.restart()

    def talk(self) -> None:
        """One line that the bot answers with its own words, then wait a little for the answer."""
        self.lines += 1
        self.talker.say(self.channel, f"!about line {self.lines}")
        self.talker.send(f"PING :{self.lines}")
        self.talker.wait_for(lambda line: line.verb == "PONG" and line.text == str(self.lines))


@pytest.mark.proof
def test_nothing_is_lost_and_no_prompt_is_said_twice(
    inspircd_anope: IrcServer,
    make_bot: Callable[..., Bot],
    name: Callable[[str], str],
    database_url: str,
    portion: Callable[[int], int],
) -> None:
    kills = portion(20)
    account = inspircd_anope.register_account(name("bot"))
    # On a whole minute, some minutes ahead: the clock is moved up to it.
    slot = (datetime.now(UTC) + timedelta(minutes=10)).replace(second=0, microsecond=0)
    checkin = {"day": slot.strftime("%A").lower(), "time": slot.strftime("%H:%M"), "zone": "UTC"}
    bot = make_bot(
        inspircd_anope,
        {"deploy": {"places": 40, "checkin": checkin}},
        nick=account[0],
        sasl=account,
        database_url=database_url,
        moved_clock=True,
        settings={"irc": {"flood": {"burst": 50, "per_second": 50.0}}},
    )
    bot.start()
    who = inspircd_anope.register_account(name("talker"))
    talker = inspircd_anope.connect(who[0], sasl=who, join=(bot.channel("deploy"),))
    story = Story(bot, talker, slot)
    accounts = [
        inspircd_anope.register_account(name(f"new{string.ascii_lowercase[turn]}")) for turn in range(kills)
    ]
    for account in accounts:
        newcomer = inspircd_anope.connect(account[0], sasl=account)
        story.one_kill(newcomer)
    talker.say(story.channel, "!about the end")
    talker.expect(bot.nick, story.channel, "«the end»", timeout=30.0)
    wait_until(lambda: bot_has_opened(story, kills), f"round {kills} to be told of", 30.0)

    log = [line.split("  ", 1)[1] for line in bot.log(story.channel)]
    heard = talker.said_by(bot.nick, story.channel)
    acted_on = [found[1] for text in heard if (found := NOTED.search(text))]
    assert acted_on
    assert [line for line in acted_on if f"<{talker.nick}> !about {line}" not in log] == []
    prompts = Counter(int(found[1]) for text in heard if (found := PROMPT.match(text)))
    logged = Counter(int(found[1]) for text in log if (found := PROMPT.match(text.partition("> ")[2])))
    assert prompts
    assert {number: times for number, times in (prompts | logged).items() if times > 1} == {}


def bot_has_opened(story: Story, number: int) -> bool:
    """Whether the channel has heard of the round in one of the two ways that are true."""
    heard = story.talker.said_by(story.bot.nick, story.channel)
    told = [found[1] for text in heard if (found := PROMPT.match(text) or STILL_OPEN.search(text))]
    return str(number) in told
