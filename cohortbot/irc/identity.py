"""Who is speaking, by the word of the server: account tag, what was announced, or WHOIS.

What other kinds of networks need (a proof by 307 for the present nick, services noticed as gone where no
capability says so) has its place here: `_from_whois` and `services_up`.
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

    `has_services` is whether the network was ever seen to have any; `seen` is called once when it first is.
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
    ) -> None:
        self._network = network
        self._people = people
        self._sender = sender
        self._has_services = has_services or logs_in
        self._sasl_expected = logs_in
        self._seen = seen
        self._open: dict[str, deque[_Whois]] = {}
        self._gone: set[str] = set()  # nicks whose 401 came and whose 318 may follow

    # What is known without asking

    @property
    def services_up(self) -> bool:
        """Whether services can vouch for anybody now: where they bring SASL, they are there while it is."""
        if "sasl" in self._network.offered:
            self._sasl_expected = True
            return True
        return not self._sasl_expected

    def at_once(self, person: Connection) -> Proof | None:
        """The proof of somebody who just spoke, if the server has said it already; None: ask."""
        if self._network.names_accounts:
            return self.of_account(person.account)
        if person.channels and person.account_known and self._network.follows_accounts:
            return self.of_account(person.account)
        return None

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
        return Unproven() if self.services_up else ServicesDown()

    def saw_services(self) -> None:
        """An account was seen on this network: it has services."""
        if not self._has_services:
            self._has_services = True
            self._seen()

    # Asking the server

    def ask(self, nick: str, mask: str, told: Told) -> None:
        """Ask the server who `nick` is; `told` is called once, unless the server never answers.

        If by then somebody else bears the nick (another `mask`, user@host), nothing is proven.
        """
        key = self._network.fold(nick)
        asked = self._open.setdefault(key, deque())
        if not asked or asked[-1].line.on_wire:
            line = Line(wire.build("WHOIS", nick), Priority.ANSWER)
            asked.append(_Whois(line))
            self._sender.put(line)
        asked[-1].told.append((mask, told))

    def hear(self, message: wire.Message) -> None:
        """Follow what WHOIS answers; `params[1]` of each numeric is the nick asked about."""
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
