"""Simulated people on `irc.client`: what they say, and every message that each of them hears on the wire."""

from __future__ import annotations

import select
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from socket import socket

from irc.client import Event, Reactor, ServerConnection

from cohortbot.clock import Clock

LOOPBACK = "127.0.0.1"
GLANCE = timedelta(milliseconds=50)  # how long nobody looks whether the demo is to end


class Login(Enum):
    """How a person proves the account of their nick's name."""

    NONE = auto()
    SASL = auto()
    IDENTIFY = auto()


@dataclass(frozen=True, slots=True)
class Character:
    """Somebody of the story; the password is None for who has no account."""

    nick: str
    realname: str
    login: Login = Login.NONE
    password: str | None = None


@dataclass(frozen=True, slots=True)
class Heard:
    """One message that `by` received: `target` is a channel or `by`, `raw` the line as the server sent it."""

    by: str
    sender: str
    target: str
    text: str
    raw: str
    at: datetime


class _AnyBytes(ServerConnection.buffer_class):
    """Lines of any encoding: what is not UTF-8 does not end the connection."""

    errors = "replace"


class Person:
    """One connection of one character, with a reactor of its own: in a shared one SASL of two would mix."""

    def __init__(
        self, character: Character, port: int, now: Callable[[], datetime], hear: Callable[[Heard], None]
    ) -> None:
        """Connect and begin to log in; ServerConnectionError if nobody listens on the port."""
        self.character = character
        self._welcomed = False
        self._proven = character.login is Login.NONE
        self.seen: dict[str, set[str]] = {}  # channel -> nicks that were there when we entered, or came later
        self._now = now
        self._hear = hear
        self._raw = ""
        self._reactor = Reactor()
        self._connection = self._reactor.server()
        self._connection.buffer_class = _AnyBytes
        for event, handler in self._handlers().items():
            self._reactor.add_global_handler(event, handler)
        self._connect(port)

    def _handlers(self) -> Mapping[str, Callable[[ServerConnection, Event], None]]:
        return {
            "all_raw_messages": self._on_line,
            "pubmsg": self._on_message,
            "privmsg": self._on_message,
            "welcome": self._on_welcome,
            "loggedin": self._on_loggedin,
            "namreply": self._on_names,
            "join": self._on_join,
        }

    def _connect(self, port: int) -> None:
        who = self.character
        sasl = who.login is Login.SASL
        self._connection.connect(
            LOOPBACK,
            port,
            who.nick,
            password=who.password if sasl else None,
            ircname=who.realname,
            sasl_login=who.nick if sasl else None,
        )

    @property
    def ready(self) -> bool:
        """Welcomed, and proven where there is an account."""
        return self._welcomed and self._proven

    @property
    def sockets(self) -> list[socket]:
        """What to wait on with `select`; nothing once the connection is lost."""
        return list(self._reactor.sockets)

    def join(self, channel: str) -> None:
        self._connection.join(channel)

    def say(self, target: str, text: str) -> None:
        """One PRIVMSG to a channel or a nick."""
        self._connection.privmsg(target, text)

    def read(self) -> None:
        """Take in what has arrived, without waiting."""
        if self._reactor.sockets:
            self._reactor.process_once(0)

    def leave(self) -> None:
        self._connection.disconnect("the story is over")

    # -- what the server says

    def _on_line(self, _: ServerConnection, event: Event) -> None:
        self._raw = event.arguments[0]

    def _on_message(self, _: ServerConnection, event: Event) -> None:
        nick = self.character.nick
        text = event.arguments[0]
        self._hear(Heard(nick, event.source.nick, event.target, text, self._raw, self._now()))

    def _on_welcome(self, connection: ServerConnection, _: Event) -> None:
        self._welcomed = True
        if self.character.login is Login.IDENTIFY:
            connection.privmsg("NickServ", f"IDENTIFY {self.character.password}")

    def _on_loggedin(self, _: ServerConnection, event: Event) -> None:  # noqa: ARG002
        self._proven = True

    def _on_names(self, _: ServerConnection, event: Event) -> None:
        _mark, channel, names = event.arguments
        self.seen.setdefault(channel, set()).update(name.lstrip("@+") for name in names.split())

    def _on_join(self, _: ServerConnection, event: Event) -> None:
        self.seen.setdefault(event.target, set()).add(event.source.nick)


class Crowd:
    """All people of the story, in one thread; `heard` is everything that any of them heard, oldest first.

    `interrupt` is called many times a second while the crowd waits: it raises what ends the story.
    `overhear` is told each message as it is heard.
    """

    def __init__(
        self,
        cast: Iterable[Character],
        port: int,
        interrupt: Callable[[], None],
        overhear: Callable[[Heard], None],
    ) -> None:
        self.heard: list[Heard] = []
        self._interrupt = interrupt
        self._overhear = overhear
        now = Clock().now
        self._people = {who.nick: Person(who, port, now, self._hear) for who in cast}

    def _hear(self, heard: Heard) -> None:
        self.heard.append(heard)
        self._overhear(heard)

    def __getitem__(self, nick: str) -> Person:
        return self._people[nick]

    def everybody(self, condition: Callable[[Person], bool]) -> bool:
        return all(condition(person) for person in self._people.values())

    def join(self, channels: Iterable[str]) -> None:
        """Everybody enters all the channels."""
        for person in self._people.values():
            for channel in channels:
                person.join(channel)

    def wait(self, condition: Callable[[], bool], at_most: timedelta) -> bool:
        """Read what comes in until the condition holds; False if it does not within that time."""
        end = Clock.monotonic() + at_most.total_seconds()
        while not condition():
            left = end - Clock.monotonic()
            if left <= 0:
                return False
            self._read(min(left, GLANCE.total_seconds()))
        return True

    def pause(self, length: timedelta) -> None:
        """Let time pass, reading what comes in."""
        self.wait(lambda: False, length)

    def leave(self) -> None:
        for person in self._people.values():
            person.leave()

    def _read(self, seconds: float) -> None:
        self._interrupt()
        sockets = [one for person in self._people.values() for one in person.sockets]
        select.select(sockets, [], [], seconds)
        for person in self._people.values():
            person.read()
