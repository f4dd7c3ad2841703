"""What `check` does on the network while it looks, and what it sees of channels that it does not enter."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import pytest
from support.bot import Bot
from support.client import Client, Line
from support.filtered import Filtered, Wire
from support.ircd import IrcServer

from cohortbot.commands.check import check
from cohortbot.commands.visit import Channel, visit
from cohortbot.config import Irc

Name = Callable[[str], str]


def irc(server: IrcServer, nick: str, **settings: Any) -> Irc:
    plain = {"network": "lab", "host": server.host, "port": server.port, "tls": False, "nick": nick}
    return Irc.model_validate({"realname": "Lab mentoring bot", **plain, **settings})


def said(
    settings: Irc, channels: Sequence[Channel], *, proven_only: bool = False, about: str | None = None
) -> list[str]:
    """What was found, about one kind of thing or all: grade and text."""
    found = visit(settings, channels, site="http://lab.example", proven_only=proven_only)
    return [f"{one.grade.value} {one.said}" for one in found if about in (None, one.about)]


def seen_in(client: Client) -> list[str]:
    """All that somebody was told since their mark, up to now, without what is the server's own."""
    client.send("PING :now")
    lines = client.heard_until(lambda line: line.verb == "PONG" and line.text == "now")
    return [line.raw for line in lines if line.verb != "PONG"]


@pytest.fixture
def opped(inspircd: IrcServer, name: Name) -> Client:
    """Whoever was first in the channels of `here` and `there`."""
    return inspircd.connect(name("op"), join=(f"#{name('here')}", f"#{name('there')}"))


@pytest.mark.parametrize("kind", ["inspircd", "ngircd"])
def test_where_the_bot_is_not_people_see_somebody_come_and_go_and_nothing_else(
    kind: str, request: pytest.FixtureRequest, name: Name
) -> None:
    server: IrcServer = request.getfixturevalue(kind)
    here, there, nick = f"#{name('here')}", f"#{name('there')}", name("bot")
    observer = server.connect(name("observer"), join=(here, there))
    observer.mark()
    said(irc(server, nick), [Channel(here), Channel(there)])
    seen = [f"{line.split(' ', 1)[1]}" for line in seen_in(observer)]
    assert [line.replace(":", "").split()[:2] for line in seen] == [
        ["JOIN", here],
        ["JOIN", there],
        ["PART", here],
        ["PART", there],
    ]
    assert all(line.endswith("cohortbot check") for line in seen[2:])


def test_where_the_bot_is_nobody_sees_anything(hybrid_anope: IrcServer, name: Name) -> None:
    here, account = f"#{name('here')}", hybrid_anope.register_account(name("bot"))
    observer = hybrid_anope.connect(name("observer"), join=(here,))
    hybrid_anope.connect(account[0], join=(here,)).identify(*account)
    observer.send(f"MODE {here} +v {account[0]}")
    observer.wait_for(r" MODE .*\+v")
    observer.send(f"TOPIC {here} :Logged at http://lab.example/logs/")
    observer.wait_for(" TOPIC ")
    observer.mark()
    found = said(irc(hybrid_anope, account[0], nickserv={"password": account[1]}), [Channel(here)])
    assert seen_in(observer) == []
    assert all(line.startswith("ok ") for line in found)
    assert f"ok may be in {here}" in found


def test_beside_the_bot_itself_check_disturbs_nobody(
    hybrid: IrcServer, make_bot: Callable[..., Bot], name: Name, capsys: pytest.CaptureFixture[str]
) -> None:
    bot = make_bot(hybrid, {"deploy": {}, "patch": {"channel_key": "sesame"}})
    bot.start()
    observer = hybrid.connect(name("observer"), join=(bot.channel("deploy"),))
    observer.expect(bot.nick, observer.nick, "what is said there is logged")
    observer.mark()
    check(bot.config_file, {})
    assert seen_in(observer) == []
    printed = capsys.readouterr().out
    assert f"ok     nick:      {bot.nick} is held by our own: the bot is running" in printed
    assert f"ok     channels:  may be in {bot.channel('deploy')}, {bot.channel('patch')}\n" in printed


