"""The nick that is ours: a spare one where it is taken, and how to have it back."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable
from itertools import count

from cohortbot.irc import wire
from cohortbot.irc.network import Network
from cohortbot.irc.people import People

log = logging.getLogger(__name__)

AGAIN = 15.0  # seconds between tries to have our own nick back
STEP = 3.0  # seconds that services have for one of RESCUES
STEP_ANSWERED = 1.0  # seconds from their word until what they did must show
TAKEN = frozenset({"432", "433", "436", "437"})

# What frees a nick, by kind of services; those that do not know one say so, and the next is tried. The first
# that helps: OFTC's and Atheme's REGAIN, GHOST of most, Anope's RECOVER; then what ends a hold of services
# on a nick that nobody bears: RELEASE, and OFTC's RECLAIM.
RESCUES = ("REGAIN", "GHOST", "RECOVER", "RELEASE", "RECLAIM")


class Patience:
    """How often services may free our nick, over all connections: twice an hour.

    Whoever bears it may be a second bot of ours, which would do the same to us.
    """

    MOST, WITHIN = 2, 3600.0  # times, seconds

    def __init__(self) -> None:
        self._spent: deque[float] = deque(maxlen=self.MOST)

    def spend(self, now: float) -> bool:
        """Whether once more is allowed; then it is counted."""
        if len(self._spent) == self.MOST and now - self._spent[0] < self.WITHIN:
            return False
        self._spent.append(now)
        return True


class OwnNick:
    """Our nick on one connection: `take` asks the server for it, `rescue` says one of RESCUES to services."""

    def __init__(
        self,
        nick: str,
        network: Network,
        people: People,
        take: Callable[[str], None],
        rescue: Callable[[str], None],
        patience: Patience,
    ) -> None:
        self._nick = nick
        self._network = network
        self._people = people
        self._take = take
        self._rescue = rescue
        self._patience = patience
        self._spares = count()
        self._registered = False
        self._next_try = 0.0
        self._left: list[str] = []  # of RESCUES, while services are asked
        self._asked = False  # services were asked, and what they did is looked at next
        self._rescued = False  # services were asked since the nick was last ours

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

    def ask_services(self, now: float) -> None:
        """Have services free our nick, if somebody bears it or they hold it; once each time it is lost."""
        if not self._registered or self.is_ours or self._rescued:
            return
        self._rescued = True
        if not self._patience.spend(now):
            log.warning("services freed the nick %s often enough lately: waiting for it", self._nick)
            return
        log.info("asking services for the nick %s", self._nick)
        self._left = list(RESCUES)
        self._step(now)

    def heard_service(self, now: float) -> None:
        """Services have answered: what they did shows soon."""
        if self._asked:
            self._next_try = min(self._next_try, now + STEP_ANSWERED)

    def hear(self, message: wire.Message, now: float) -> None:
        """Follow one line: a refusal of a nick, or whoever bears ours leaving it."""
        if message.verb in TAKEN and not self._registered:
            self._take_spare(message)
        elif message.verb in TAKEN and self._left and not self._asked:
            self._step(now)
        elif message.verb == "NICK" and self._registered and self._people.own_nick == message.param(0):
            self._renamed(message, now)
        elif message.verb in ("QUIT", "NICK") and self._bears_ours(message.nick):
            self._next_try = now
            self.tick(now)

    def tick(self, now: float) -> None:
        """Try for our own nick when it is time to."""
        if self._registered and not self.is_ours and now >= self._next_try:
            self._asked = False
            self._next_try = now + AGAIN
            self._take(self._nick)

    @property
    def deadline(self) -> float | None:
        """When `tick` has something to do."""
        return self._next_try if self._registered and not self.is_ours else None

    def _step(self, now: float) -> None:
        """Ask services in the next way; then the nick itself is tried."""
        self._asked = True
        self._next_try = now + STEP
        self._rescue(self._left.pop(0))

    def _take_spare(self, message: wire.Message) -> None:
        spare_nick = spare(self._nick, next(self._spares))
        log.warning("the nick %s is not to be had (%s %s)", message.param(1), message.verb, message.text)
        self._people.own_nick = spare_nick
        self._take(spare_nick)

    def _renamed(self, message: wire.Message, now: float) -> None:
        """We are called something else: at our own wish, or at that of services."""
        if self.is_ours:
            self._left, self._asked, self._rescued = [], False, False
            log.info("the nick %s is ours again", self._nick)
        elif message.nick and self._network.fold(message.nick) == self._network.fold(self._nick):
            log.warning("the nick %s was taken from us; on as %s", self._nick, self._people.own_nick)
            self._next_try = now + AGAIN

    def _bears_ours(self, nick: str) -> bool:
        """Whether this is our own nick, borne by somebody else."""
        mine = self._network.fold(self._nick)
        return self._registered and self._network.fold(nick) == mine and not self._people.is_me(nick)


def spare(nick: str, number: int) -> str:
    """The `number`th nick to try when `nick` is taken: underscores first, then short ones with a number.

    Where the server cuts long nicks an underscore too many would be cut off; the short ones always differ.
    """
    return f"{nick}{'_' * (number + 1)}" if number < 2 else f"{nick[:6]}{number - 1}"
