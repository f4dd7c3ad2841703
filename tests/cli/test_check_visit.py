"""What `check` says about the network: each fault of a real server, or of its absence, with its mend."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from support.ircd import IrcServer
from support.processes import free_port

from cohortbot.commands import visit as visiting
from cohortbot.commands.visit import visit
from cohortbot.config import Irc, Sasl

Name = Callable[[str], str]


def irc(server: IrcServer, nick: str, **settings: Any) -> Irc:
    plain = {"network": "lab", "host": server.host, "port": server.port, "tls": False, "nick": nick}
    return Irc.model_validate({"realname": "Lab mentoring bot", **plain, **settings})


def said(settings: Irc) -> list[str]:
    return [str(finding) for finding in visit(settings)]


def sasl(account: str, password: str) -> Sasl:
    return Sasl(account=account, password=SecretStr(password))


def test_a_server_with_services_lets_us_in(inspircd_anope: IrcServer, name: Name) -> None:
    account, password = inspircd_anope.register_account(name("bot"))
    place = f"{inspircd_anope.host}:{inspircd_anope.port}"
    assert said(irc(inspircd_anope, account, sasl=sasl(account, password))) == [
        f"ok     server:    {place} reached, without TLS",
        f"ok     login:     services know us as {account}",
        f"ok     nick:      {account} is free",
    ]


def test_a_wrong_password_is_told_and_not_shown(inspircd_anope: IrcServer, name: Name) -> None:
    account, _ = inspircd_anope.register_account(name("bot"))
    found = said(irc(inspircd_anope, account, sasl=sasl(account, "not-the-password")))
    assert found[1].startswith(
        f"FAULT  login:     services refuse the password of the account {account}: see irc.sasl"
    )
    assert found[2] == f"ok     nick:      {account} is free"
    assert "not-the-password" not in "".join(found)


def test_a_nick_that_our_own_account_holds_is_the_bot_that_runs(
    inspircd_anope: IrcServer, name: Name
) -> None:
    account = inspircd_anope.register_account(name("bot"))
    inspircd_anope.connect(account[0], sasl=account)
    found = said(irc(inspircd_anope, account[0], sasl=sasl(*account)))
    assert found[2] == f"ok     nick:      {account[0]} is held by our own: the bot is running"


def test_a_nick_that_somebody_else_holds_is_a_fault(inspircd_anope: IrcServer, name: Name) -> None:
    account = inspircd_anope.register_account(name("bot"))
    other = inspircd_anope.register_account(name("mallory"))
    inspircd_anope.connect(account[0], sasl=other)
    found = said(irc(inspircd_anope, account[0], sasl=sasl(*account)))
    assert found[2].startswith(f"FAULT  nick:      {account[0]} is held by tester@")
    assert f"account {other[0]}: have NickServ free it, or change irc.nick" in found[2]


def test_services_that_are_silent_do_not_keep_us_waiting(
    own_server: Callable[..., IrcServer], name: Name, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = own_server("inspircd", "anope")
    account = server.register_account(name("bot"))
    server.freeze_services()
    monkeypatch.setattr(visiting, "SERVICES_WAIT", 0.5)
    found = said(irc(server, account[0], sasl=sasl(*account)))
    assert found[1] == "FAULT  login:     services did not answer within 0.5 s: are they up?"
    assert found[2].startswith("ok ")


def test_without_services_a_login_is_a_fault(inspircd: IrcServer, name: Name) -> None:
    found = said(irc(inspircd, name("bot"), sasl=sasl("a", "b")))
    assert found[1].startswith(
        "FAULT  login:     the server offers no SASL: its services are down, or it has none"
    )


def test_without_services_and_without_a_login_nobody_can_be_proven(inspircd: IrcServer, name: Name) -> None:
    found = said(irc(inspircd, name("bot")))
    assert found[1] == (
        "note   login:     no services here: nobody can be proven, so nobody can act as mentor or organizer"
    )


def test_with_services_and_without_a_login_the_bot_is_anybody(hybrid_anope: IrcServer, name: Name) -> None:
    found = said(irc(hybrid_anope, name("bot")))
    assert found[1].startswith("note   login:     irc.sasl is not set: register the bot with NickServ")


def test_without_a_login_our_own_realname_is_the_bot_that_runs(ngircd: IrcServer, name: Name) -> None:
    nick = name("bot")
    ngircd.connect(nick)  # its realname is its nick
    assert said(irc(ngircd, nick, realname=nick))[2].startswith("ok ")
    assert said(irc(ngircd, nick, realname="Another"))[2].startswith("FAULT ")


def test_a_nick_that_the_server_does_not_take_is_a_fault(ngircd: IrcServer) -> None:
    found = said(irc(ngircd, "x" * 200))
    assert "FAULT  nick:" in found[2]
    assert "irc.nick" in found[2]


def test_nobody_at_the_port() -> None:
    port = free_port()
    settings = Irc(network="lab", host="127.0.0.1", port=port, tls=False, realname="x")
    assert said(settings) == [
        f"FAULT  server:    127.0.0.1:{port}: Connection refused: "
        "see irc.host, irc.port (6697 with TLS, 6667 without)"
    ]


def test_no_such_host() -> None:
    [found] = said(Irc(network="lab", host="irc.invalid", realname="x"))
    assert found.startswith("FAULT  server:    irc.invalid has no address (")


def test_a_server_without_tls_where_tls_is_wanted(
    inspircd: IrcServer, name: Name, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(visiting, "CONNECT_WAIT", 0.5)  # it waits for us as we wait for it
    [found] = said(irc(inspircd, name("bot"), tls=True))
    assert "speaks no TLS there" in found
    assert "see irc.port (6697 is usual), or irc.tls: false" in found


def test_a_certificate_that_nobody_vouches_for(tls_in_front: int) -> None:
    strict = Irc(network="lab", host="127.0.0.1", port=tls_in_front, realname="x")
    [found] = said(strict)
    assert "shows a certificate that cannot be trusted: self-signed certificate" in found
    lenient = said(strict.model_copy(update={"tls_verify": False}))
    assert "reached, TLSv1.3, its certificate was not looked at (irc.tls_verify)" in lenient[0]
    assert lenient[2].startswith("ok ")


def test_a_server_that_turns_us_away_is_quoted(turns_away: int) -> None:
    settings = Irc(network="lab", host="127.0.0.1", port=turns_away, tls=False, realname="x")
    assert said(settings)[1] == "FAULT  login:     the server turned us away: Closing Link (You are banned)"


@pytest.fixture
def turns_away() -> Iterator[int]:
    """The port of a server that says one ERROR to whoever comes."""
    with serving(lambda near: near.sendall(b"ERROR :Closing Link (You are banned)\r\n")) as port:
        yield port


@pytest.fixture
def tls_in_front(inspircd: IrcServer) -> Iterator[int]:
    """The port of inspircd behind TLS, with a certificate that nobody has signed."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(Path(__file__).with_name("untrusted.pem"))

    def relay(plain: socket.socket) -> None:
        with (
            contextlib.suppress(OSError),
            context.wrap_socket(plain, server_side=True) as near,
            socket.create_connection((inspircd.host, inspircd.port)) as far,
        ):
            back = threading.Thread(target=pump, args=(far, near))
            back.start()
            pump(near, far)
            back.join()

    with serving(relay) as port:
        yield port


def pump(source: socket.socket, sink: socket.socket) -> None:
    """Everything from one socket to the other, until either is closed."""
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
    with contextlib.suppress(OSError):
        sink.shutdown(socket.SHUT_RDWR)


@contextlib.contextmanager
def serving(serve: Callable[[socket.socket], None]) -> Iterator[int]:
    """A port on loopback whose every caller is served, one after the other, in a thread."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def accept() -> None:
            with contextlib.suppress(OSError):
                while True:
                    connection, _ = listener.accept()
                    with connection:
                        serve(connection)

        thread = threading.Thread(target=accept)
        thread.start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()