def test_a_secret_channel_that_the_bot_says_it_is_in_is_not_entered(hybrid: IrcServer, name: Name) -> None:
    here, nick = f"#{name('here')}", name("bot")
    observer = hybrid.connect(name("observer"), join=(here,))
    observer.send(f"MODE {here} +sm")
    observer.wait_for(" MODE ")
    hybrid.connect(nick, join=(here,))  # its realname is its nick
    observer.wait_for(f"{nick}.* JOIN ")
    observer.mark()
    found = said(irc(hybrid, nick, realname=nick), [Channel(here, heard=True)])
    assert seen_in(observer) == []
    assert f"ok may be in {here}" in found
    assert f"FAULT {here} is moderated, newcomers are mute (+m): /mode {here} -m" in found


def test_a_channel_that_is_not_there_is_not_made(hybrid: IrcServer, name: Name) -> None:
    nowhere = f"#{name('nowhere')}"
    found = said(irc(hybrid, name("bot")), [Channel(nowhere)])
    assert found[-1] == f"ok not there yet, and left alone: {nowhere}"
    backstage = hybrid.backstage()
    backstage.send(f"MODE {nowhere}")
    backstage.wait_for(r" 403 ")


def test_a_secret_channel_is_not_taken_for_one_that_is_not_there(
    inspircd: IrcServer, opped: Client, name: Name
) -> None:
    here = f"#{name('here')}"
    opped.send(f"MODE {here} +sm")
    opped.wait_for(" MODE ")
    found = said(irc(inspircd, name("bot")), [Channel(here)])
    assert f"ok may be in {here}" in found
    assert f"FAULT {here} is moderated, newcomers are mute (+m): /mode {here} -m" in found


def test_a_running_bot_without_voice_or_word_of_the_log_is_seen_from_outside(
    hybrid_anope: IrcServer, name: Name
) -> None:
    here, account = f"#{name('here')}", hybrid_anope.register_account(name("bot"))
    observer = hybrid_anope.connect(name("observer"), join=(here,))
    bot = hybrid_anope.connect(account[0], join=(here,))
    bot.identify(*account)
    observer.send(f"MODE {here} +b {account[0]}!*@*")
    observer.wait_for(r" MODE .*\+b")
    observer.mark()
    found = said(irc(hybrid_anope, account[0], nickserv={"password": account[1]}), [Channel(here)])
    assert f"ok services know the running bot as {account[0]}" in found
    banned = f"{account[0]}!*@*"
    assert f"FAULT the bot is in {here}, but banned ({banned}): /mode {here} -b {banned}" in found
    assert f"FAULT the bot has none in {here}: /msg ChanServ VOP {here} ADD {account[0]}" in found
    assert any(
        line.startswith(f"note the topic of {here} does not say so; an entry message ") for line in found
    )
    assert seen_in(observer) == []


def test_a_nick_in_strange_hands_is_not_taken_by_nickserv(hybrid_anope: IrcServer, name: Name) -> None:
    nick, password = hybrid_anope.register_account(name("bot"))
    hybrid_anope.connect(nick)
    found = said(irc(hybrid_anope, nick, nickserv={"password": password}), [], about="login")
    assert found == [f"note not tried while {nick} is held by somebody else"]


def test_who_asks_everybody_to_identify_may_keep_others_out(hybrid: IrcServer, name: Name) -> None:
    here, there = f"#{name('here')}", f"#{name('there')}"
    op = hybrid.connect(name("op"), join=(here, there))
    for mode in (f"{here} +M", f"{there} +i", f"{there} +I *!*@*"):
        op.send(f"MODE {mode}")
        op.wait_for(" MODE ")
    settings, channels = (
        irc(hybrid, name("bot")),
        [Channel(here), Channel(there, public=False)],
    )
    assert said(settings, channels, about="newcomers")[0].startswith(
        f"FAULT only identified people may speak in {here}"
    )
    found = said(settings, channels, proven_only=True, about="newcomers")
    assert found == ["ok none are kept out or mute in the channels that the bot can enter"]


