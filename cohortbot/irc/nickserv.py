"""Logging in where there is no SASL: IDENTIFY, said to the network's services."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field

from cohortbot.irc import wire
from cohortbot.irc.network import Network
from cohortbot.irc.people import People
from cohortbot.irc.standing import Standing

log = logging.getLogger(__name__)

USUAL = "NickServ"  # what most networks call it
ANSWER_WAIT = 10.0  # seconds after which services that say nothing count as away
LOOK_AFTER = 2.0  # seconds from their word until the server must show what came of it
AGAIN = 20.0  # seconds between two tries while services are away
REFUSED_AGAIN = 10.0  # seconds to the next try after they did not take us; twice that after each more
TRIES = 2  # answered and not logged in so often: the password is wrong
_SLOWEST = 640.0  # seconds; some services kill whoever guesses

# Nobody of that nick, no such server (nick@server), services are down (ircd-hybrid).
_AWAY = frozenset({"401", "402", "440"})
# Networks whose services want the password first: OFTC's own, `IDENTIFY password [nick]`.
_PASSWORD_FIRST = frozenset({"oftc"})


@dataclass(frozen=True, slots=True)
class NickServCredentials:
    """The password of our nick; `service` is who takes it, a nick or nick@server."""

    password: str = field(repr=False)
    service: str = USUAL

    def identify(self, nick: str, own_nick: str, network: str) -> str:
        """What to say, with all that has to be named: `nick` is the registered one, `own_nick` what we bear.

        `network` is the server's NETWORK token. Whoever bears their own nick need not name it, and all
        services agree; else they differ in what comes first.
        """
        if nick == own_nick:
            return f"IDENTIFY {self.password}"
        if network.lower() in _PASSWORD_FIRST:
            return f"IDENTIFY {self.password} {nick}"
        return f"IDENTIFY {nick} {self.password}"


class NickServ:
    """IDENTIFY on one connection, until services know us; quiet without credentials.

    `failed` is set, to a sentence for the operator, when services have answered TRIES times under our own
    nick and the server shows no login. What they say is not read: it is in words, of any language. Services
    that are away are no failure; they are asked again.
    """

    def __init__(
        self,
        credentials: NickServCredentials | None,
        nick: str,
        network: Network,
        people: People,
        standing: Standing,
        say: Callable[[str, str], None],
    ) -> None:
        self.failed: str | None = None
        self._credentials = credentials
        self._nick = nick
        self._network = network
        self._people = people
        self._standing = standing
        self._say = say
        self._registered = False
        self._waits = False  # for what comes of the last IDENTIFY
        self._next = 0.0  # when to look what came of it, or to say it (again)
        self._answered = False
        self._looked = False  # at what came of it
        self._refusals = 0

    @property
    def under_way(self) -> bool:
        """Whether a login may come of what was said last."""
        return self._credentials is not None and not self._standing.known and self._waits

    @property
    def was_refused(self) -> bool:
        """Whether services have answered, and the server showed no login."""
        return self._refusals > 0

    @property
    def deadline(self) -> float | None:
        """When `tick` has something to do."""
        idle = self._credentials is None or self._standing.known or self._standing.looking
        return self._next if self._registered and not idle else None

    def begin(self, now: float) -> None:
        """We are on the network."""
        self._registered = True
        self.try_now(now)

    def try_now(self, now: float) -> None:
        """Services may be there again: do not wait for the next time."""
        if self._registered and not self._waits:
            self._next = now
            self.tick(now)

    @property
    def service(self) -> str:
        """Whom to ask about nicks."""
        return self._credentials.service if self._credentials is not None else USUAL

    def is_service(self, nick: str) -> bool:
        """Whether this is the nick of `service`."""
        return self._network.fold(nick) == self._network.fold(self.service.partition("@")[0])

    def hear(self, message: wire.Message, now: float) -> None:
        """Follow one line; after `standing` has."""
        if self._credentials is None or not self._registered:
            return
        if self._standing.known:
            if self._waits:
                self._over(now)
        elif message.verb == "NOTICE" and self.is_service(message.nick):
            self._heard_service(now)
        elif message.verb in _AWAY and message.param(1).lower() == self._credentials.service.lower():
            self._away(now)
        elif self._looked and not self._standing.looking:
            self._refused(now)

    def tick(self, now: float) -> None:
        """Say IDENTIFY when it is time to, and look what came of it."""
        if self.deadline is None or now < self._next or self._credentials is None:
            return
        if not self._waits:
            self._waits, self._answered = True, False
            self._next = now + ANSWER_WAIT
            text = self._credentials.identify(
                self._nick, self._people.own_nick, self._network.tokens.get("NETWORK", "")
            )
            self._say(self._credentials.service, text)
        elif self._answered:
            self._looked = True
            self._next = now + ANSWER_WAIT
            self._standing.look()
        else:
            log.warning("%s does not answer; trying again later", self._credentials.service)
            self._over(now)

    def _heard_service(self, now: float) -> None:
        if self._waits and not self._answered:
            self._answered = True
            self._next = now + LOOK_AFTER

    def _away(self, now: float) -> None:
        if self._waits:
            log.warning("services are not there to log in to; trying again later")
            self._over(now)

    def _refused(self, now: float) -> None:
        """They answered, and the server shows no login. Under a spare nick some never show one."""
        self._over(now)
        self._refusals += 1
        self._next = now + min(REFUSED_AGAIN * 2 ** (self._refusals - 1), _SLOWEST)
        log.warning("services have answered, and do not know us")
        if self._people.own_nick == self._nick and self._credentials and self._refusals >= TRIES:
            self.failed = (
                f"irc.nickserv: {self._credentials.service} has answered {TRIES} times and does not log "
                f"{self._nick} in: is the nick registered, and is this its password?"
            )

    def _over(self, now: float) -> None:
        self._waits = self._answered = self._looked = False
        self._next = now + AGAIN
