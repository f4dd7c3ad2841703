"""From a line of the protocol to lines of the channel log, written before anything acts on them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from cohortbot.chatlog import discretion
from cohortbot.chatlog.discretion import OffTheRecord, SecretRemoved
from cohortbot.chatlog.files import ChatLog
from cohortbot.chatlog.line import Event, Join, Kick, Mode, Part, Quit, Rename, Topic, stamp
from cohortbot.chatlog.plain import plain
from cohortbot.domain.message import LogAddress
from cohortbot.irc import wire
from cohortbot.irc.network import Network
from cohortbot.irc.people import People


@dataclass(frozen=True, slots=True)
class Heard:
    """When a line came: `tag` is the server's time (moved as our clock is), `arrival` ours."""

    arrival: datetime
    tag: datetime | None = None
    replayed: bool = False


@dataclass(frozen=True, slots=True)
class Written:
    """What became of a line: `address` is None where nothing was written; `secret` if it told a password."""

    address: LogAddress | None = None
    secret: bool = False


_NOTHING = Written()


class Journal:
    """Writes what happens in our channels; asked before `people` follow a line, so that QUIT has channels."""

    def __init__(self, log: ChatLog, off_record_prefix: str, network: Network, people: People) -> None:
        self._log = log
        self._off_record_prefix = off_record_prefix
        self._network = network
        self._people = people

    def write(self, message: wire.Message, heard: Heard) -> Written:
        """Every line that this message makes in a log; the last one's fate."""
        written = _NOTHING
        if message.verb in ("PRIVMSG", "NOTICE"):
            return self._said(message, heard)
        for channel, event in self._events(message):
            written = self._append(channel, event, message.msgid, heard)
        return written

    def own(self, target: str, text: str, arrival: datetime) -> LogAddress | None:
        """A line of ours that the server will not echo, as it leaves."""
        message = wire.Message({}, self._people.own_nick, "PRIVMSG", (target, text))
        return self._said(message, Heard(arrival)).address

    def _said(self, message: wire.Message, heard: Heard) -> Written:
        nick = _name(message.nick)
        if len(message.params) < 2 or not nick or (message.nick == message.source and "." in nick):
            return _NOTHING  # a server's own notices are no talk
        event = discretion.said(
            "PRIVMSG" if message.verb == "PRIVMSG" else "NOTICE",
            nick,
            message.params[0],
            message.params[-1],
            channel_types=self._network.channel_types,
            status_prefixes=self._network.status_prefixes,
        )
        if event is None:
            return _NOTHING
        return self._append(message.params[0], event, message.msgid, heard)

    def _append(self, channel: str, event: Event, msgid: str | None, heard: Heard) -> Written:
        """Write what happened in one of our channels; from others there is nothing to hear."""
        decided = discretion.publishable(event, self._off_record_prefix, self._network.mode_letters)
        if isinstance(decided, OffTheRecord):
            return _NOTHING
        key = self._network.fold(channel)
        if not self._is_ours(key, event):
            return _NOTHING
        if heard.replayed:
            address = self._log.replay(key, decided.event, heard.tag, heard.arrival, msgid)
        else:
            address = self._log.append(key, decided.event, stamp(heard.tag, heard.arrival), msgid)
        return Written(address, isinstance(decided, SecretRemoved))

    def _is_ours(self, channel: str, event: Event) -> bool:
        if channel in self._people.channels:
            return True
        return (
            isinstance(event, Join) and self._people.is_me(event.nick) and self._network.is_channel(channel)
        )

    def _events(self, message: wire.Message) -> Iterator[tuple[str, Event]]:
        nick, first = _name(message.nick), message.param(0)
        if not nick or (not _name(first) and message.verb != "QUIT"):
            return
        match message.verb:
            case "JOIN":
                yield first, Join(nick, _name(first))
            case "PART":
                yield first, Part(nick, _name(first), message.param(1) or None)
            case "KICK" if _name(message.param(1)):
                yield first, Kick(_name(message.param(1)), nick, message.param(2) or None)
            case "MODE" if self._network.is_channel(first):
                yield first, Mode(nick, " ".join(message.params[1:]))
            case "TOPIC":
                yield first, Topic(nick, message.param(1))
            case "QUIT":
                for channel in self._channels_of(message.nick):
                    yield channel, Quit(nick, first or None)
            case "NICK":
                for channel in self._channels_of(message.nick):
                    yield channel, Rename(nick, _name(first))

    def _channels_of(self, nick: str) -> list[str]:
        person = self._people.find(nick)
        return [] if person is None else sorted(person.channels)


def _name(word: str) -> str:
    """A nick or a channel as a log holds it, without blanks and control codes; '' where nothing is left."""
    return plain(word).replace(" ", "")
