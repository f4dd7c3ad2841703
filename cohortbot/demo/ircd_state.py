"""The state of the demo's IRC network: who is on, where, with which account, and who hears what."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from fnmatch import fnmatchcase

from irc.client import NickMask

from cohortbot.demo.ircd_lines import NUMERICS, Event, Line
from cohortbot.domain import casemap
from cohortbot.domain.casemap import Casemapping

NICK_LENGTH = 30
CHANNEL_LENGTH = 64
CHANNEL_LIMIT = 120  # channels a client may be in

CAPABILITIES: dict[str, str] = {
    "account-notify": "",
    "account-tag": "",
    "away-notify": "",
    "cap-notify": "",
    "echo-message": "",
    "extended-join": "",
    "message-tags": "",
    "multi-prefix": "",
    "sasl": "PLAIN",
    "server-time": "",
    "userhost-in-names": "",
}

REFUSALS: dict[str, str] = {
    "nosuchnick": "No such nick/channel",
    "nosuchchannel": "No such channel",
    "cannotsendtochan": "Cannot send to channel",
    "toomanychannels": "You have joined too many channels",
    "toomanytargets": "Too many targets",
    "noorigin": "No origin specified",
    "invalidcapcmd": "Invalid CAP subcommand",
    "norecipient": "No recipient given",
    "notexttosend": "No text to send",
    "inputtoolong": "Input line was too long",
    "unknowncommand": "Unknown command",
    "nonicknamegiven": "No nickname given",
    "erroneusnickname": f"Erroneous nickname: letters, digits and []\\`_^{{|}}-, at most {NICK_LENGTH}",
    "nicknameinuse": "Nickname is already in use",
    "usernotinchannel": "They are not on that channel",
    "notonchannel": "You are not on that channel",
    "useronchannel": "is already on channel",
    "notregistered": "You have not registered",
    "needmoreparams": "Not enough parameters",
    "alreadyregistered": "You may not reregister",
    "channelisfull": "Cannot join channel (+l)",
    "unknownmode": "is unknown mode char to me",
    "inviteonlychan": "Cannot join channel (+i)",
    "bannedfromchan": "Cannot join channel (+b)",
    "badchannelkey": "Cannot join channel (+k)",
    "badchanmask": "Bad channel name",
    "banlistfull": "Channel ban list is full",
    "noprivileges": "Permission denied: there are no operators here",
    "chanoprivsneeded": "You are not a channel operator",
    "umodeunknownflag": "Unknown MODE flag",
    "usersdontmatch": "Cannot change mode for other users",
    "invalidkey": "Key is not well-formed",
    "saslfail": "SASL authentication failed",
    "sasltoolong": "SASL message too long",
    "saslaborted": "SASL authentication aborted",
    "saslalready": "You have already authenticated using SASL",
}

CASEMAPPING: Casemapping = "ascii"


def fold(name: str) -> str:
    """`name` as this server compares it; the `irc` package's own folding lowers letters beyond ASCII too."""
    return casemap.fold(name, CASEMAPPING)


def matches(mask: str, text: str) -> bool:
    """Whether an IRC mask (`*` any run, `?` any character) fits the whole of `text`, letter case apart."""
    # fnmatch is linear however many stars there are; only its character classes are none of ours.
    return fnmatchcase(fold(text), fold(mask).replace("[", "[[]"))


@dataclass(eq=False)
class Client:
    """One connection; `send` hands bytes to its socket, `hang_up` closes it once they are written."""

    send: Callable[[bytes], None]
    hang_up: Callable[[], None]
    signed_on: datetime
    host: str = "127.0.0.1"
    nick: str = "*"
    user: str = ""
    realname: str = ""
    account: str | None = None
    away: str | None = None
    modes: set[str] = field(default_factory=set)  # letters of "iwB"
    registered: bool = False
    negotiating: bool = False
    gone: bool = False
    cap_version: int = 301
    caps: set[str] = field(default_factory=set)
    channels: dict[str, Channel] = field(default_factory=dict)
    sasl: str | None = None  # base64 gathered so far; None while no exchange is under way
    last_active: datetime | None = None

    @property
    def bot(self) -> bool:
        return "B" in self.modes

    @property
    def mask(self) -> str:
        return str(NickMask.from_params(self.nick, self.user, self.host))