@pytest.mark.parametrize(
    ("mode", "line"),
    [("R", "only identified people may speak in {} (+R)"), ("r", "{} is for identified people (+r)")],
)
def test_on_solanum_the_letters_mean_something_else(
    mode: str, line: str, hybrid: IrcServer, filtered: Callable[..., Filtered], name: Name
) -> None:
    here = f"#{name('here')}"
    hybrid.connect(name("op"), join=(here,))

    def as_solanum(line: Line, wire: Wire) -> Iterable[str]:  # noqa: ARG001
        """Both letters are set as far as it says."""
        said = line.raw.replace("ircd-hybrid-1:8", "solanum-1.0-dev")
        return (said.replace(f"{here} +nt", f"{here} +nt{mode}") if line.verb == "324" else said,)

    wire = filtered(hybrid.port, from_server=as_solanum)
    found = said(irc(hybrid, name("bot"), port=wire.port), [Channel(here)], about="newcomers")
    assert found == [f"FAULT {line.format(here)}: /mode {here} -{mode}"]


def test_a_forwarded_visit_is_told_and_leaves_where_it_came_to(
    hybrid: IrcServer, filtered: Callable[..., Filtered], name: Name
) -> None:
    here, there, nick = f"#{name('here')}", f"#{name('there')}", name("bot")
    observer = hybrid.connect(name("observer"), join=(here, there))

    def forwards(line: Line, wire: Wire) -> Iterable[str]:
        """As Solanum does with +f."""
        if line.verb == "JOIN":
            wire.to_client(f":irc.lab.test 470 {nick} {here} {there} :Forwarding to another channel")
            return (f"JOIN {there}",)
        return (line.raw,)

    wire = filtered(hybrid.port, from_client=forwards)
    observer.mark()
    found = said(irc(hybrid, nick, port=wire.port), [Channel(here)], about="channels")
    assert found == [f"FAULT {here} sends the bot to {there}: its operators have to let it in"]
    assert [line.split()[1] for line in seen_in(observer)] == ["JOIN", "PART"]


@pytest.mark.parametrize(
    ("hidden", "kind"),
    [
        ("", "ok logins are announced in channels (account-notify, extended-join, WHOX)"),
        ("WHOX", "ok the server is asked at each command (WHOIS 330)"),
        ("WHOX 330", "ok the server names no accounts, but says whose nick it is (WHOIS 307): "),
    ],
)
def test_the_kind_of_proof_is_told_as_the_network_has_it(
    hidden: str, kind: str, hybrid_anope: IrcServer, filtered: Callable[..., Filtered], name: Name
) -> None:
    nick, password = hybrid_anope.register_account(name("bot"))

    def without(line: Line, wire: Wire) -> Iterable[str]:  # noqa: ARG001
        return (
            () if line.verb in hidden.split() else (line.raw.replace(" WHOX ", " " if hidden else " WHOX "),)
        )

    wire = filtered(hybrid_anope.port, from_server=without)
    settings = irc(hybrid_anope, nick, port=wire.port, nickserv={"password": password})
    found = said(settings, [])
    assert f"ok NickServ knows us as {nick}" in found
    assert any(line.startswith(kind) for line in found), found


def test_services_that_left_are_missed_and_what_only_they_say_is_not_made_up(
    own_server: Callable[..., IrcServer], name: Name
) -> None:
    server = own_server("inspircd", "anope")
    here, account = f"#{name('here')}", server.register_account(name("bot"))
    server.connect(name("op"), join=(here,))
    server.stop_services()
    sasl = {"account": account[0], "password": account[1]}
    found = {
        one.about: str(one.grade.value)
        for one in visit(
            irc(server, account[0], sasl=sasl), [Channel(here)], site="http://lab.example", proven_only=False
        )
    }
    assert found == {
        "server": "ok",
        "caps": "ok",
        "login": "FAULT",
        "identity": "ok",
        "nick": "ok",
        "channels": "ok",
        "newcomers": "ok",
    }
