"""The wire with a filter in it passes what it is told to, in order, and can be cut and mended."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from support.client import Client, Line
from support.filtered import Filtered, Wire
from support.ircd import IrcServer

Name = Callable[[str], str]
MakeWire = Callable[..., Filtered]


def through(wire: Filtered, nick: str) -> Client:
    """Somebody logged on over the wire."""
    return Client(wire.host, wire.port, nick).register()


def test_without_a_filter_everything_passes(hybrid: IrcServer, filtered: MakeWire, name: Name) -> None:
    ada, bob = through(filtered(hybrid.port), name("ada")), hybrid.connect(name("bob"))
    bob.send_bytes(f"PRIVMSG {ada.nick} :na\u00efve \u2713 ".encode() + b"\xff\r\n")
    assert ada.expect(bob.nick, ada.nick, "na\u00efve \u2713").text.endswith("\ufffd")
    ada.quit()


def test_a_filter_swallows_and_changes_what_the_server_says(
    hybrid: IrcServer, filtered: MakeWire, name: Name
) -> None:
    def with_313(line: Line, _: Wire) -> Iterable[str]:
        if line.verb == "312":
            return (line.raw, f":lab 313 {line.params[0]} {line.params[1]} :is what the test says")
        return () if line.verb == "311" else (line.raw,)

    ada = through(filtered(hybrid.port, from_server=with_313), name("ada"))
    ada.send(f"WHOIS {ada.nick}")
    verbs = [line.verb for line in ada.heard_until(lambda line: line.verb == "318")]
    assert "311" not in verbs
    assert verbs[verbs.index("312") + 1] == "313"
    ada.quit()


def test_a_filter_answers_in_the_servers_place(hybrid: IrcServer, filtered: MakeWire, name: Name) -> None:
    """As Solanum does, which drops what goes to too many people."""

    def only_one(line: Line, wire: Wire) -> Iterable[str]:
        if line.verb == "PRIVMSG" and line.target != bob.nick:
            wire.to_client(f":lab 707 {ada.nick} {line.target} :Targets changing too fast, message dropped")
            return ()
        return (line.raw,)

    bob, cy = hybrid.connect_all(name("bob"), name("cy"))
    ada = through(filtered(hybrid.port, from_client=only_one), name("ada"))
    ada.say(cy.nick, "hello")
    ada.wait_for(lambda line: line.verb == "707" and line.params[1] == cy.nick)
    ada.say(bob.nick, "hello")
    bob.expect(ada.nick, bob.nick, "hello")
    ada.say(bob.nick, "bye")
    bob.expect(ada.nick, bob.nick, "bye")
    assert cy.said_by(ada.nick) == []
    ada.quit()


def test_a_cut_wire_ends_its_connections_until_it_is_mended(
    hybrid: IrcServer, filtered: MakeWire, name: Name
) -> None:
    wire = filtered(hybrid.port)
    ada = through(wire, name("ada"))
    wire.cut()
    ada.wait_closed()
    Client(wire.host, wire.port, name("bob")).wait_closed()
    wire.mend()
    through(wire, name("cy")).quit()
