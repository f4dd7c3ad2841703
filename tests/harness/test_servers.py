"""Each real server answers a client and has what other tests count on: accounts, capabilities, pace."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from support.client import Client, parse
from support.ircd import IrcServer

Name = Callable[[str], str]

ALONE = ["inspircd", "inspircd_default", "hybrid", "ngircd"]
WITH_SERVICES = [
    "inspircd_anope",
    "inspircd_atheme",
    "inspircd_default_anope",
    "hybrid_anope",
    "ngircd_anope",
]


@pytest.fixture(params=ALONE + WITH_SERVICES)
def any_server(request: pytest.FixtureRequest) -> IrcServer:
    server: IrcServer = request.getfixturevalue(request.param)
    return server


@pytest.fixture(params=WITH_SERVICES)
def server_with_services(request: pytest.FixtureRequest) -> IrcServer:
    server: IrcServer = request.getfixturevalue(request.param)
    return server


def whois_account(asker: Client, nick: str) -> str | None:
    """The account that WHOIS 330 names, or None."""
    asker.send(f"WHOIS {nick}")
    lines = asker.heard_until(lambda line: line.verb == "318")
    return next((line.params[2] for line in lines if line.verb == "330"), None)


def whox_account(asker: Client, nick: str) -> str:
    """The account that WHOX names, "0" for none."""
    asker.send(f"WHO {nick} %na")
    return asker.wait_for(lambda line: line.verb == "354").text


def test_two_people_talk_on_every_server(any_server: IrcServer, name: Name) -> None:
    channel = f"#{name('talk')}"
    ada, bob = any_server.connect_all(name("ada"), name("bob"), join=(channel,))
    ada.say(channel, "good morning")
    assert bob.expect(ada.nick, channel, "good morning").text == "good morning"


def test_people_register_and_identify_with_services(server_with_services: IrcServer, name: Name) -> None:
    account = server_with_services.register_account(name("ada"))
    ada, bob = server_with_services.connect_all(name("ada"), name("bob"))
    assert whois_account(bob, ada.nick) is None
    ada.identify(*account)
    assert whois_account(bob, ada.nick) == account[0]


@pytest.mark.parametrize("kind", ["inspircd_anope", "inspircd_atheme"])
def test_sasl_logs_in_before_the_welcome(kind: str, name: Name, request: pytest.FixtureRequest) -> None:
    server: IrcServer = request.getfixturevalue(kind)
    account = server.register_account(name("ada"))
    ada = server.connect(name("anna"), sasl=account)
    assert whois_account(ada, ada.nick) == account[0]


def test_sasl_refuses_a_wrong_password(inspircd_anope: IrcServer, name: Name) -> None:
    account, _ = inspircd_anope.register_account(name("ada"))
    ada = inspircd_anope.open(name("ada"))
    ada.send("CAP REQ :sasl")
    ada.send("AUTHENTICATE PLAIN")
    ada.wait_for(r"^AUTHENTICATE :?\+")
    ada.send("AUTHENTICATE YQBhAHdyb25n")
    ada.wait_for(lambda line: line.verb == "904")
    assert account


def test_inspircd_offers_what_modern_clients_ask_for(inspircd: IrcServer, name: Name) -> None:
    offered = inspircd.open(name("ada")).offered()
    assert offered >= {
        "account-tag", "account-notify", "extended-join", "server-time", "message-tags", "echo-message",
        "labeled-response", "batch", "chghost", "away-notify", "multi-prefix", "cap-notify", "setname",
        "userhost-in-names",
    }  # fmt: skip
    assert "sasl" not in offered


def test_hybrid_has_no_account_tag_and_no_server_time(hybrid: IrcServer, name: Name) -> None:
    offered = hybrid.open(name("ada")).offered()
    assert {"account-notify", "extended-join", "multi-prefix"} <= offered
    assert not {"account-tag", "server-time", "echo-message", "sasl"} & offered


def test_ngircd_offers_multi_prefix_alone(ngircd: IrcServer, name: Name) -> None:
    assert ngircd.open(name("ada")).offered() == {"multi-prefix"}


def test_inspircd_tags_what_an_account_says_in_a_channel_and_in_private(
    inspircd_anope: IrcServer, name: Name
) -> None:
    account = inspircd_anope.register_account(name("ada"))
    channel = f"#{name('c')}"
    bob = inspircd_anope.connect(name("bob"), caps=("account-tag",), join=(channel,))
    ada = inspircd_anope.connect(name("ada"), sasl=account, join=(channel,))
    ada.say(channel, "in the channel")
    assert bob.expect(ada.nick, channel).tags["account"] == account[0]
    ada.part(channel)
    ada.say(bob.nick, "in private")
    assert bob.expect(ada.nick, bob.nick).tags["account"] == account[0]


def test_whox_names_the_account_on_inspircd_and_hybrid(
    inspircd_anope: IrcServer, hybrid_anope: IrcServer, name: Name
) -> None:
    for server in (inspircd_anope, hybrid_anope):
        account = server.register_account(name("ada"))
        ada, bob = server.connect_all(name("ada"), name("bob"))
        assert whox_account(bob, ada.nick) == "0"
        ada.identify(*account)
        assert whox_account(bob, ada.nick) == account[0]


def test_hybrid_announces_a_login_and_a_join_with_its_account(hybrid_anope: IrcServer, name: Name) -> None:
    account = hybrid_anope.register_account(name("ada"))
    channel = f"#{name('c')}"
    bob = hybrid_anope.connect(name("bob"), caps=("account-notify", "extended-join"), join=(channel,))
    ada = hybrid_anope.connect(name("ada"), join=(channel,))
    assert bob.wait_for(lambda line: line.verb == "JOIN" and line.nick == ada.nick).params[1] == "*"
    ada.identify(*account)
    assert bob.wait_for(lambda line: line.verb == "ACCOUNT").text == account[0]


def test_ngircd_shows_an_account_in_whois_alone(ngircd_anope: IrcServer, name: Name) -> None:
    account = ngircd_anope.register_account(name("ada"))
    ada, bob = ngircd_anope.connect_all(name("ada"), name("bob"))
    ada.identify(*account)
    assert whois_account(bob, ada.nick) == account[0]
    bob.send(f"WHO {ada.nick} %na")
    assert not [line for line in bob.heard_until(lambda line: line.verb == "315") if line.verb == "354"]


def test_default_throttling_lets_a_burst_through_and_then_a_line_a_second(
    inspircd_default: IrcServer, name: Name
) -> None:
    channel = f"#{name('c')}"
    ada, bob = inspircd_default.connect_all(name("ada"), name("bob"), join=(channel,))
    start = time.monotonic()
    for number in range(14):
        ada.say(channel, f"line {number}")
    bob.expect(ada.nick, channel, "line 13")
    assert 2 < time.monotonic() - start < 10


def test_default_throttling_throws_out_who_sends_400_lines_at_once(
    inspircd_default: IrcServer, name: Name
) -> None:
    ada = inspircd_default.connect(name("ada"))
    ada.send_bytes(
        b"".join(b"PRIVMSG nobody :line %d, and some more words\r\n" % number for number in range(400))
    )
    ada.wait_for("RecvQ exceeded")


def test_backstage_is_not_held_to_the_pace_of_people(inspircd_default: IrcServer) -> None:
    backstage = inspircd_default.backstage()
    start = time.monotonic()
    for number in range(100):
        backstage.send(f"PING {number}")
    backstage.wait_for(lambda line: line.verb == "PONG" and line.text == "99")
    assert time.monotonic() - start < 2


def test_a_server_comes_back_on_its_port_with_its_accounts(
    own_server: Callable[..., IrcServer], name: Name
) -> None:
    server = own_server("inspircd", "anope")
    account = server.register_account(name("ada"))
    ada = server.connect(name("ada"), sasl=account)
    server.stop()
    ada.wait_closed()
    server.start()
    again = server.connect(name("ada"), sasl=account)
    assert whois_account(again, again.nick) == account[0]


def test_a_frozen_server_answers_again_when_thawed(own_server: Callable[..., IrcServer], name: Name) -> None:
    server = own_server("ngircd")
    ada = server.connect(name("ada"))
    server.freeze()
    ada.send("PING frozen")
    assert not [line for line in ada.heard() if line.text == "frozen"]
    server.thaw()
    ada.wait_for(lambda line: line.verb == "PONG" and line.text == "frozen")


def test_inspircd_offers_sasl_only_while_services_are_linked(
    own_server: Callable[..., IrcServer], name: Name
) -> None:
    server = own_server("inspircd", "anope")
    ada = server.open(name("ada"))
    assert "sasl" in ada.offered()
    server.stop_services()
    assert "sasl" not in ada.offered()
    server.start_services()
    assert "sasl" in ada.offered()


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("PING :a b", ("", "PING", ["a b"], {})),
        (":n!u@h PRIVMSG #c :", ("n", "PRIVMSG", ["#c", ""], {})),
        ("@a=1;b=x\\sy\\:;c :irc.test 001 me", ("", "001", ["me"], {"a": "1", "b": "x y;", "c": ""})),
        ("", ("", "", [], {})),
    ],
    ids=["trailing", "empty text", "tags", "nothing"],
)
def test_the_test_client_takes_lines_apart(raw: str, expected: tuple[object, ...]) -> None:
    line = parse(raw, datetime.now(UTC))
    assert (line.nick, line.verb, line.params, line.tags) == expected
