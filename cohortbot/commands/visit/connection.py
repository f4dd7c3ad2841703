"""Reaching the network's server: its name, its port, and TLS with whichever fault its certificate has."""

from __future__ import annotations

import socket
import ssl
from dataclasses import dataclass

from cohortbot.config import ConfigError, Irc
from cohortbot.irc import tls

CONNECT_WAIT = 10.0  # seconds


class Unreachable(Exception):
    """The server cannot be talked to at all; the text has the mend."""


@dataclass(frozen=True, slots=True)
class Connection:
    """A connection, words for how it was made, and why our own certificate is not shown ('' if it is)."""

    socket: socket.socket
    how: str
    certificate_fault: str


def connect(irc: Irc) -> Connection:
    """A connection to the server, with TLS where configured. Unreachable if there is none to be had."""
    place = f"{irc.host}:{irc.port}"
    context, certificate_fault = _context(irc)
    try:
        plain = socket.create_connection((irc.host, irc.port), timeout=CONNECT_WAIT)
    except socket.gaierror as error:
        raise Unreachable(f"{irc.host} has no address ({error.strerror}): see irc.host") from None
    except TimeoutError:
        raise Unreachable(
            f"{place} does not answer within {CONNECT_WAIT:g} s: see irc.host, irc.port and the firewall"
        ) from None
    except OSError as error:
        raise Unreachable(
            f"{place}: {error.strerror or error}: see irc.host, irc.port (6697 with TLS, 6667 without)"
        ) from None
    if context is None:
        return Connection(plain, f"{place} reached, without TLS", "")
    try:
        secured = context.wrap_socket(plain, server_hostname=irc.host)
    except OSError as error:
        plain.close()
        raise Unreachable(f"{place}: {_no_tls(irc, error)}") from None
    checked = "is good" if irc.tls_verify else "was not looked at (irc.tls_verify)"
    return Connection(
        secured, f"{place} reached, {secured.version()}, its certificate {checked}", certificate_fault
    )


def _context(irc: Irc) -> tuple[ssl.SSLContext | None, str]:
    """What the connection is secured with, and why that does not show our own certificate.

    A client certificate that cannot be used is a fault of the login; the rest can be looked at without.
    """
    try:
        return tls.context(irc), ""
    except ConfigError as error:
        wrong = error.faults[0]
    if wrong.path != tls.CERTIFICATE:
        raise Unreachable(str(wrong))
    return tls.context(irc.model_copy(update={"sasl": None})), str(wrong)


def _no_tls(irc: Irc, error: OSError) -> str:
    if isinstance(error, TimeoutError):  # a server of plain text waits for us, as we do for it
        return f"no TLS there within {CONNECT_WAIT:g} s; see irc.port (6697 is usual), or irc.tls: false"
    return tls.fault(irc, error)