@dataclass(eq=False)
class Channel:
    """A channel while somebody is in it; its creator is its first operator."""

    name: str
    created: datetime
    members: dict[Client, set[str]] = field(default_factory=dict)  # letters of "ov"
    flags: set[str] = field(default_factory=lambda: set("nt"))  # letters of "imnpst"
    key: str | None = None
    limit: int | None = None
    bans: dict[str, tuple[str, datetime]] = field(default_factory=dict)  # mask -> set by, when
    invited: set[Client] = field(default_factory=set)
    topic: str = ""
    topic_by: str = ""
    topic_at: datetime | None = None

    @property
    def hidden(self) -> bool:
        return bool(self.flags & {"s", "p"})

    def is_op(self, client: Client) -> bool:
        return "o" in self.members.get(client, ())

    def is_banned(self, client: Client) -> bool:
        return any(matches(ban, client.mask) for ban in self.bans)

    def may_speak(self, client: Client) -> bool:
        """Operators and the voiced always; others not from outside (+n), under +m or while banned."""
        if self.members.get(client):
            return True
        if client not in self.members and "n" in self.flags:
            return False
        return "m" not in self.flags and not self.is_banned(client)

    def prefixes(self, client: Client, viewer: Client) -> str:
        """`@`, `+`, both if the viewer has multi-prefix, or nothing."""
        marks = "".join(mark for letter, mark in (("o", "@"), ("v", "+")) if letter in self.members[client])
        return marks if "multi-prefix" in viewer.caps else marks[:1]


class Network:
    """All clients, channels and accounts of one server; single-threaded, driven by its event loop.

    `now` is the server's own clock, `boot` makes message ids unique over restarts. `accounts` maps an
    account's name, as it is spelled, to its password.
    """

    def __init__(
        self,
        accounts: dict[str, str],
        now: Callable[[], datetime],
        boot: str,
        name: str = "DemoNet",
        server: str = "irc.demo.local",
    ) -> None:
        self.name = name
        self.server = server
        self.now = now
        self.started = now()
        self.clients: dict[str, Client] = {}
        self.channels: dict[str, Channel] = {}
        self.accounts = {fold(account): (account, password) for account, password in accounts.items()}
        self._msgids = (f"{boot}-{number}" for number in itertools.count(1))

    # -- who is who

    def client(self, nick: str) -> Client | None:
        return self.clients.get(fold(nick))

    def channel(self, name: str) -> Channel | None:
        return self.channels.get(fold(name))

    def login(self, account: str, password: str) -> str | None:
        """The account as it is spelled, or None if there is none of that name or the password is another."""
        spelled, right = self.accounts.get(fold(account), ("", None))
        return spelled if password == right else None

    def set_account(self, client: Client, account: str | None) -> None:
        """Log a client in or out, and tell whoever shares a channel and asked for account-notify."""
        client.account = account
        if account:
            self.reply(client, "loggedin", client.mask, account, f"You are now logged in as {account}")
        else:
            self.reply(client, "loggedout", client.mask, "You are now logged out")
        watching = [other for other in self.sharers(client) if "account-notify" in other.caps]
        self.tell(watching, self.event(client, "ACCOUNT", account or "*"))

    def sharers(self, client: Client) -> set[Client]:
        """Everybody else in any channel of this client."""
        return {member for channel in client.channels.values() for member in channel.members} - {client}

    # -- who hears what

    def event(self, source: Client, verb: str, *params: str, line: Line | None = None) -> Event:
        """What `source` does now; with the `line` that says it, a message with an id and client-only tags."""
        return Event(
            source.mask,
            verb,
            params,
            self.now(),
            account=source.account,
            msgid=next(self._msgids) if line else None,
            bot=source.bot,
            client_tags=line.client_tags if line else (),
        )

    def tell(self, clients: Iterable[Client], event: Event) -> None:
        for client in clients:
            client.send(event.seen_with(client.caps))

    def reply(self, client: Client, numeric: str, *params: str) -> None:
        """A numeric by its name in the `irc` package (`nosuchnick`), addressed to the client."""
        self.say(client, NUMERICS[numeric], client.nick, *params)

    def say(self, client: Client, verb: str, *params: str) -> None:
        """A line from the server itself."""
        self.tell([client], Event(self.server, verb, params, self.now()))

    def refuse(self, client: Client, numeric: str, *about: str) -> None:
        """Why something was not done: the numeric, what it is about, and its sentence."""
        self.reply(client, numeric, *about, REFUSALS[numeric])

    # -- coming and going

    def leave_channel(self, client: Client, channel: Channel) -> None:
        """Take a client out of a channel without a word; an empty channel is gone."""
        channel.members.pop(client, None)
        client.channels.pop(fold(channel.name), None)
        if not channel.members:
            self.channels.pop(fold(channel.name), None)

    def depart(self, client: Client, reason: str) -> None:
        """End a client's stay: those who shared a channel see the QUIT. Twice does no harm."""
        if client.gone:
            return
        client.gone = True
        if client.registered:
            self.tell(self.sharers(client), self.event(client, "QUIT", reason))
        for channel in list(client.channels.values()):
            self.leave_channel(client, channel)
        for channel in self.channels.values():
            channel.invited.discard(client)
        if self.client(client.nick) is client:
            del self.clients[fold(client.nick)]

    def shared_channels(self, client: Client, viewer: Client) -> Iterator[Channel]:
        """The channels of `client` that `viewer` may know of."""
        return (
            channel for channel in client.channels.values() if not channel.hidden or viewer in channel.members
        )
