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
TALKERS = 6  # of each the bot takes 20 commands in 30 s: enough for it to be at work at every kill
NOTED = re.compile(r"«line (\d+)»")
PROMPT = re.compile(r"^\[deploy (\d+)\] Check-in")
STILL_OPEN = re.compile(r"(?:check-in|round) (\d+)\b.* is open until")


class Story:
    """One channel, its talkers, one newcomer a kill, and a slot a week that the clock is moved to."""

    def __init__(self, bot: Bot, talkers: list[Client], slot: datetime) -> None:
        self.bot = bot
        self.talkers = talkers
        self.channel = bot.channel("deploy")
        self.slot = slot
        self.lines = 0
        self.kills = 0
        self.chance = random.Random(2026)

    def one_kill(self, newcomer: Client) -> None:
        """Up to a second before the slot; then talk and join until the kill.

        By turns it comes at the instant that the prompt is heard, and at any moment around that.
        """
        self.kills += 1
        now = datetime.now(UTC) + self.bot.clock.offset
        self.bot.clock.advance(self.slot - now - timedelta(seconds=1))
        self.slot += WEEK
        at_the_prompt = self.kills % 2 == 1
        dies = datetime.now(UTC) + timedelta(seconds=20.0 if at_the_prompt else self.chance.uniform(0.5, 4.0))
        newcomer.say(self.bot.nick, "join deploy")
        while datetime.now(UTC) < dies and not (at_the_prompt and self.prompted(self.kills)):
            self.talk()
        self.bot.kill()
        self.bot.restart()

    def talk(self) -> None:
        """One line that the bot answers with its own words; until the server has it, not until the answer."""
        self.lines += 1
        talker = self.speaker_of(self.lines)
        talker.say(self.channel, f"!about line {self.lines}")
        talker.send(f"PING :{self.lines}")
        talker.wait_for(lambda line: line.verb == "PONG" and line.text == str(self.lines))

    def prompted(self, number: int) -> bool:
        """Whether the channel has heard the prompt of this round."""
        heard = self.talkers[0].said_by(self.bot.nick, self.channel)[-20:]
        return any(text.startswith(f"[deploy {number}] Check-in") for text in heard)

    def speaker_of(self, line: int) -> Client:
        return self.talkers[line % len(self.talkers)]


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
        settings={"irc": {"flood": {"burst": 100, "per_second": 100.0}}},
    )
    bot.start()
    who = [inspircd_anope.register_account(name(f"talks{letter}")) for letter in "abcdefghij"[:TALKERS]]
    talkers = [inspircd_anope.connect(one[0], sasl=one, join=(bot.channel("deploy"),)) for one in who]
    story = Story(bot, talkers, slot)
    accounts = [
        inspircd_anope.register_account(name(f"new{string.ascii_lowercase[turn]}")) for turn in range(kills)
    ]
    for account in accounts:
        newcomer = inspircd_anope.connect(account[0], sasl=account)
        story.one_kill(newcomer)
    newcomer.say(bot.nick, "about the end")
    newcomer.expect(bot.nick, newcomer.nick, "«the end»", timeout=30.0)
    wait_until(lambda: bot_has_opened(story, kills), f"round {kills} to be told of", 150.0)

    log = [line.split("  ", 1)[1] for line in bot.log(story.channel)]
    heard = talkers[0].said_by(bot.nick, story.channel)
    acted_on = [int(found[1]) for text in heard if (found := NOTED.search(text))]
    assert len(acted_on) > kills
    kept = set(log)
    said = [f"<{story.speaker_of(number).nick}> !about line {number}" for number in acted_on]
    assert [line for line in said if line not in kept] == []
    prompts = Counter(int(found[1]) for text in heard if (found := PROMPT.match(text)))
    logged = Counter(int(found[1]) for text in log if (found := PROMPT.match(text.partition("> ")[2])))
    assert prompts
    assert {number: times for number, times in (prompts | logged).items() if times > 1} == {}


def bot_has_opened(story: Story, number: int) -> bool:
    """Whether the channel has heard of the round in one of the two ways that are true."""
    heard = story.talkers[0].said_by(story.bot.nick, story.channel)
    told = [found[1] for text in heard if (found := PROMPT.match(text) or STILL_OPEN.search(text))]
    return str(number) in told
