"""Logging in by SASL (IRCv3 SASL 3.2): PLAIN with a password, EXTERNAL with a client certificate."""

from __future__ import annotations

import base64
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from cohortbot.irc import wire

log = logging.getLogger(__name__)

WAIT = 15.0  # seconds for services to answer one step; then we go on without
SOON = 2.0  # seconds for the numeric that follows a list of mechanisms
_CHUNK = 400  # bytes of one AUTHENTICATE

ANSWERS = frozenset({"902", "903", "904", "905", "906", "907", "908"})


@dataclass(frozen=True, slots=True)
class SaslCredentials:
    """`plain` is account and password; `certificate` is whether the connection shows one."""

    plain: tuple[str, str] | None = field(default=None, repr=False)
    certificate: bool = False

    def mechanisms(self, offered: str) -> list[str]:
        """Those to log in by, best first, of what a server offers (`EXTERNAL,PLAIN`; '' if it names none)."""
        ours = {"EXTERNAL": self.certificate, "PLAIN": self.plain is not None}
        named = offered.upper().split(",") if offered else ours
        return [mechanism for mechanism, possible in ours.items() if possible and mechanism in named]

    def response(self, mechanism: str) -> list[str]:
        """What AUTHENTICATE says to the server's `+`, in pieces; one of 400 bytes is followed by another."""
        if mechanism == "EXTERNAL" or self.plain is None:
            return ["+"]  # the certificate names the account
        account, password = self.plain
        payload = base64.b64encode(f"{account}\0{account}\0{password}".encode()).decode()
        pieces = [payload[start : start + _CHUNK] for start in range(0, len(payload), _CHUNK)]
        return [*pieces, "+"] if len(pieces[-1]) == _CHUNK else pieces

    def refused(self, mechanism: str) -> str:
        """A sentence for the operator whose credentials services do not take."""
        if mechanism == "EXTERNAL" or self.plain is None:
            return (
                "irc.sasl.certificate: services know no account by this certificate; log in as the bot by "
                "password, with the certificate, and say /msg NickServ CERT ADD"
            )
        return f"irc.sasl: services refuse the password of the account {self.plain[0]}"


class Say(Protocol):
    def __call__(self, verb: str, *middle: str) -> None: ...


class Sasl:
    """The exchange with services, on one connection; `over` is called with the time when one has ended.

    Of several mechanisms that we can do the next is tried when one is refused. `failed` is set, to a sentence
    for the operator, when services refuse what we are by the last of them: trying again would not help.
    Services that are away or slow end an exchange without it.
    """

    def __init__(self, credentials: SaslCredentials | None, say: Say, over: Callable[[float], None]) -> None:
        self.failed: str | None = None
        self.succeeded = False
        self._credentials = credentials
        self._say = say
        self._over = over
        self._mechanism: str | None = None  # of the exchange under way
        self._untried: list[str] = []  # what else we can do, best first
        self._told = False  # whether our credentials have gone out in it
        self._refused = False  # whether it is refused already, but for the numeric that ends it
        self._until = 0.0

    @property
    def under_way(self) -> bool:
        return self._mechanism is not None

    @property
    def deadline(self) -> float | None:
        """When an exchange under way is given up."""
        return self._until if self.under_way else None

    def begin(self, offered: str, now: float) -> None:
        """Start an exchange by the best of the mechanisms offered; nothing where none fits."""
        if self._credentials is None or self.under_way:
            return
        self.succeeded = False
        self._untried = self._credentials.mechanisms(offered)
        if self._untried:
            self._try_next(now)

    def hear(self, message: wire.Message, now: float) -> None:
        """Follow AUTHENTICATE and ANSWERS; out of place they mean nothing."""
        if self._credentials is None or self._mechanism is None:
            return
        if message.verb == "AUTHENTICATE":
            self._challenged(message, self._credentials, self._mechanism, now)
        elif message.verb == "904":
            self._not_taken(self._credentials, self._mechanism, now)
        elif message.verb == "908":  # `:server 908 nick EXTERNAL,PLAIN :are available`; mostly a 904 follows
            fit = self._credentials.mechanisms(message.param(1))
            self._untried = [mechanism for mechanism in self._untried if mechanism in fit]
            self._refused, self._until = True, now + SOON
        elif message.verb in ANSWERS:
            self._answered(message, now)

    def tick(self, now: float) -> None:
        """Give up on services that do not answer."""
        if not self.under_way or now < self._until:
            return
        if self._refused:
            self._next_or_none(now)
            return
        log.warning("services do not answer the login; going on without")
        self._say("AUTHENTICATE", "*")
        self._end(now)

    def lost(self, now: float) -> None:
        """The server has taken SASL away: services have left in the middle of it."""
        if self.under_way:
            log.warning("services left in the middle of the login; going on without")
            self._end(now)

    def _try_next(self, now: float) -> None:
        self._mechanism = self._untried.pop(0)
        self._told = self._refused = False
        self._until = now + WAIT
        self._say("AUTHENTICATE", self._mechanism)

    def _challenged(
        self, message: wire.Message, credentials: SaslCredentials, mechanism: str, now: float
    ) -> None:
        if self._told or message.param(0) != "+":
            return
        self._told = True
        self._until = now + WAIT
        for piece in credentials.response(mechanism):
            self._say("AUTHENTICATE", piece)

    def _not_taken(self, credentials: SaslCredentials, mechanism: str, now: float) -> None:
        """904: what we said was wrong, or (before we said it) the mechanism is none."""
        if not self._told:
            self._next_or_none(now)
        elif self._untried:
            log.error("%s; trying %s", credentials.refused(mechanism), self._untried[0])
            self._try_next(now)
        else:
            self.failed = credentials.refused(mechanism)

    def _next_or_none(self, now: float) -> None:
        if self._untried:
            self._try_next(now)
        else:
            log.warning("services take none of our ways to log in; trying again later")
            self._end(now)

    def _answered(self, message: wire.Message, now: float) -> None:
        if message.verb in ("903", "907"):
            self.succeeded = True
            log.info("logged in to services")
        else:
            log.warning("no login (%s %s); trying again later", message.verb, message.text)
        self._end(now)

    def _end(self, now: float) -> None:
        self._mechanism = None
        self._over(now)
