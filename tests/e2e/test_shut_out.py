"""Channels that the bot is kept out of: who is told what, and how long until it is back."""

from __future__ import annotations

import re
import urllib.request
from collections.abc import Callable

import pytest
from support.bot import Bot
from support.incidents import FAST, Since, is_answered, tell
from support.ircd import IrcServer
from support.processes import wait_until

MakeBot = Callable[..., Bot]
Name = Callable[[str], str]


class Channel:
    """The channel of `deploy`, its operator, an organizer, and the bot of these cohorts in it."""

    def __init__(
        self,
        server: IrcServer,
        make_bot: MakeBot,
        name: Name,
        cohorts: tuple[str, ...],
    ) -> None:
        self.server = server
        dora = server.register_account(name("dora"))
        self.bot = make_bot(
            server,
            {slug: {} for slug in cohorts},
            nick=name("bot"),
            organizers=(dora[0],),
            settings=FAST | {"programme": {"channel_prefix": f"#{name('c')}-"}},
        )
        self.name = self.bot.channel("deploy")
        self.op = server.connect(name("op"), join=(self.name,))
        self.dora = server.connect(dora[0], sasl=dora)
        self.bot.upgrade()
        self.bot.launch()
        self.wait_joined()
        self.dora.say(self.bot.nick, "me")
        self.dora.expect(self.bot.nick, self.dora.nick, "organizer")

    def keep_out(self, mode: str) -> None:
        """The operator sets a mode and kicks the bot."""
        self.op.mark()
        if mode:
            self.op.send(f"MODE {self.name} {mode}")
        self.op.send(f"KICK {self.name} {self.bot.nick} :out")
        self.op.wait_for(lambda line: line.verb == "KICK")

    def invite(self) -> None:
        self.op.send(f"INVITE {self.bot.nick} {self.name}")

    def told(self, *facts: str) -> str:
        """What the organizer hears, within a minute."""
        return self.dora.expect(self.bot.nick, self.dora.nick, *facts, timeout=60.0).text

    def wait_joined(self) -> None:
        self.op.wait_for(lambda line: line.verb == "JOIN" and line.nick == self.bot.nick, 15.0)

    def status(self) -> str:
        """The text of /status."""
        with urllib.request.urlopen(f"{self.bot.start_site()}/status") as page:
            return re.sub(r"<[^>]+>", "", page.read().decode())


Make = Callable[..., Channel]  # of these cohorts


def kicked(make: Make) -> None:
    at = make("deploy")
    at.keep_out("")
    lost = Since()
    at.wait_joined()
    back = str(lost)
    said = at.told(f"in {at.name} again", "kicked")
    is_answered(at.bot, at.op, at.name)
    log = [line.split("  ", 1)[1] for line in at.bot.log(at.name)]
    kick = log.index(f"*** {at.bot.nick} was kicked by {at.op.nick} (out)")
    assert f"*** {at.bot.nick} has joined {at.name}" in log[kick:]
    tell("kick", f"organizers: «{said}»", f"back after {back}")


def banned(make: Make) -> None:
    at = make("deploy")
    at.keep_out(f"+b {at.bot.nick}!*@*")
    lost = Since()
    said = at.told(f"I am not in {at.name}", "banned")
    after = str(lost)
    assert f"{at.name} since" in at.status()
    assert at.bot.stderr().count("I am banned there") == 1
    at.op.send(f"MODE {at.name} -b {at.bot.nick}!*@*")
    at.invite()
    mended = Since()
    at.wait_joined()
    back = str(mended)
    at.told(f"in {at.name} again")
    tell("ban", f"organizers after {after}: «{said}»; /status too", f"{back} after unban and invitation")


def keyed(make: Make) -> None:
    at = make("deploy")
    at.keep_out("+k sesame")
    lost = Since()
    said = at.told(f"I am not in {at.name}", "key")
    after = str(lost)
    assert "channel_key" in at.bot.stderr()
    at.dora.say(at.bot.nick, "cohort set deploy channel_key sesame")
    mended = Since()
    at.wait_joined()
    back = str(mended)
    at.told(f"in {at.name} again")
    at.op.send(f"MODE {at.name} -k sesame")
    tell("key set", f"organizers after {after}: «{said}»", f"{back} after channel_key was set")


def invite_only(make: Make) -> None:
    at = make("deploy")
    at.keep_out("+i")
    lost = Since()
    said = at.told(f"I am not in {at.name}", "invited")
    after = str(lost)
    at.invite()
    mended = Since()
    at.wait_joined()
    back = str(mended)
    at.told(f"in {at.name} again")
    at.op.send(f"MODE {at.name} -i")
    tell("invite-only", f"organizers after {after}: «{said}»", f"{back} after an invitation")


def registered_only(make: Make) -> None:
    """The bot is not logged in."""
    at = make("deploy")
    at.keep_out("+R")
    lost = Since()
    said = at.told(f"I am not in {at.name}", "services know")
    after = str(lost)
    assert "irc.sasl or irc.nickserv" in at.bot.stderr()
    at.op.send(f"MODE {at.name} -R")
    at.invite()
    mended = Since()
    at.wait_joined()
    back = str(mended)
    at.told(f"in {at.name} again")
    tell(
        "registered-only (477)",
        f"organizers after {after}: «{said}»",
        f"{back} after the mode was lifted, with an invitation",
    )


INCIDENTS: tuple[Callable[[Channel], None], ...] = (kicked, banned, keyed, invite_only, registered_only)


def too_many(make: Make) -> None:
    """The server lets people into two."""
    at = make("deploy", "patch", "talk")
    third = at.bot.channel("talk")
    lost = Since()
    said = at.told(f"I am not in {third}", "no more channels")
    after = str(lost)
    at.dora.say(at.bot.nick, "cohort archive patch we have one too many")
    mended = Since()
    wait_until(lambda: third in at.server.channels_of(at.bot.nick), "the third channel", 10.0)
    back = str(mended)
    at.told(f"in {third} again")
    tell("channel limit (405)", f"organizers after {after}: «{said}»", f"{back} after a cohort was archived")


INCIDENTS = (kicked, banned, keyed, invite_only, registered_only, too_many)


@pytest.mark.proof
def test_the_bot_is_kept_out_of_a_channel(
    own_server: Callable[..., IrcServer], make_bot: MakeBot, name: Name, portion: Callable[[int], int]
) -> None:
    server = own_server("inspircd", "anope", {'maxchans="2000" @PACE@': 'maxchans="2" @PACE@'})
    letters = iter("uvwxyz")

    def make(*cohorts: str) -> Channel:
        letter = next(letters)
        return Channel(server, make_bot, lambda stem: name(f"{stem}{letter}"), cohorts)

    for incident in INCIDENTS[: portion(len(INCIDENTS))]:
        incident(make)
