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
_CHUNK = 400  # bytes of one AUTHENTICATE

ANSWERS = frozenset({"902", "903", "904", "905", "906", "907", "908"})


@dataclass(frozen=True, slots=True)
class SaslCredentials:
    """`plain` is account and password; `certificate` is whether the connection shows one."""

    plain: tuple[str, str] | None = field(default=None, repr=False)
    certificate: bool = False

    def mechanism(self, offered: str) -> str | None:
        """The mechanism to log in by, of those a server offers (`EXTERNAL,PLAIN`; '' where it names none)."""
        names = offered.upper().split(",") if offered else ["EXTERNAL", "PLAIN"]
        if self.certificate and "EXTERNAL" in names:
            return "EXTERNAL"
        return "PLAIN" if self.plain is not None and "PLAIN" in names else None

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

    `failed` is set, to a sentence for the operator, when services refuse what we are: trying again would not
    help. Services that are away or slow end an exchange without it.
    """

    def __init__(self, credentials: SaslCredentials | None, say: Say, over: Callable[[float], None]) -> None:
        self.failed: str | None = None
        self.succeeded = False
        self._credentials = credentials
        self._say = say
        self._over = over
        self._mechanism: str | None = None  # of the exchange under way
        self._told = False  # whether our credentials have gone out in it
        self._until = 0.0

    @property
    def under_way(self) -> bool:
        return self._mechanism is not None

    @property
    def deadline(self) -> float | None:
        """When an exchange under way is given up."""
        return self._until if self.under_way else None

    def fits(self, offered: str) -> bool:
        """Whether we can log in by one of these mechanisms."""
        return self._credentials is not None and self._credentials.mechanism(offered) is not None

    def begin(self, offered: str, now: float) -> None:
        """Start an exchange by the best of the mechanisms offered; nothing where none fits."""
        mechanism = self._credentials.mechanism(offered) if self._credentials is not None else None
        if mechanism is None:
            return
        self._mechanism, self._told, self.succeeded = mechanism, False, False
        self._until = now + WAIT
        self._say("AUTHENTICATE", mechanism)

    def hear(self, message: wire.Message, now: float) -> None:
        """Follow AUTHENTICATE and ANSWERS."""
        if message.verb == "AUTHENTICATE":
            self._challenged(message, now)
        elif message.verb in ANSWERS:
            self._answered(message, now)

    def tick(self, now: float) -> None:
        """Give up on services that do not answer."""
        if self.under_way and now >= self._until:
            log.warning("services do not answer the login; going on without")
            self._say("AUTHENTICATE", "*")
            self._end(now)

    def _challenged(self, message: wire.Message, now: float) -> None:
        if self._mechanism is None or self._credentials is None or self._told or message.param(0) != "+":
            return
        self._told = True
        self._until = now + WAIT
        for piece in self._credentials.response(self._mechanism):
            self._say("AUTHENTICATE", piece)

    def _answered(self, message: wire.Message, now: float) -> None:
        match message.verb:
            case "903" | "907":
                self.succeeded = True
                log.info("logged in to services")
            case "904" if self._told and self._mechanism is not None and self._credentials is not None:
                self.failed = self._credentials.refused(self._mechanism)
                return
            case "908":
                return  # names mechanisms; the refusal itself comes behind it
            case code:
                log.warning("no login (%s %s); trying again later", code, message.text)
        self._end(now)

    def _end(self, now: float) -> None:
        self._mechanism = None
        self._over(now)
