"""Who is here: the connections we see, the channels they share with us, and what is known of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from weakref import WeakValueDictionary

from cohortbot.irc import wire
from cohortbot.irc.network import Network, mode_changes

WHOX_FIELDS = "%tcuhnfar"
WHOX_TYPE = "771"  # marks the replies to our own WHO
UNSEEN_FOR = 3600.0  # seconds that somebody who shares no channel with us is remembered after their last word
# More than any real network shows to one client; whoever comes on top of them is not kept in mind.
MOST_CHANNELS = 1_000
MOST_HERE = 50_000
MOST_UNSEEN = 5_000
_BOT_TAGS = frozenset({"bot", "draft/bot", "inspircd.org/bot"})


@dataclass(eq=False, slots=True, weakref_slot=True)
class Connection:
    """One connection to the network. `id` is opaque, the same through NICK, and unique over restarts.

    `account` says nothing until `account_known`; then None is logged out. `channels` maps those shared with
    us, as the casemapping lowers them, to the mode letters of what they are there ("o").
    """

    id: str
    nick: str
    mask: str
    account: str | None = None
    account_known: bool = False
    bot: bool = False
    channels: dict[str, str] = field(default_factory=dict)
    heard_at: float = 0.0


class People:
    """What JOIN, NAMES, WHO and the rest tell about people, on one connection of ours.

    A connection lasts while we see it: QUIT, a netsplit, or leaving the last channel shared with us end it.
    Who shares none is remembered by nick and user@host for UNSEEN_FOR, so that somebody who signs up in
    private and then enters the channel stays the same connection. `logged_in` is called with a connection
    that was seen to log in.
    """

    def __init__(
        self, network: Network, new_id: Callable[[], str], logged_in: Callable[[Connection], None]
    ) -> None:
        self.own_nick = ""
        self.own_mask = ""  # user@host as others see us, '' until it was seen
        self.channels: dict[str, str] = {}  # ours, as lowered -> as spelled
        self._network = network
        self._new_id = new_id
        self._logged_in = logged_in
        self._here: dict[str, Connection] = {}
        self._unseen: dict[str, Connection] = {}  # whoever spoke last is the last
        self._ids: WeakValueDictionary[str, Connection] = WeakValueDictionary()

    # Who somebody is

    def find(self, nick: str) -> Connection | None:
        """Whoever bears this nick now and is in sight."""
        return self._here.get(self._network.fold(nick))

    def by_id(self, connection: str) -> Connection | None:
        """A connection that is in sight, or spoke to us lately."""
        person = self._ids.get(connection)
        return person if person is not None and self.is_here(person) else None

    def by_account(self, account: str) -> Connection | None:
        """Somebody in sight who is logged in to this account."""
        key = self._network.fold(account)
        for person in list(self._here.values()):
            if person.account is not None and self._network.fold(person.account) == key:
                return person
        return None

    def in_channel(self, channel: str) -> list[Connection]:
        """Everybody in one of our channels, ourselves included."""
        key = self._network.fold(channel)
        return [person for person in list(self._here.values()) if key in person.channels]

    def has_voice_with(self, nick: str) -> bool:
        """Whether we are more than a guest (voiced, op) in a channel that they are in too."""
        me, person = self.find(self.own_nick), self.find(nick)
        if me is None or person is None:
            return False
        return any(rank and channel in person.channels for channel, rank in me.channels.items())

    def is_me(self, nick: str) -> bool:
        if len(nick) != len(self.own_nick):  # true of most, and costs nothing
            return False
        return self._network.fold(nick) == self._network.fold(self.own_nick)

    def speaker(self, message: wire.Message, now: float) -> Connection:
        """The connection that a line came from; its tags say whether it is a bot and who is logged in."""
        key = self._network.fold(message.nick)
        mask = message.mask
        person = self._here.get(key)
        if person is None:
            person = self._unseen_speaker(key, message, now)
        elif mask:
            person.mask = mask
        person.heard_at = now
        if not _BOT_TAGS.isdisjoint(message.tags):
            person.bot = True
        if self._network.names_accounts:
            self._know(person, message.tags.get("account"))
        return person

    def _unseen_speaker(self, key: str, message: wire.Message, now: float) -> Connection:
        person = self._unseen.pop(key, None)
        if person is None or person.mask != message.mask or now - person.heard_at > UNSEEN_FOR:
            person = self._new(message.nick, message.mask)
        self._unseen[key] = person
        while (oldest := next(iter(self._unseen))) != key:
            if len(self._unseen) <= MOST_UNSEEN and now - self._unseen[oldest].heard_at <= UNSEEN_FOR:
                break
            del self._unseen[oldest]
        return person

    def _new(self, nick: str, mask: str) -> Connection:
        person = Connection(self._new_id(), nick, mask)
        self._ids[person.id] = person
        return person

    def is_here(self, person: Connection) -> bool:
        """Whether this very connection still bears its nick, as far as we see."""
        key = self._network.fold(person.nick)
        return person in (self._here.get(key), self._unseen.get(key))

    def forget_unseen(self, nick: str) -> None:
        """The server says that nobody bears this nick."""
        self._unseen.pop(self._network.fold(nick), None)

    def forget_accounts(self) -> None:
        """Who is logged in was not announced for a while, or is not any more: nothing is known of anybody."""
        for person in (*self._here.values(), *self._unseen.values()):
            person.account, person.account_known = None, False

    # What the server tells

    def hear(self, message: wire.Message) -> None:
        """Follow one line; verbs that tell nothing about people are passed over."""
        follow = _FOLLOW.get(message.verb)
        if follow is not None:
            follow(self, message)

    def _join(self, message: wire.Message) -> None:
        channel = self._network.fold(message.param(0))
        if self.is_me(message.nick) and self._may_enter(channel):
            self.channels[channel] = message.param(0)
            self.own_mask = message.mask
        if channel not in self.channels:
            return
        person = self._enter(message.nick, message.mask)
        person.channels.setdefault(channel, "")
        if not _BOT_TAGS.isdisjoint(message.tags):
            person.bot = True
        if "extended-join" in self._network.caps and len(message.params) > 1:
            self._know(person, message.param(1), quietly=True)
        elif self._network.names_accounts:
            self._know(person, message.tags.get("account"), quietly=True)

    def _may_enter(self, channel: str) -> bool:
        known = channel in self.channels or len(self.channels) < MOST_CHANNELS
        return known and self._network.is_channel(channel)

    def _part(self, message: wire.Message) -> None:
        self._leave(message.nick, message.param(0))

    def _kick(self, message: wire.Message) -> None:
        self._leave(message.param(1), message.param(0))

    def _quit(self, message: wire.Message) -> None:
        self._here.pop(self._network.fold(message.nick), None)
        self._unseen.pop(self._network.fold(message.nick), None)

    def _nick(self, message: wire.Message) -> None:
        new = message.param(0)
        if not new:
            return
        if self.is_me(message.nick):
            self.own_nick = new
        person = self._here.pop(self._network.fold(message.nick), None)
        if person is not None:
            person.nick = new
            self._here[self._network.fold(new)] = person
            self._unseen.pop(self._network.fold(new), None)

    def _account(self, message: wire.Message) -> None:
        person = self.find(message.nick)
        if person is not None:
            person.account_known = True
            self._know(person, message.param(0))

    def _cap(self, message: wire.Message) -> None:
        """What was known by a capability that the server takes back may be wrong from now on."""
        if message.param(1).upper() == "DEL":
            for person in self._here.values():
                person.account, person.account_known = None, False

    def _chghost(self, message: wire.Message) -> None:
        mask = f"{message.param(0)}@{message.param(1)}"
        person = self.find(message.nick)
        if person is not None:
            person.mask = mask
        if self.is_me(message.nick):
            self.own_mask = mask

    def _visible_host(self, message: wire.Message) -> None:
        """`:server 396 me host :is now your visible host`"""
        user = self.own_mask.partition("@")[0]
        if user:
            self.own_mask = f"{user}@{message.param(1)}"

    def _names(self, message: wire.Message) -> None:
        """`:server 353 me = #channel :@op +voiced nick!user@host`"""
        channel = self._network.fold(message.param(2))
        if channel not in self.channels:
            return
        ranks = self._network.ranks
        for word in message.text.split():
            name = word.lstrip("".join(ranks))
            nick, _, mask = name.partition("!")
            if nick:
                person = self._enter(nick, mask)
                person.channels[channel] = "".join(ranks[sign] for sign in word[: len(word) - len(name)])

    def _whox(self, message: wire.Message) -> None:
        """`:server 354 me 771 #channel user host nick flags account :realname`"""
        if len(message.params) < 8 or message.param(1) != WHOX_TYPE:
            return
        _, _, _, user, host, nick, flags, account = message.params[:8]
        person = self._noted(nick, f"{user}@{host}", flags)
        if person is not None:
            self._know(person, account, quietly=True)

    def _who(self, message: wire.Message) -> None:
        """`:server 352 me #channel user host server nick flags :hops realname`"""
        if len(message.params) >= 7:
            _, _, user, host, _, nick, flags = message.params[:7]
            self._noted(nick, f"{user}@{host}", flags)

    def _noted(self, nick: str, mask: str, flags: str) -> Connection | None:
        person = self.find(nick)
        if person is not None:
            person.mask = mask
            person.bot = person.bot or bool(self._network.bot_flag and self._network.bot_flag in flags)
            if self.is_me(nick):
                self.own_mask = mask
        return person

    def _mode(self, message: wire.Message) -> None:
        channel = self._network.fold(message.param(0))
        letters = self._network.mode_letters
        if channel not in self.channels:
            return
        for sign, letter, nick in mode_changes(message.params[1:], letters):
            person = self.find(nick) if letter in letters.ranks else None
            if person is not None and channel in person.channels:
                held = person.channels[channel].replace(letter, "")
                person.channels[channel] = held + letter if sign == "+" else held

    # Within

    def _enter(self, nick: str, mask: str) -> Connection:
        key = self._network.fold(nick)
        person = self._here.get(key)
        if person is None:
            person = self._unseen.pop(key, None)
            if person is None or (mask and person.mask != mask):
                person = self._new(nick, mask)
            if len(self._here) < MOST_HERE or self.is_me(nick):
                self._here[key] = person
        person.nick = nick
        person.mask = mask or person.mask
        return person

    def _leave(self, nick: str, channel: str) -> None:
        key = self._network.fold(channel)
        if self.is_me(nick):
            self.channels.pop(key, None)
            for person in list(self._here.values()):
                self._out_of(person, key)
        elif (left := self.find(nick)) is not None:
            self._out_of(left, key)

    def _out_of(self, person: Connection, channel: str) -> None:
        person.channels.pop(channel, None)
        if not person.channels:
            self._here.pop(self._network.fold(person.nick), None)

    def _know(self, person: Connection, account: str | None, *, quietly: bool = False) -> None:
        """`account` as the server names it; None, `*`, `0` and nothing are logged out."""
        named = account_of(account)
        before, was_known = person.account, person.account_known
        person.account, person.account_known = named, True
        if named is not None and named != before and was_known and not quietly:
            self._logged_in(person)


_FOLLOW: dict[str, Callable[[People, wire.Message], None]] = {
    "JOIN": People._join,
    "PART": People._part,
    "KICK": People._kick,
    "QUIT": People._quit,
    "NICK": People._nick,
    "ACCOUNT": People._account,
    "CAP": People._cap,
    "CHGHOST": People._chghost,
    "MODE": People._mode,
    "396": People._visible_host,
    "352": People._who,
    "353": People._names,
    "354": People._whox,
}


def account_of(word: str | None) -> str | None:
    """The account that a server names; None where it says logged out: by `*`, WHOX's `0`, nothing at all."""
    return None if word in (None, "", "*", "0") else word


def ids(boot: str) -> Iterator[str]:
    """Names of connections, each once: `boot` tells this run of the program from every other."""
    number = 0
    while True:
        number += 1
        yield f"{boot}-{number}"
