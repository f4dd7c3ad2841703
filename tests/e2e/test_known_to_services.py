"""`cohortbot run` is known to services where there is no SASL, and has its own nick back by them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from support.bot import Bot
from support.ircd import IrcServer
from support.processes import wait_until

MakeBot = Callable[..., Bot]
Name = Callable[[str], str]


def nickserv(password: str = "sesame") -> dict[str, object]:
    return {"irc": {"nickserv": {"password": password}}}


def is_known(server: IrcServer, nick: str) -> bool:
    """Whether the server shows an account, or an identified nick."""
    backstage = server.backstage()
    backstage.send(f"WHOIS {nick}")
    lines = backstage.heard_until(lambda line: line.verb == "318")
    return any(line.verb in ("330", "307") for line in lines)


@pytest.mark.parametrize("server", ["hybrid_anope", "ngircd_anope", "inspircd_atheme"])
def test_it_identifies_and_the_password_is_written_nowhere(
    server: str, request: pytest.FixtureRequest, make_bot: MakeBot, name: Name
) -> None:
    ircd: IrcServer = request.getfixturevalue(server)
    account, password = ircd.register_account(name("bot"), "opensaysme")
    bot = make_bot(ircd, {"deploy": {}}, nick=account, settings=nickserv(password))
    bot.start()
    wait_until(lambda: is_known(ircd, account), "services to know the bot", why=bot.process.tail)
    assert bot.terminate() == 0
    kept = [file for file in bot.folder.rglob("*") if file.is_file() and file != bot.config_file]
    assert [file.name for file in kept if password.encode() in file.read_bytes()] == []


def test_a_channel_for_the_registered_is_entered_at_once_and_refused_never(
    inspircd_anope: IrcServer, make_bot: MakeBot, name: Name
) -> None:
    account, _ = inspircd_anope.register_account(name("bot"))
    bot = make_bot(inspircd_anope, {"deploy": {}}, nick=account, settings=nickserv())
    op = inspircd_anope.connect(name("op"), join=(bot.channel("deploy"),))
    op.send(f"MODE {bot.channel('deploy')} +R")
    op.wait_for(lambda line: line.verb == "MODE" and line.text == "+R")
    bot.start()
    assert "not in" not in bot.stderr()


def test_a_password_that_nickserv_does_not_take_ends_it_with_exit_1(
    hybrid_anope: IrcServer, make_bot: MakeBot, name: Name
) -> None:
    account, _ = hybrid_anope.register_account(name("bot"))
    bot = make_bot(hybrid_anope, {"deploy": {}}, nick=account, settings=nickserv("opensaysme"))
    bot.upgrade()
    bot.launch()
    assert bot.process.wait(30.0) == 1
    assert f"irc.nickserv: NickServ has answered 2 times and does not log {account} in" in bot.stderr()
    assert "opensaysme" not in bot.stderr()


@pytest.mark.parametrize("server", ["inspircd_anope", "inspircd_atheme"])
def test_it_has_its_nick_back_from_whoever_took_it(
    server: str, request: pytest.FixtureRequest, make_bot: MakeBot, name: Name
) -> None:
    ircd: IrcServer = request.getfixturevalue(server)
    account, _ = ircd.register_account(name("bot"))
    bot = make_bot(ircd, {"deploy": {}}, nick=account, settings=nickserv())
    channel = bot.channel("deploy")
    ircd.connect(account, join=(channel,))
    cy = ircd.connect(name("cy"), join=(channel,))
    bot.upgrade()
    bot.launch()
    spare = cy.wait_for(lambda line: line.verb == "JOIN" and line.nick != cy.nick, 30.0).nick
    assert spare != account
    cy.wait_for(lambda line: line.verb == "NICK" and line.nick == spare and line.text == account, 20.0)
    cy.say(channel, "!cohorts")
    cy.expect(account, channel, f"{cy.nick}: ", "deploy")
