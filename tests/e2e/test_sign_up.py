"""A programme on a real network: inspircd with anope, `cohortbot run`, and people on sockets."""

from __future__ import annotations

from collections.abc import Callable

from support.bot import Bot
from support.ircd import IrcServer

MakeBot = Callable[..., Bot]
Name = Callable[[str], str]


def test_two_sign_up_the_third_waits_and_is_offered_a_freed_place(
    inspircd_anope: IrcServer, make_bot: MakeBot, name: Name
) -> None:
    account, password = inspircd_anope.register_account(name("bot"))
    bot = make_bot(
        inspircd_anope,
        {"deploy": {"places": 2}},
        nick=account,
        sasl=(account, password),
        settings={"irc": {"flood": {"burst": 100, "per_second": 100.0}}},
    )
    bot.start()
    channel = bot.channel("deploy")
    people = []
    for stem in ("ada", "bo", "cy"):
        who = inspircd_anope.register_account(name(stem))
        people.append(inspircd_anope.connect(who[0], sasl=who))
    ada, bo, cy = people
    ada.say(bot.nick, "join deploy")
    ada.expect(bot.nick, ada.nick, "joined deploy (1 of 2)", f"/join {channel}")
    ada.expect(bot.nick, ada.nick, "welcome to deploy")
    ada.join(channel)
    bo.join(channel)
    bo.say(channel, "!join")
    bo.expect(bot.nick, channel, f"{bo.nick}: joined deploy (2 of 2)")
    cy.say(bot.nick, "join deploy")
    cy.expect(bot.nick, cy.nick, "deploy is full: 1st on its waitlist")
    ada.say(channel, "!leave")
    cy.expect(bot.nick, cy.nick, "deploy", "join deploy", "leave deploy")
    cy.say(bot.nick, "join deploy")
    cy.expect(bot.nick, cy.nick, "joined deploy (2 of 2)")
    ada.expect(bot.nick, channel, f"{cy.nick} joined deploy (2 of 2)")
    text = [line.split("  ", 1)[1] for line in bot.log(channel)]
    assert f"<{bo.nick}> !join" in text
    assert f"<{bot.nick}> {bo.nick}: joined deploy (2 of 2)" in text
    assert bot.terminate() == 0
