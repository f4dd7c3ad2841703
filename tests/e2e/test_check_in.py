"""One check-in on a real network, from the hour it is due to the badge, and what its channel's log keeps."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from support.bot import Bot
from support.client import Client
from support.ircd import IrcServer
from support.processes import wait_until

SECRET = "lost at the network"


class Programme:
    """Dora mentors deploy; Ada and Bo sit in it, Cy waits; the first check-in is ten minutes ahead."""

    def __init__(self, server: IrcServer, make_bot: Callable[..., Bot], name: Callable[[str], str]) -> None:
        accounts = {stem: server.register_account(name(stem)) for stem in ("bot", "dora", "ada", "bo", "cy")}
        self.slot = (datetime.now(UTC) + timedelta(minutes=10)).replace(second=0, microsecond=0)
        day, time = self.slot.strftime("%A").lower(), self.slot.strftime("%H:%M")
        self.bot = make_bot(
            server,
            {"deploy": {"places": 2, "checkin": {"day": day, "time": time}}},
            nick=accounts["bot"][0],
            sasl=accounts["bot"],
            organizers=(accounts["dora"][0],),
            settings={"irc": {"flood": {"burst": 100, "per_second": 100.0}}},
            moved_clock=True,
        )
        self.bot.start()
        self.channel = self.bot.channel("deploy")
        people = (accounts[stem] for stem in ("dora", "ada", "bo", "cy"))
        self.dora, self.ada, self.bo, self.cy = server.log_in_all(*people, join=(self.channel,))
        self.asks(self.dora, "!mentor deploy", "1 of 3 mentors")
        self.asks(self.ada, "!join deploy", "joined deploy (1 of 2)")
        self.asks(self.bo, "!join deploy", "joined deploy (2 of 2)")
        self.asks(self.cy, "!join deploy", "1st on its waitlist")

    def asks(self, who: Client, text: str, *facts: str) -> str:
        """`who` says `text` in the channel and hears one line there with all of `facts`; that line."""
        who.mark()
        who.say(self.channel, text)
        return who.expect(self.bot.nick, self.channel, f"{who.nick}: ", *facts).text

    def tells(self, who: Client, text: str, *facts: str) -> str:
        """The same in private, with a private answer."""
        who.mark()
        who.say(self.bot.nick, text)
        return who.expect(self.bot.nick, who.nick, *facts).text

    def comes_to(self, moment: datetime) -> None:
        """Move the bot's time on to `moment`."""
        self.bot.clock.advance(moment - datetime.now(UTC) - self.bot.clock.offset)

    def opens(self) -> str:
        """Let the hour of the check-in come; the prompt, as the channel hears it."""
        self.comes_to(self.slot - timedelta(seconds=2))
        prompt = self.ada.expect(self.bot.nick, self.channel, "[deploy 1] Check-in")
        assert prompt.at + self.bot.clock.offset >= self.slot
        return prompt.text

    def closes(self) -> str:
        """Let the round's time run out; the digest, as the channel hears it."""
        self.dora.mark()
        self.comes_to(self.slot + timedelta(hours=72, seconds=2))
        return self.ada.expect(self.bot.nick, self.channel, "round 1 is closed").text

    def log(self) -> list[str]:
        """The channel's log without its times."""
        return [line.split("  ", 1)[1] for line in self.bot.log(self.channel)]


@pytest.fixture
def programme(
    inspircd_anope: IrcServer, make_bot: Callable[..., Bot], name: Callable[[str], str]
) -> Programme:
    return Programme(inspircd_anope, make_bot, name)


def test_the_due_round_is_asked_on_time_and_names_how_to_answer(programme: Programme) -> None:
    prompt = programme.opens()
    assert prompt.startswith("[deploy 1] Check-in")
    assert all(verb in prompt for verb in ("!did", "!next", "!stuck", "!same", "!skip", "open until"))


def test_a_round_from_its_answers_to_its_digest(programme: Programme) -> None:
    dora, ada, bo = programme.dora, programme.ada, programme.bo
    programme.opens()
    ada.say(programme.channel, "!did set up the controller | next the network")
    noted = ada.expect(programme.bot.nick, ada.nick, "deploy", "round 1", "/logs/lab/").text
    line = int(re.search(r"#L(\d+)", noted)[1])  # type: ignore[index]
    said = f"<{ada.nick}> !did set up the controller | next the network"
    assert programme.log()[line - 1] == said

    blocker = programme.asks(ada, "!stuck no route to the compute node", "blocker #")
    number = re.search(r"#(\d+)", blocker)[1]  # type: ignore[index]
    programme.asks(dora, f"!take {ada.nick}", f"#{number} of {ada.nick} is yours")
    programme.asks(dora, f"!unstuck {number} the bridge had no address", ada.nick, f"#{number} solved after")
    programme.asks(dora, "!checkin", "answered 1 of 2", "1 not yet")

    digest = programme.closes()
    assert "1 of 2 answered" in digest
    assert "/c/deploy" in digest
    dora.expect(programme.bot.nick, dora.nick, "round 1", bo.nick)
    assert not any(bo.nick in text for text in ada.said_by(programme.bot.nick, programme.channel)[-2:])
    texts = [text for one in (ada, bo) for text in one.said_by(programme.bot.nick, one.nick)]
    assert not any("no answer from" in text for text in texts)


def test_what_is_answered_in_private_counts_and_stays_private(programme: Programme) -> None:
    bo = programme.bo
    programme.opens()
    programme.tells(bo, f"did read the guide | stuck {SECRET}", "deploy", "round 1", "blocker #")
    programme.asks(programme.dora, "!checkin", "answered 1 of 2")
    assert not any(SECRET in line.raw for line in programme.ada.heard())
    assert not any("read the guide" in line or SECRET in line for line in programme.log())


def test_a_confirmed_goal_has_a_page_and_its_place_is_offered_on(programme: Programme) -> None:
    dora, ada, cy = programme.dora, programme.ada, programme.cy
    programme.asks(ada, "!done https://cloud.example.org/", f"!complete {ada.nick}")
    cy.mark()
    dora.mark()
    dora.say(programme.channel, f"!complete {ada.nick}")
    congratulations = dora.expect(programme.bot.nick, programme.channel, ada.nick, "/b/").text
    assert re.search(rf"{re.escape(programme.bot.base_url)}/b/[a-z0-9]+", congratulations)
    cy.expect(programme.bot.nick, cy.nick, "a place in deploy is free", "join deploy", "leave deploy")
    programme.tells(cy, "join deploy", "joined deploy (2 of 2)")


def test_the_log_has_every_line_of_the_channel_once_and_in_its_order(programme: Programme) -> None:
    programme.opens()
    programme.ada.say(programme.channel, "!same")
    programme.asks(programme.dora, "!checkin", "answered 1 of 2")
    programme.closes()
    heard = [
        f"<{line.nick}> {line.text}"
        for line in programme.cy.heard()
        if line.verb == "PRIVMSG" and line.target == programme.channel
    ]

    def logged() -> list[str]:
        """What was said, from the first line on that Cy can have heard and did not say."""
        said = [
            line for line in programme.log() if line.startswith("<") and f"<{programme.cy.nick}>" not in line
        ]
        return said[-len(heard) :]

    wait_until(lambda: logged() == heard, "the log to hold what Cy heard")
    times = [line[:19] for line in programme.bot.log(programme.channel)]
    assert times == sorted(times)
