"""Who may do what on a network with services: mentors who are proven, and whoever only bears their nick."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from support.bot import Bot
from support.client import Client
from support.ircd import IrcServer


class Programme:
    """Anna, proven, mentors deploy; Cy is its mentee."""

    def __init__(self, server: IrcServer, make_bot: Callable[..., Bot], name: Callable[[str], str]) -> None:
        self.server = server
        self.account = server.register_account(name("anna"))
        account = server.register_account(name("bot"))
        cy = server.register_account(name("cy"))
        self.bot = make_bot(
            server,
            {"deploy": {"places": 2}},
            nick=account[0],
            sasl=account,
            organizers=(self.account[0],),
            settings={"irc": {"flood": {"burst": 100, "per_second": 100.0}}},
        )
        self.bot.start()
        self.channel = self.bot.channel("deploy")
        self.anna, self.cy = server.log_in_all(self.account, cy, join=(self.channel,))
        self.asks(self.anna, "!mentor deploy", "1 of 3 mentors")
        self.asks(self.cy, "!join deploy", "joined deploy (1 of 2)")

    def asks(self, who: Client, text: str, *facts: str) -> str:
        """`who` says `text` in the channel and hears one line there with all of `facts`; that line."""
        who.mark()
        who.say(self.channel, text)
        return who.expect(self.bot.nick, self.channel, f"{who.nick}: ", *facts).text

    def completes(self, who: Client) -> None:
        """`who` tries to confirm Cy's goal, is told that the nick is Anna's, and nothing has changed."""
        told = self.asks(who, f"!complete {self.cy.nick}", f"this nick belongs to {self.account[0]}")
        assert "nothing was done" in told
        assert "identify" in told.lower()
        assert "/nick" in told
        self.asks(self.cy, "!join", "you are in deploy (1 of 2)")

    def anna_completes(self) -> None:
        """What nobody else could do, Anna can, as before."""
        self.anna.mark()
        self.anna.say(self.channel, f"!complete {self.cy.nick}")
        self.anna.expect(self.bot.nick, self.channel, "congratulations", self.cy.nick, "/b/")


@pytest.fixture
def programme(
    inspircd_anope: IrcServer, make_bot: Callable[..., Bot], name: Callable[[str], str]
) -> Programme:
    return Programme(inspircd_anope, make_bot, name)


def test_whoever_bears_a_mentors_nick_without_the_account_does_nothing(programme: Programme) -> None:
    programme.anna.change_nick(f"away{programme.account[0]}")
    impostor = programme.server.connect(programme.account[0], join=(programme.channel,))
    programme.completes(impostor)
    programme.anna_completes()


def test_whoever_bears_a_mentors_nick_with_something_behind_it_does_nothing(programme: Programme) -> None:
    nicks = [programme.account[0] + behind for behind in ("_", "`", "2", "|away")]
    for impostor in programme.server.connect_all(*nicks, join=(programme.channel,)):
        programme.completes(impostor)
    programme.anna_completes()


def test_an_impostor_is_refused_in_private_too(programme: Programme) -> None:
    """From outside every channel, where the server has to be asked who it is."""
    impostor = programme.server.connect(f"{programme.account[0]}_")
    impostor.say(programme.bot.nick, f"complete {programme.cy.nick} deploy")
    impostor.expect(
        programme.bot.nick, impostor.nick, f"this nick belongs to {programme.account[0]}", "/nick"
    )
    programme.asks(programme.cy, "!join", "you are in deploy (1 of 2)")


def test_a_mentor_who_has_logged_out_does_nothing_until_they_identify_again(programme: Programme) -> None:
    anna = programme.anna
    anna.say("NickServ", "LOGOUT")
    anna.wait_for(r"^:NickServ\S* NOTICE .*logged out")
    programme.completes(anna)
    anna.identify(*programme.account)
    programme.anna_completes()


def test_the_first_line_of_a_mentor_from_outside_all_channels_is_done(programme: Programme) -> None:
    programme.anna.quit()
    anna = programme.server.connect(programme.account[0], sasl=programme.account)
    anna.say(programme.bot.nick, f"complete {programme.cy.nick} deploy")
    anna.expect(programme.bot.nick, anna.nick, programme.cy.nick, "has completed deploy", "/b/")


def test_services_that_hang_delay_nothing_that_the_server_knows_by_itself(programme: Programme) -> None:
    programme.server.freeze_services()
    try:
        programme.asks(programme.anna, "!who", "mentors")
        impostor = programme.server.connect(f"{programme.account[0]}_", join=(programme.channel,))
        programme.completes(impostor)
    finally:
        programme.server.thaw_services()
    programme.anna_completes()


def test_without_services_who_was_proven_stays_so_and_nobody_else_can_be(
    own_server: Callable[..., IrcServer], make_bot: Callable[..., Bot], name: Callable[[str], str]
) -> None:
    programme = Programme(own_server("inspircd", "anope"), make_bot, name)
    programme.server.stop_services()
    newcomer = programme.server.connect(name("dora"), join=(programme.channel,))
    programme.asks(newcomer, "!mentor deploy", "services are down")
    impostor = programme.server.connect(f"{programme.account[0]}_", join=(programme.channel,))
    programme.asks(impostor, f"!complete {programme.cy.nick}", "belongs to", "services are down")
    programme.anna_completes()
