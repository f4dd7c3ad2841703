"""What a server can do beyond the old protocol: asked for, granted, taken away (IRCv3 CAP, version 302)."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable

from cohortbot.irc import wire
from cohortbot.irc.network import Network

log = logging.getLogger(__name__)

WAIT = 10.0  # seconds for the server to answer; then we go on without
SASL = "sasl"
WANTED = (
    "account-notify",
    "account-tag",
    "batch",
    "cap-notify",
    "chghost",
    "echo-message",
    "extended-join",
    "message-tags",
    "multi-prefix",
    "server-time",
    "userhost-in-names",
)
_MODIFIERS = "-~="  # of CAP's first version: withdrawn, to be acknowledged, not to be withdrawn
_NOT_KNOWN = frozenset({"410", "421"})  # the subcommand, the command


class Capabilities:
    """The negotiation on one connection. Feed it CAP, 410 and 421 (`hear`) and the time (`tick`).

    `say` says `CAP` with these words. `changed` is called with the names granted or taken away and the time,
    `settled` with the time whenever nothing is left to ask. One request is on its way at a time; of one that
    is refused, each name is asked for alone. What a server offers beside `wanted` is passed over.
    """

    def __init__(
        self,
        network: Network,
        wanted: Iterable[str],
        say: Callable[..., None],
        changed: Callable[[set[str], float], None],
        settled: Callable[[float], None],
    ) -> None:
        self._network = network
        self._wanted = tuple(wanted)
        self._say = say
        self._changed = changed
        self._settled = settled
        self._listing = False  # waiting for an answer to LS, or within one of several lines
        self._offer: dict[str, str] = {}
        self._requests: list[list[str]] = []
        self._asked: set[str] = set()  # names that the server owes us an answer for
        self._acknowledged: list[str] = []  # the words of an ACK of several lines, so far
        self._since: float | None = None  # when we began to wait, as `tick` first saw it

    @property
    def waiting(self) -> bool:
        """Whether the server owes us an answer."""
        return self._listing or bool(self._asked)

    @property
    def deadline(self) -> float | None:
        """When `tick` gives up."""
        return self._since + WAIT if self._since is not None and self.waiting else None

    def list(self) -> None:
        """Ask what there is; at the end of the answer, for what of it is wanted."""
        if not self.waiting:
            self._listing = True
            self._offer = {}
            self._wait()
            self._say("LS", "302")

    def hear(self, message: wire.Message, now: float) -> None:
        """Follow one line: `:server CAP nick SUBCOMMAND [*] :names`, or a refusal of such a thing."""
        if message.verb in _NOT_KNOWN:
            if self._listing and message.param(1).upper() in ("CAP", "LS"):
                self._listing = False
                self._next(now)
            return
        rest = message.params[2:]
        more = len(rest) > 1 and rest[0] == "*"
        words = " ".join(rest[more:]).split()
        match message.param(1).upper():
            case "LS":
                self._listed(words, more, now)
            case "NEW":
                self._network.offered |= self._known(words)
                self._ask()
                self._next(now)
            case "ACK":
                self._acknowledged += words
                if not more:
                    self._granted(now)
            case "NAK":
                self._refused(now)
            case "DEL":
                self._withdrawn(words, now)

    def welcomed(self) -> None:
        """The server lets us in: what it has not answered by now it does not know."""
        self._listing = False
        self._asked.clear()

    def tick(self, now: float) -> None:
        """Give up on a server that does not answer."""
        if not self.waiting:
            return
        if self._since is None:
            self._since = now
        elif now - self._since >= WAIT:
            log.warning("the server does not answer CAP; going on without")
            self._listing = False
            self._asked.clear()
            self._next(now)

    def _listed(self, words: Iterable[str], more: bool, now: float) -> None:
        self._offer |= self._known(words)
        self._wait()
        if not more:
            self._network.offered, self._offer = self._offer, {}
            self._listing = False
            self._ask()
            self._next(now)

    def _known(self, words: Iterable[str]) -> dict[str, str]:
        """Of `name` and `name=value`, those wanted."""
        pairs = (word.lstrip(_MODIFIERS).partition("=") for word in words)
        return {name: value for name, _, value in pairs if name in self._wanted}

    def _ask(self) -> None:
        """Queue a request for what is offered, wanted and not there."""
        due = self._asked.union(*self._requests, self._network.caps)
        names = [name for name in self._wanted if name in self._network.offered and name not in due]
        if names:
            self._requests.append(names)

    def _next(self, now: float) -> None:
        """Ask for what is next, if no answer is owed."""
        if self.waiting:
            return
        if not self._requests:
            self._settled(now)
            return
        names = self._requests.pop(0)
        self._asked = set(names)
        self._acknowledged = []
        self._wait()
        self._say("REQ", text=" ".join(names))

    def _granted(self, now: float) -> None:
        """All lines of an ACK are there; some servers take several for one request without saying so."""
        words, self._acknowledged = self._acknowledged, []
        names = {word.lstrip(_MODIFIERS): word for word in words}
        known = names.keys() & set(self._wanted)
        self._network.caps |= {name for name in known if not names[name].startswith("-")}
        self._network.caps -= {name for name in known if names[name].startswith("-")}
        self._asked -= names.keys()
        self._wait()
        self._changed(known, now)
        self._next(now)

    def _refused(self, now: float) -> None:
        """A NAK refuses the whole request: one of its names is not to be had, find out which."""
        names, self._asked = self._asked, set()
        if len(names) > 1:
            self._requests = [[name] for name in self._wanted if name in names] + self._requests
        self._next(now)

    def _withdrawn(self, words: Iterable[str], now: float) -> None:
        gone = {word.lstrip(_MODIFIERS) for word in words}
        self._network.offered = {name: at for name, at in self._network.offered.items() if name not in gone}
        lost = self._network.caps & gone
        self._network.caps -= lost
        self._changed(lost, now)

    def _wait(self) -> None:
        self._since = None
