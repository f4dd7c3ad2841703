"""What `check` says about the network: each fault of a real server, or of its absence, with its mend."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from support.bytesd import ByteServer
from support.certificates import serving
from support.ircd import IrcServer
from support.processes import free_port
from support.tls_front import TlsFront

from cohortbot.commands.visit import connection, login, visit
from cohortbot.config import Irc, Sasl

Name = Callable[[str], str]


def irc(server: IrcServer, nick: str, **settings: Any) -> Irc:
    plain = {"network": "lab", "host": server.host, "port": server.port, "tls": False, "nick": nick}
    return Irc.model_validate({"realname": "Lab mentoring bot", **plain, **settings})


def said(settings: Irc) -> dict[str, str]:
    """What was found without any channel, by what it is about."""
    findings = visit(settings, [], site="http://lab.example", proven_only=False)
    return {finding.about: f"{finding.grade.value} {finding.said}" for finding in findings}


def sasl(account: str, password: str) -> Sasl:
    return Sasl(account=account, password=SecretStr(password))


def test_a_server_with_services_lets_us_in(inspircd_anope: IrcServer, name: Name) -> None:
    account, password = inspircd_anope.register_account(name("bot"))
    place = f"{inspircd_anope.host}:{inspircd_anope.port}"
    found = said(irc(inspircd_anope, account, sasl=sasl(account, password)))
    assert list(found) == ["server", "caps", "login", "identity", "nick", "channels"]
    assert found["server"] == f"ok {place} reached, without TLS"
    assert found["login"] == f"ok services know us as {account}"
    assert found["nick"] == f"ok {account} is free"


def test_a_wrong_password_is_told_and_not_shown(inspircd_anope: IrcServer, name: Name) -> None:
    account, _ = inspircd_anope.register_account(name("bot"))
    found = said(irc(inspircd_anope, account, sasl=sasl(account, "not-the-password")))
    assert found["login"].startswith(
        f"FAULT irc.sasl: services refuse the password of the account {account} ("
    )
    assert found["nick"] == f"ok {account} is free"
    assert "not-the-password" not in "".join(found.values())


def test_a_nick_that_our_own_account_holds_is_the_bot_that_runs(
    inspircd_anope: IrcServer, name: Name
) -> None:
    account = inspircd_anope.register_account(name("bot"))
    inspircd_anope.connect(account[0], sasl=account)
    found = said(irc(inspircd_anope, account[0], sasl=sasl(*account)))
    assert found["nick"] == f"ok {account[0]} is held by our own: the bot is running"


def test_a_nick_that_somebody_else_holds_is_a_fault(inspircd_anope: IrcServer, name: Name) -> None:
    account = inspircd_anope.register_account(name("bot"))
    other = inspircd_anope.register_account(name("mallory"))
    inspircd_anope.connect(account[0], sasl=other)
    found = said(irc(inspircd_anope, account[0], sasl=sasl(*account)))
    assert found["nick"].startswith(f"FAULT {account[0]} is held by tester@")
    assert f"account {other[0]}: have NickServ free it, or change irc.nick" in found["nick"]


def test_services_that_are_silent_do_not_keep_us_waiting(
    own_server: Callable[..., IrcServer], name: Name, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = own_server("inspircd", "anope")
    account = server.register_account(name("bot"))
    server.freeze_services()
    monkeypatch.setattr(login, "SERVICES_WAIT", 0.5)
    found = said(irc(server, account[0], sasl=sasl(*account)))
    assert found["login"] == "FAULT services did not answer within 0.5 s: are they up?"
    assert found["nick"].startswith("ok ")


def test_without_services_a_login_is_a_fault(inspircd: IrcServer, name: Name) -> None:
    found = said(irc(inspircd, name("bot"), sasl=sasl("a", "b")))
    assert found["login"].startswith("FAULT the server offers no SASL: its services are down, or it has none")


def test_without_services_and_without_a_login_nobody_can_be_proven(inspircd: IrcServer, name: Name) -> None:
    found = said(irc(inspircd, name("bot")))
    assert found["login"] == "ok none is needed: the network has no services"
    assert found["identity"].startswith(
        "note NOBODY CAN BE PROVEN HERE, so nobody can act as mentor or organizer"
    )


def test_with_services_and_without_a_login_the_bot_is_anybody(hybrid_anope: IrcServer, name: Name) -> None:
    found = said(irc(hybrid_anope, name("bot")))
    assert found["login"].startswith("note irc.sasl is not set: register the bot with NickServ")


def test_without_a_login_our_own_realname_is_the_bot_that_runs(ngircd: IrcServer, name: Name) -> None:
    nick = name("bot")
    ngircd.connect(nick)  # its realname is its nick
    assert said(irc(ngircd, nick, realname=nick))["nick"].startswith("ok ")
    assert said(irc(ngircd, nick, realname="Another"))["nick"].startswith("FAULT ")


def test_a_nick_that_the_server_does_not_take_is_a_fault(ngircd: IrcServer) -> None:
    found = said(irc(ngircd, "x" * 200))
    assert found["nick"].startswith("FAULT ")
    assert "irc.nick" in found["nick"]


def test_nobody_at_the_port() -> None:
    port = free_port()
    settings = Irc(network="lab", host="127.0.0.1", port=port, tls=False, realname="x")
    assert said(settings) == {
        "server": f"FAULT 127.0.0.1:{port}: Connection refused: "
        "see irc.host, irc.port (6697 with TLS, 6667 without)"
    }


def test_no_such_host() -> None:
    found = said(Irc(network="lab", host="irc.invalid", realname="x"))
    assert list(found) == ["server"]
    assert found["server"].startswith("FAULT irc.invalid has no address (")


def test_a_server_without_tls_where_tls_is_wanted(
    inspircd: IrcServer, name: Name, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "CONNECT_WAIT", 0.5)  # it waits for us as we wait for it
    found = said(irc(inspircd, name("bot"), tls=True))
    assert list(found) == ["server"]
    assert "no TLS there within 0.5 s" in found["server"]
    assert "see irc.port (6697 is usual), or irc.tls: false" in found["server"]


def test_any_certificate_will_do_where_it_is_not_looked_at(ngircd: IrcServer) -> None:
    front = TlsFront(ngircd.port, serving(Path(__file__).with_name("untrusted.pem")))
    found = said(Irc(network="lab", host=front.host, port=front.port, tls_verify=False, realname="x"))
    assert found["server"].endswith("reached, TLSv1.3, its certificate was not looked at (irc.tls_verify)")
    assert found["nick"].startswith("ok ")
    front.close()


def test_a_server_that_turns_us_away_is_quoted() -> None:
    server = ByteServer()
    server.greeting = b"ERROR :Closing Link (You are banned)\r\n"
    settings = Irc(network="lab", host=server.host, port=server.port, tls=False, realname="x")
    assert said(settings)["login"] == "FAULT the server turned us away: Closing Link (You are banned)"
    server.close()
