"""Whether services know us, by the server's word: numerics and modes, never the words of services."""

from __future__ import annotations

from collections.abc import Callable

from cohortbot.irc import wire
from cohortbot.irc.people import People

_REGISTERED = frozenset("rR")  # user modes of the identified; R is something else on some servers: ask then


class Standing:
    """What services make of us on one connection; `whois` asks the server about a nick."""

    def __init__(self, people: People, whois: Callable[[str], None]) -> None:
        self.known = False
        self._people = people
        self._whois = whois
        self._asked: str | None = None  # the nick under which we asked about ourselves
        self._seen = False

    def look(self) -> None:
        """Ask the server what it shows of us."""
        self._asked, self._seen = self._people.own_nick, False
        self._whois(self._asked)

    @property
    def looking(self) -> bool:
        """Whether the answer to `look` is still to come."""
        return self._asked is not None

    def hear(self, message: wire.Message) -> None:
        """Follow one line."""
        match message.verb:
            case "900":
                self.known = True
            case "901":
                self.known = False
            case "ACCOUNT" if self._people.is_me(message.nick):
                self.known = message.param(0) not in ("", "*", "0")
            case "MODE" if self._people.is_me(message.param(0)):
                if not _REGISTERED.isdisjoint(message.param(1)):
                    self.look()
            case "330" | "307" if message.param(1) == self._asked:
                self._seen = True
            case "318" if message.param(1) == self._asked:
                self._asked, self.known = None, self._seen
