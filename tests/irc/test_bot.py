"""The irc room on real servers: getting in, staying in, leaving; what is heard and what is said."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from support.ircd import IrcServer
from support.processes import wait_until
from support.puppet_process import Puppet

Name = Callable[[str], str]


@pytest.fixture
def puppet(tmp_path: Path, name: Name) -> Iterator[Callable[..., Puppet]]:
    """`puppet(server, *channels, …)` is running, and in its channels."""
    made: list[Puppet] = []

    def make(server: IrcServer, *channels: str, waits: bool = True, **options: Any) -> Puppet:
        folder = tmp_path / f"puppet{len(made)}"
        folder.mkdir()
        one = Puppet(folder, server.port, options.pop("nick", name("bot")), list(channels), **options)
        made.append(one)
        one.start()
        if waits:
            wait_joined(server, one, *channels)
        return one

    yield make
    for one in made:
        one.close()


def wait_joined(server: IrcServer, puppet: Puppet, *channels: str, nick: str | None = None) -> None:
    wanted = {channel.lower() for channel in channels}

    def joined() -> bool:
        if puppet.process.returncode is not None:
            pytest.fail(f"the bot ended\n{puppet.process.tail()}", pytrace=False)
        return wanted <= server.channels_of(nick or puppet.nick)

    wait_until(
        joined,
        f"{puppet.nick} to be in {channels}",
        why=puppet.process.tail,
    )


# Getting in


def test_a_command_in_a_channel_is_answered_there(inspircd: IrcServer, puppet: Any, name: Name) -> None:
    bot = puppet(inspircd, channel := f"#{name('c')}")
    cy = inspircd.connect(name("cy"), join=(channel,))
    cy.say(channel, "!ping")
    cy.expect(bot.nick, channel, f"{cy.nick}: pong NoServices")


def test_the_bot_logs_in_by_sasl(inspircd_anope: IrcServer, puppet: Any, name: Name) -> None:
    account = inspircd_anope.register_account(name("botacc"))
    bot = puppet(inspircd_anope, f"#{name('c')}", sasl=account)
    backstage = inspircd_anope.backstage()
    backstage.send(f"WHOIS {bot.nick}")
    assert backstage.wait_for(r" 330 ").params[2] == account[0]
    assert "logged in to services" in bot.process.text()


def test_a_wrong_password_is_fatal_and_told_without_the_password(
    inspircd_anope: IrcServer, puppet: Any, name: Name
) -> None:
    account, _ = inspircd_anope.register_account(name("botacc"))
    bot = puppet(inspircd_anope, f"#{name('c')}", sasl=(account, "not-my-password"), waits=False)
    assert bot.process.wait() == 1
    assert f"irc.sasl: services refuse the password of the account {account}" in bot.process.text()
    assert "not-my-password" not in bot.process.text()


def test_without_services_the_bot_goes_on_and_logs_in_when_they_are_back(
    own_server: Callable[..., IrcServer], puppet: Any, name: Name
) -> None:
    server = own_server("inspircd", "anope")
    account = server.register_account(name("botacc"))
    server.stop_services()
    bot = puppet(server, channel := f"#{name('c')}", sasl=account)
    cy = server.connect(name("cy"), join=(channel,))
    cy.say(channel, "!ping")
    cy.expect(bot.nick, channel, "pong ServicesDown")
    server.start_services()

    def seen_back() -> bool:
        cy.say(channel, "!ping")
        return "Unproven" in cy.expect(bot.nick, channel, "pong").text

    wait_until(seen_back, "services to be seen again", why=bot.process.tail)
    wait_until(lambda: "logged in to services" in bot.process.text(), "the login", 5, bot.process.tail)


def test_a_taken_nick_means_a_spare_one_until_ours_is_free(
    inspircd: IrcServer, puppet: Any, name: Name
) -> None:
    nick, channel = name("bot"), f"#{name('c')}"
    holder = inspircd.connect(nick, join=(channel,))
    bot = puppet(inspircd, channel, nick=nick, waits=False)
    wait_joined(inspircd, bot, channel, nick=f"{nick}_")
    cy = inspircd.connect(name("cy"), join=(channel,))
    cy.say(channel, "!ping")
    cy.expect(f"{nick}_", channel, "pong")
    holder.quit()
    cy.wait_for(lambda line: line.verb == "NICK" and line.text == nick)
    cy.say(channel, f"{nick}: ping")
    cy.expect(nick, channel, f"you said {nick}: ping")


def test_forty_channels_are_entered_within_seconds_on_default_throttling(
    inspircd_default: IrcServer, puppet: Any, name: Name
) -> None:
    channels = [f"#{name('c')}-{number}" for number in range(40)]
    began = time.monotonic()
    puppet(inspircd_default, *channels, pace=(5, 1.0))
    assert time.monotonic() - began < 20


# Staying in


def test_a_kicked_bot_comes_back(inspircd: IrcServer, puppet: Any, name: Name) -> None:
    channel = f"#{name('c')}"
    op = inspircd.connect(name("op"), join=(channel,))
    bot = puppet(inspircd, channel)
    op.mark()
    op.send(f"KICK {channel} {bot.nick} :out")
    op.wait_for(lambda line: line.verb == "KICK")
    op.wait_for(lambda line: line.verb == "JOIN" and line.nick == bot.nick)
    assert f"*** {bot.nick} was kicked by {op.nick} (out)" in bot.log(channel)


def test_a_server_that_comes_back_finds_the_bot_again(
    own_server: Callable[..., IrcServer], puppet: Any, name: Name
) -> None:
    server = own_server("inspircd")
    bot = puppet(server, channel := f"#{name('c')}")
    server.stop()
    wait_until(lambda: "trying again" in bot.process.text(), "the loss", why=bot.process.tail)
    server.start()
    wait_joined(server, bot, channel)
    cy = server.connect(name("cy"), join=(channel,))
    cy.say(channel, "!ping")
    cy.expect(bot.nick, channel, "pong")


def test_an_absent_server_is_tried_again_and_again(
    own_server: Callable[..., IrcServer], puppet: Any, name: Name
) -> None:
    server = own_server("inspircd")
    server.stop()
    bot = puppet(server, channel := f"#{name('c')}", waits=False)
    wait_until(lambda: bot.process.text().count("cannot connect to") >= 2, "two tries", why=bot.process.tail)
    server.start()
    wait_joined(server, bot, channel)


def test_a_new_channel_is_entered_without_a_restart(inspircd: IrcServer, puppet: Any, name: Name) -> None:
    channel, fresh = f"#{name('c')}", f"#{name('new')}"
    bot = puppet(inspircd, channel)
    op = inspircd.connect(name("op"), join=(fresh,))
    op.send(f"MODE {fresh} +k sesame")
    op.say(bot.nick, f"!join {fresh} sesame")
    op.wait_for(lambda line: line.verb == "JOIN" and line.nick == bot.nick)
    op.say(fresh, "!ping")
    op.expect(bot.nick, fresh, "pong")


# Leaving


def test_sigterm_leaves_with_a_reason(inspircd: IrcServer, puppet: Any, name: Name) -> None:
    bot = puppet(inspircd, channel := f"#{name('c')}")
    cy = inspircd.connect(name("cy"), join=(channel,))
    assert bot.process.end(signal.SIGTERM, 5.0) == 0
    assert "the puppet leaves" in cy.wait_for(lambda line: line.verb == "QUIT").text


@pytest.mark.parametrize("state", ["absent", "frozen"])
def test_sigterm_ends_within_five_seconds_whatever_the_server_does(
    own_server: Callable[..., IrcServer], puppet: Any, name: Name, state: str
) -> None:
    server = own_server("inspircd")
    bot = puppet(server, f"#{name('c')}")
    server.stop() if state == "absent" else server.freeze()
    if state == "absent":
        wait_until(lambda: "trying again" in bot.process.text(), "the loss", why=bot.process.tail)
    assert bot.process.end(signal.SIGTERM, 5.0) == 0


def test_sigterm_ends_within_five_seconds_of_joining_at_a_slow_pace(
    inspircd_default: IrcServer, puppet: Any, name: Name
) -> None:
    channels = [f"#{name('c')}-{number}" for number in range(100)]
    bot = puppet(inspircd_default, *channels, pace=(5, 0.2), waits=False)
    wait_until(lambda: inspircd_default.channels_of(bot.nick), "the first join", why=bot.process.tail)
    assert bot.process.end(signal.SIGTERM, 5.0) == 0


# Speaking


@pytest.mark.proof
def test_many_lines_at_once_all_arrive_on_default_throttling(
    inspircd_default: IrcServer, puppet: Any, name: Name, portion: Callable[[int], int]
) -> None:
    """Said naively, 400 lines at once are one line delivered and the bot off the network."""
    bot = puppet(inspircd_default, channel := f"#{name('c')}", pace=(5, 1.0))
    cy = inspircd_default.connect(name("cy"), join=(channel,))
    count = portion(400)
    cy.say(channel, f"!say {count}")
    for number in range(count):
        cy.expect(bot.nick, channel, f"line {number}")


def test_an_answer_does_not_wait_behind_prompts(inspircd_default: IrcServer, puppet: Any, name: Name) -> None:
    bot = puppet(inspircd_default, channel := f"#{name('c')}", pace=(5, 1.0))
    cy = inspircd_default.connect(name("cy"), join=(channel,))
    cy.say(channel, "!post 20")
    cy.expect(bot.nick, channel, "prompt 2")
    cy.say(channel, "!ping")
    cy.expect(bot.nick, channel, "pong", timeout=3)


@pytest.mark.parametrize("server", ["inspircd", "hybrid", "ngircd"])
def test_what_became_of_a_prompt_is_known_by_echo_or_by_a_ping(
    server: str, request: pytest.FixtureRequest, puppet: Any, name: Name
) -> None:
    ircd: IrcServer = request.getfixturevalue(server)
    bot = puppet(ircd, channel := f"#{name('c')}")
    cy = ircd.connect(name("cy"), join=(channel,))
    cy.say(channel, "!post 2")
    cy.expect(bot.nick, channel, "prompt 1")
    cy.say(bot.nick, f"!post 1 {name('nobody')}")

    def told() -> bool:
        places = [number for number, line in enumerate(bot.log(channel), 1) if "> prompt" in line]
        cy.say(bot.nick, "!fates")
        fates = cy.expect(bot.nick, cy.nick, "fates").text.split()[1:]
        return fates == [*(f"sent-{place}" for place in places), "refused-401"] and len(places) == 2

    wait_until(told, "all receipts", why=cy.transcript)


def test_a_line_fits_our_real_hostmask_and_is_cut_at_a_word(
    inspircd: IrcServer, puppet: Any, name: Name
) -> None:
    bot = puppet(inspircd, channel := f"#{name('c')}")
    cy = inspircd.connect(name("cy"), join=(channel,))
    cy.say(bot.nick, f"x {'é' * 115} {'é' * 118}")
    first = cy.expect(bot.nick, cy.nick, "you said x")
    second = cy.expect(bot.nick, cy.nick, "é")
    assert [first.text.count("é"), second.text] == [115, "é" * 118]
    assert len(f"{first.raw}\r\n".encode()) <= 512


def test_somebody_is_invited_where_the_bot_is_op(inspircd: IrcServer, puppet: Any, name: Name) -> None:
    bot = puppet(inspircd, channel := f"#{name('c')}")
    op = inspircd.connect(name("op"), join=(channel,))
    cy = inspircd.connect(name("cy"))
    op.say(bot.nick, f"!invite {cy.nick} {channel}")
    if not any(f"@{bot.nick}" in line.text for line in op.heard() if line.verb == "353"):
        pytest.fail("the first one in a channel should have been op")
    cy.wait_for(lambda line: line.verb == "INVITE" and line.text == channel)


# Hearing


def test_a_slow_command_does_not_keep_the_bot_from_reading(
    inspircd: IrcServer, puppet: Any, name: Name
) -> None:
    bot = puppet(inspircd, channel := f"#{name('c')}")
    cy = inspircd.connect(name("cy"), join=(channel,))
    cy.say(channel, "!slow 2")
    cy.say(channel, "meanwhile")
    wait_until(lambda: f"<{cy.nick}> meanwhile" in bot.log(channel), "the log", timeout=1.5)
    cy.expect(bot.nick, channel, "slow done")


def test_a_broken_command_is_answered_and_the_next_one_works(
    inspircd: IrcServer, puppet: Any, name: Name
) -> None:
    bot = puppet(inspircd, channel := f"#{name('c')}")
    cy = inspircd.connect(name("cy"), join=(channel,))
    cy.say(channel, "!break the-words-of-cy")
    cy.expect(bot.nick, cy.nick, "that broke")
    cy.say(channel, "!ping")
    cy.expect(bot.nick, channel, "pong")
    assert "the-words-of-cy" not in bot.process.text()


def test_what_happens_in_a_channel_is_logged_in_its_order_and_our_lines_once(
    inspircd: IrcServer, puppet: Any, name: Name
) -> None:
    channel = f"#{name('c')}"
    cy = inspircd.connect(name("cy"), join=(channel,))
    bot = puppet(inspircd, channel)
    cy.say(channel, "!ping")
    cy.expect(bot.nick, channel, "pong")
    connection = cy.heard()[-1].text.split()[-1]
    cy.say(channel, "\x01ACTION sighs\x01")
    cy.send(f"NOTICE {channel} :a notice")
    cy.say(channel, "[off] between us")
    cy.say(f"@{channel}", "for ops")
    cy.say(channel, "\x01VERSION\x01")
    cy.send(f"TOPIC {channel} :a topic")
    cy.change_nick(name("cyx"))
    cy.say(channel, "/msg NickServ identify sesame")
    cy.expect(bot.nick, cy.nick, f"change the password said in {channel}")
    cy.part(channel, "bye")
    cy.join(channel)
    cy.quit("gone")
    wait_until(lambda: "gone" in bot.log(channel)[-1], "the QUIT", why=lambda: "\n".join(bot.log(channel)))
    old, new = name("cy"), name("cyx")
    assert bot.log(channel) == [
        f"*** {bot.nick} has joined {channel}",
        f"<{old}> !ping",
        f"<{bot.nick}> {old}: pong NoServices {connection}",
        f"* {old} sighs",
        f"-{old}- a notice",
        f'*** {old} changes topic to "a topic"',
        f"*** {old} is now known as {new}",
        f"<{new}> /msg NickServ identify [redacted]",
        f"*** {new} has left {channel} (bye)",
        f"*** {new} has joined {channel}",
        f"*** {new} has quit IRC (gone)",
    ]


@pytest.mark.parametrize("server", ["inspircd", "hybrid", "ngircd"])
def test_our_own_lines_stand_once_where_they_were_said(
    server: str, request: pytest.FixtureRequest, puppet: Any, name: Name
) -> None:
    ircd: IrcServer = request.getfixturevalue(server)
    bot = puppet(ircd, channel := f"#{name('c')}")
    cy = ircd.connect(name("cy"), join=(channel,))
    cy.say(channel, "!say 3")
    cy.expect(bot.nick, channel, "line 2")
    cy.say(channel, "after")
    wait_until(lambda: "after" in bot.log(channel)[-1], "the log", why=lambda: "\n".join(bot.log(channel)))
    talk = [line for line in bot.log(channel) if line.startswith("<")]
    assert talk == [
        f"<{cy.nick}> !say 3",
        *(f"<{bot.nick}> line {n}" for n in range(3)),
        f"<{cy.nick}> after",
    ]


def test_notices_ignored_nicks_and_our_own_lines_trigger_nothing(
    inspircd: IrcServer, puppet: Any, name: Name
) -> None:
    channel, machine = f"#{name('c')}", name("machine")
    bot = puppet(inspircd, channel, ignore=[machine])
    cy = inspircd.connect(name("cy"), join=(channel,))
    robot = inspircd.connect(machine, join=(channel,))
    cy.send(f"NOTICE {channel} :!ping")
    cy.send(f"NOTICE {bot.nick} :!ping")
    robot.say(channel, "!ping")
    robot.say(bot.nick, "!ping")
    cy.say(bot.nick, "x !ping")  # its answer begins like a command of our own
    cy.expect(bot.nick, cy.nick, "you said x !ping")
    assert cy.said_by(bot.nick) == ["you said x !ping"]
    assert robot.said_by(bot.nick) == []


# Who is speaking


def test_an_account_counts_from_its_login_to_its_logout(
    inspircd_anope: IrcServer, puppet: Any, name: Name
) -> None:
    account = inspircd_anope.register_account(name("anna"))
    bot = puppet(inspircd_anope, channel := f"#{name('c')}", has_services=True)
    cy = inspircd_anope.connect(name("cy"), join=(channel,))
    cy.say(channel, "!ping")
    connection = cy.expect(bot.nick, channel, "pong Unproven").text.split()[-1]
    cy.identify(*account)
    cy.expect(bot.nick, cy.nick, f"you are logged in {connection}")
    cy.say(channel, "!ping")
    cy.expect(bot.nick, channel, f"pong {account[0]} {connection}")
    cy.change_nick(name("other"))
    cy.say(bot.nick, "!ping")
    cy.expect(bot.nick, cy.nick, f"pong {account[0]} {connection}")
    cy.say("NickServ", "LOGOUT")
    cy.wait_for(r"^:NickServ\S* NOTICE .*logged out")
    cy.say(channel, "!ping")
    cy.expect(bot.nick, channel, f"pong Unproven {connection}")


def test_who_signs_up_in_private_and_then_enters_is_the_same_connection(
    inspircd: IrcServer, puppet: Any, name: Name
) -> None:
    bot = puppet(inspircd, channel := f"#{name('c')}")
    cy = inspircd.connect(name("cy"))
    cy.say(bot.nick, "!ping")
    connection = cy.expect(bot.nick, cy.nick, "pong").text.split()[-1]
    cy.join(channel)
    cy.say(channel, "!ping")
    cy.expect(bot.nick, channel, f"pong NoServices {connection}")
    cy.quit()
    again = inspircd.connect(cy.nick, join=(channel,))
    again.say(channel, "!ping")
    assert connection not in again.expect(bot.nick, channel, "pong").text


@pytest.mark.parametrize("server", ["inspircd_anope", "hybrid_anope", "ngircd_anope"])
def test_who_shares_no_channel_is_proven_too(
    server: str, request: pytest.FixtureRequest, puppet: Any, name: Name
) -> None:
    ircd: IrcServer = request.getfixturevalue(server)
    account = ircd.register_account(name("anna"))
    bot = puppet(ircd, f"#{name('c')}", has_services=True)
    anna = ircd.connect(name("cy"))
    anna.say(bot.nick, "!ping")
    anna.expect(bot.nick, anna.nick, "pong Unproven")
    anna.identify(*account)
    anna.say(bot.nick, "!ping")
    anna.expect(bot.nick, anna.nick, f"pong {account[0]}")


def test_who_enters_is_told_with_what_is_known_of_them(
    inspircd_anope: IrcServer, puppet: Any, name: Name
) -> None:
    account = inspircd_anope.register_account(name("anna"))
    bot = puppet(inspircd_anope, channel := f"#{name('c')}", notice=True)
    anna = inspircd_anope.connect(name("cy"), sasl=account, join=(channel,))
    anna.expect(bot.nick, anna.nick, f"{channel} is logged, {account[0]}")
