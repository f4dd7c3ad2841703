"""Who is speaking, by the word of the server: account tag, what was announced, or WHOIS.

What other kinds of networks need (a proof by 307 for the present nick, services under other names) has its
place here: `_from_whois` and `_Services`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from cohortbot.domain.message import NoServices, Proof, Proven, ServicesDown, Unproven
from cohortbot.irc import wire
from cohortbot.irc.network import Network
from cohortbot.irc.pace import Priority
from cohortbot.irc.people import Connection, People
from cohortbot.irc.sender import Line, Sender

Told = Callable[[Proof], None]

NICKSERV = "NickServ"
FRESH = 1.0  # seconds that the server's word about its services is good for; nobody announces their end


class _Services:
    """Whether services are there: by `ISON NickServ`, since servers need not tell when they come and go.

    A network whose services bear another name never shows NickServ: there absence says nothing.
    """

    def __init__(self, sender: Sender, *, expected: bool, back: Callable[[float], None]) -> None:
        self._sender = sender
        self._back = back
        self._expected = expected
        self._down = False
        self._until = 0.0
        self._asked: Line | None = None
        self._waiting: list[Callable[[], None]] = []

    @property
    def down(self) -> bool:
        return self._down

    def known(self, now: float) -> bool:
        """Whether the server has said so lately."""
        return now < self._until

    def ask(self, told: Callable[[], None]) -> None:
        """Ask the server; `told` is called when it has answered."""
        self._waiting.append(told)
        if self._asked is None:
            self._asked = Line(wire.build("ISON", NICKSERV), Priority.QUESTION)
            self._sender.put(self._asked)

    def answered(self, message: wire.Message, now: float) -> None:
        """`:server 303 me :NickServ`, or nobody."""
        if self._asked is None or not self._asked.on_wire:
            return
        self._asked = None
        there = NICKSERV.lower() in message.text.lower().split()
        self._expected = self._expected or there
        if self._down and there:
            self._back(now)
        self._down = self._expected and not there
        self._until = now + FRESH
        waiting, self._waiting = self._waiting, []
        for told in waiting:
            told()


@dataclass(eq=False, slots=True)
class _Whois:
    """One WHOIS: queued, on the wire, answered. Whoever asks while it is queued shares its answer."""

    line: Line
    told: list[tuple[str, Told]] = field(default_factory=list)  # the mask that must match, who wants to know
    mask: str | None = None
    account: str | None = None
    bot: bool = False


class Identity:
    """Proof of who speaks, on one connection of ours.

    `has_services` is whether the network was ever seen to have any; `seen` is called once when it first is,
    `back` with the time when services are there again.
    """

    def __init__(
        self,
        network: Network,
        people: People,
        sender: Sender,
        *,
        has_services: bool,
        logs_in: bool,
        seen: Callable[[], None],
        back: Callable[[float], None],
    ) -> None:
        self._network = network
        self._people = people
        self._sender = sender
        self._has_services = has_services or logs_in
        self._services = _Services(sender, expected=logs_in, back=back)
        self._seen = seen
        self._open: dict[str, deque[_Whois]] = {}
        self._gone: set[str] = set()  # nicks whose 401 came and whose 318 may follow

    # What is known without asking

    def at_once(self, person: Connection, now: float) -> Proof | None:
        """The proof of somebody who just spoke, if the server has said it already; None: ask."""
        if not self._says_accounts(person):
            return None
        if person.account is None and self._has_services and not self._services.known(now):
            return None
        return self.of_account(person.account)

    def _says_accounts(self, person: Connection) -> bool:
        """Whether what we know of somebody's account is right at this moment."""
        announced = person.channels and person.account_known and self._network.follows_accounts
        return self._network.names_accounts or bool(announced)

    def last_known(self, nick: str) -> Proof:
        """What was last seen of somebody, without asking the server."""
        person = self._people.find(nick)
        return self.of_account(person.account if person else None)

    def of_account(self, account: str | None) -> Proof:
        """The proof of somebody whom the server shows logged in to `account` (None: to none)."""
        if account is not None:
            self.saw_services()
            return Proven(account)
        if not self._has_services:
            return NoServices()
        return ServicesDown() if self._services.down else Unproven()

    def saw_services(self) -> None:
        """An account was seen on this network: it has services."""
        if not self._has_services:
            self._has_services = True
            self._seen()

    # Asking the server

    def ask(self, person: Connection, told: Told) -> None:
        """Ask the server what `at_once` could not say; `told` is called once, unless it never answers."""
        if self._says_accounts(person):
            account = person.account
            self._services.ask(lambda: told(self.of_account(account)))
        elif self._has_services:
            self._services.ask(lambda: None)
            self._whois(person.nick, person.mask, told)
        else:
            self._whois(person.nick, person.mask, told)

    def whois(self, nick: str, told: Told) -> None:
        """Ask the server who bears `nick` now, whoever that is; `told` is called once."""
        self._whois(nick, "", told)

    def _whois(self, nick: str, mask: str, told: Told) -> None:
        """If by the answer somebody else bears the nick (another `mask`, user@host), nothing is proven."""
        key = self._network.fold(nick)
        asked = self._open.setdefault(key, deque())
        if not asked or asked[-1].line.on_wire:
            line = Line(wire.build("WHOIS", nick), Priority.QUESTION)
            asked.append(_Whois(line))
            self._sender.put(line)
        asked[-1].told.append((mask, told))

    def hear(self, message: wire.Message, now: float) -> None:
        """Follow what ISON and WHOIS answer; `params[1]` of each of these is the nick asked about."""
        if message.verb == "303":
            self._services.answered(message, now)
            return
        nick = self._network.fold(message.param(1))
        if message.verb == "318" and nick in self._gone:
            self._gone.discard(nick)
            return
        whois = self._answered(nick)
        if whois is None:
            return
        match message.verb:
            case "311":
                self._gone.discard(nick)
                whois.mask = f"{message.param(2)}@{message.param(3)}"
            case "330":
                whois.account = message.param(2) or None
            case "335":
                whois.bot = True
            case "401" if not self._said_before(whois, nick):
                self._gone.add(nick)
                self._people.forget_unseen(nick)
                self._finish(nick, whois)
            case "318":
                self._finish(nick, whois)

    def _answered(self, nick: str) -> _Whois | None:
        asked = self._open.get(nick)
        return asked[0] if asked and asked[0].line.on_wire else None

    def _said_before(self, whois: _Whois, nick: str) -> bool:
        """Whether a 401 is the answer to a line that we said to the nick before we asked."""
        said_at = self._sender.oldest_to(nick)
        return said_at is not None and said_at < whois.line.sent_at

    def _finish(self, nick: str, whois: _Whois) -> None:
        asked = self._open[nick]
        asked.popleft()
        if not asked:
            del self._open[nick]
        person = self._people.find(nick)
        if person is not None and whois.mask is not None:
            person.bot = person.bot or whois.bot
        for mask, told in whois.told:
            told(self._from_whois(whois, mask))

    def _from_whois(self, whois: _Whois, mask: str) -> Proof:
        """A 330, where present, decides alone; without one nobody is logged in."""
        if whois.mask is None or (mask and whois.mask != mask):
            return self.of_account(None)
        return self.of_account(whois.account)
