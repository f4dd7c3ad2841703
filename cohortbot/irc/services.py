"""Whether the network's services are there: looked for by their nick, since nobody tells of their end."""

from __future__ import annotations

import logging
from collections.abc import Callable

from cohortbot.irc import wire
from cohortbot.irc.network import Network
from cohortbot.irc.pace import Priority
from cohortbot.irc.sender import Line, Sender
from cohortbot.irc.whois import Answer, Whois

log = logging.getLogger(__name__)

FRESH = 1.0  # seconds that the server's word is good for, where it does not tell of changes (MONITOR)


class Services:
    """Services called `nick`, on one connection. `expected` is whether the network has any.

    Asked by WHOIS and not by ISON, which leaves services out on ngircd. Whoever took the nick in their
    absence is told from them by standing on our own server, which calls them neither a service nor an
    operator. Where nobody bears the nick though people log in, the services have another name: then nothing
    is known of them. `back` is called with the time when they are there again.
    """

    def __init__(
        self,
        nick: str,
        network: Network,
        whois: Whois,
        sender: Sender,
        *,
        expected: bool,
        back: Callable[[float], None],
    ) -> None:
        self.expected = expected
        self._nick = nick
        self._network = network
        self._whois = whois
        self._sender = sender
        self._back = back
        self._there: bool | None = None  # as last told
        self._seen = False
        self._misnamed = False
        self._watched = False
        self._until = 0.0

    @property
    def there(self) -> bool:
        """Whether they were there when the server last told of them."""
        return self._there is True

    @property
    def down(self) -> bool:
        return self.expected and self._there is False and not self._misnamed

    def known(self, now: float) -> bool:
        """Whether that is still true, so that nothing has to be asked."""
        return now < self._until or self._misnamed

    def ask(self, told: Callable[[], None], now: float) -> None:
        """Call `told` when it is known whether they are there; unless the server never answers."""
        if self.known(now):
            told()
            return

        def answered(answer: Answer) -> None:
            self._take(self._is_them(answer), now)
            told()

        self._whois.ask(self._nick, answered, now)

    def ask_anew(self, told: Callable[[], None], now: float) -> None:
        """As `ask`, where a word that is a second old is not good enough."""
        if not self._watched:
            self._until = 0.0
        self.ask(told, now)

    def acted(self, now: float) -> None:
        """Somebody logged in: there are services, under this name or another."""
        if not self._seen and not self._misnamed:
            self._until = 0.0
            self.ask(self._check_name, now)

    def _check_name(self) -> None:
        if not self._seen and not self._misnamed:
            self._misnamed = True
            log.warning("the services are not called %s here: name them in irc.nickserv.service", self._nick)

    def hear(self, message: wire.Message, now: float) -> None:
        """Have changes told where the server can (MONITOR), and follow what it tells."""
        match message.verb:
            case "376" | "422" if "MONITOR" in self._network.tokens:
                self._sender.put(Line(wire.build("MONITOR", "+", self._nick), Priority.CHORE))
            case "730" | "731" if self._is_about(message):
                self._watched = True
                self._until = 0.0
                if message.verb == "731":
                    self._take(False, now)
                elif self._there is False:
                    self.ask(lambda: None, now)

    def _is_about(self, message: wire.Message) -> bool:
        """`:server 730 me :nick!user@host,…` names those who came, 731 those who went."""
        names = [name.partition("!")[0] for name in message.text.split(",")]
        return self._network.fold(self._nick) in map(self._network.fold, names)

    def _is_them(self, answer: Answer) -> bool:
        return bool(answer.mask) and (answer.official or answer.server != self._network.server)

    def _take(self, there: bool, now: float) -> None:
        returned = there and self._there is False
        self._there = there
        self._seen = self._seen or there
        self.expected = self.expected or there
        self._until = float("inf") if self._watched else now + FRESH
        if returned:
            self._back(now)
