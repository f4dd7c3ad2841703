"""The bot's nick is somebody else's when it starts: it works under a spare one, and has its own back soon."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from support.bot import Bot
from support.incidents import FIVE, Since, is_answered, tell
from support.ircd import IrcServer

MakeBot = Callable[..., Bot]
Name = Callable[[str], str]

REGAIN = (
    'command { service = "NickServ"; name = "RECOVER"; command = "nickserv/recover"; }',
    'command { service = "NickServ"; name = "REGAIN"; command = "nickserv/recover"; }',
)
GHOST = 'loadmodule "modules/nickserv/ghost";'


@dataclass(frozen=True)
class Case:
    """How services free a nick, if at all, and how the bot logs in to them."""

    how: str
    services: str | None
    by: str | None
    edits: dict[str, str] = field(default_factory=dict)

    @property
    def waits(self) -> bool:
        return self.how == "waiting"

    def __str__(self) -> str:
        return ", ".join([self.services or "no services", *([self.by] if self.by else []), self.how])


CASES = [
    Case("waiting", None, None),
    Case("REGAIN", "anope", "SASL", {REGAIN[0]: REGAIN[1]}),
    Case("RECOVER", "anope", "NickServ"),
    Case("GHOST", "atheme", "SASL"),
    Case("GHOST", "atheme", "NickServ"),
    Case("waiting", "atheme", "SASL", {GHOST: ""}),
]


@pytest.mark.proof
def test_a_nick_that_is_taken(
    own_server: Callable[..., IrcServer], make_bot: MakeBot, name: Name, portion: Callable[[int], int]
) -> None:
    for case in CASES[: portion(len(CASES))]:
        _has_its_nick_back(case, own_server("inspircd", case.services, case.edits), make_bot, name)


def _has_its_nick_back(case: Case, server: IrcServer, make_bot: MakeBot, name: Name) -> None:
    bot = make_bot(server, FIVE, nick=name("bot"), **_login(case, server, name("bot")))
    channel = bot.channel("deploy")
    holder = server.connect(bot.nick, join=(channel,))
    cy = server.connect(name("cy"), join=(channel,))
    bot.upgrade()
    since = Since()
    bot.launch()
    spare = cy.wait_for(lambda line: line.verb == "JOIN" and line.nick != cy.nick, 30.0).nick
    there = f"there as {spare} {since} after its start"
    assert spare != bot.nick
    if case.waits:  # where services free the nick the answer may come under it
        cy.mark()
        cy.say(channel, "!cohorts")
        cy.expect(spare, channel, f"{cy.nick}: ", "deploy")
        since = Since()
        holder.quit()
    cy.wait_for(lambda line: line.verb == "NICK" and line.text == bot.nick, 30.0)
    back = str(since)
    is_answered(bot, cy, channel)
    assert bot.terminate() == 0
    after = "the holder's leaving" if case.waits else "its start"
    tell(f"nick taken ({case})", f"the bot is {there}", f"its own nick {back} after {after}")


def _login(case: Case, server: IrcServer, nick: str) -> dict[str, object]:
    """How the bot logs in, as `make_bot` wants it."""
    if case.by is None:
        return {}
    account = server.register_account(nick)
    by_nickserv = {"settings": {"irc": {"nickserv": {"password": account[1]}}}}
    return {"sasl": account} if case.by == "SASL" else by_nickserv
