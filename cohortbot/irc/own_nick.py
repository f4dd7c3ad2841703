"""The nick that is ours: a spare one where it is taken, and how to have it back."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

from cohortbot.irc import wire
from cohortbot.irc.network import Network
from cohortbot.irc.people import People

AGAIN = 15.0  # seconds between tries to have our own nick back
TAKEN = frozenset({"432", "433", "436", "437"})


class OwnNick:
    """Our nick on one connection; `take` asks the server for one."""

    def __init__(self, nick: str, network: Network, people: People, take: Callable[[str], None]) -> None:
        self._nick = nick
        self._network = network
        self._people = people
        self._take = take
        self._spares = count()
        self._registered = False
        self._next_try = 0.0

    @property
    def is_ours(self) -> bool:
        """Whether we bear the nick of the config."""
        return self._people.own_nick == self._nick

    def start(self) -> None:
        """Ask for our own nick first."""
        self._people.own_nick = self._nick
        self._take(self._nick)

    def welcomed(self, message: wire.Message, now: float) -> None:
        """001: the server says what we are called."""
        self._people.own_nick = message.param(0) or self._people.own_nick
        self._registered = True
        self._next_try = now + AGAIN

    def hear(self, message: wire.Message, now: float) -> None:
        """Follow one line: a refusal before the welcome, or whoever bears our nick leaving it."""
        if message.verb in TAKEN and not self._registered:
            self._people.own_nick = spare(self._nick, next(self._spares))
            self._take(self._people.own_nick)
        elif message.verb in ("QUIT", "NICK") and self._bears_ours(message.nick):
            self._next_try = now
            self.tick(now)

    def tick(self, now: float) -> None:
        """Try for our own nick when it is time to."""
        if self._registered and not self.is_ours and now >= self._next_try:
            self._next_try = now + AGAIN
            self._take(self._nick)

    @property
    def deadline(self) -> float | None:
        """When `tick` has something to do."""
        return self._next_try if self._registered and not self.is_ours else None

    def _bears_ours(self, nick: str) -> bool:
        """Whether this is our own nick, borne by somebody else."""
        mine = self._network.fold(self._nick)
        return self._registered and self._network.fold(nick) == mine and not self._people.is_me(nick)


def spare(nick: str, number: int) -> str:
    """The `number`th nick to try when `nick` is taken: underscores first, then short ones with a number.

    Where the server cuts long nicks an underscore too many would be cut off; the short ones always differ.
    """
    return f"{nick}{'_' * (number + 1)}" if number < 2 else f"{nick[:6]}{number - 1}"
