"""TLS with the network: the context that the config asks for, and words for what is wrong with a server's."""

from __future__ import annotations

import ssl
from pathlib import Path

from cohortbot.config import ConfigError, Fault, Irc

CA, CERTIFICATE = "irc.tls_ca", "irc.sasl.certificate"

# X509_V_ERR_… of OpenSSL's x509_vfy.h
_NOT_YET_VALID = 9
_EXPIRED = 10
_UNKNOWN_AUTHORITY = frozenset({18, 19, 20, 21})  # self-signed, or an issuer that is not to be found
_OTHER_NAME = frozenset({62, 64})  # of a host, of an IP address


def context(irc: Irc) -> ssl.SSLContext | None:
    """What a connection is secured with; None where the config wants no TLS.

    The files are read anew each time: a renewed certificate counts from the next connection on. The server
    has to show a certificate for `irc.host` by an authority of the system, or in its place by one in
    `irc.tls_ca`, which may also hold that certificate itself. ConfigError, with its key, for a file that
    cannot be used.
    """
    if not irc.tls:
        return None
    made = ssl.create_default_context() if irc.tls_ca is None else _trusting(irc.tls_ca)
    if not irc.tls_verify:
        made.check_hostname = False
        made.verify_mode = ssl.CERT_NONE
    if irc.sasl is not None and irc.sasl.certificate is not None:
        _show(irc.sasl.certificate, made)
    return made


def fault(irc: Irc, error: OSError) -> str:
    """What kept us from the server, or threw us off, and what mends it.

    The system's own words where it is no fault of TLS.
    """
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate cannot be trusted: {_distrust(irc, error)}"
    if not isinstance(error, ssl.SSLError):
        return error.strerror or str(error)
    reason = (error.reason or str(error)).replace("_", " ").lower()
    if "alert" in reason:
        return f"it refuses TLS with us ({reason}): does it want a client certificate ({CERTIFICATE})?"
    if "wrong version number" in reason:
        return "it speaks no TLS there; see irc.port (6697 is usual), or irc.tls: false"
    return f"TLS fails ({reason}); see irc.port (6697 is usual)"


def _distrust(irc: Irc, error: ssl.SSLCertVerificationError) -> str:
    code = error.verify_code
    if code == _EXPIRED:
        return "it has expired; the network has to renew it (or this machine's clock is wrong)"
    if code == _NOT_YET_VALID:
        return "it is not valid yet; is this machine's clock right? Else the network has to mend it"
    if code in _OTHER_NAME:
        return f"it is not for {irc.host}; see irc.host"
    if code in _UNKNOWN_AUTHORITY and irc.tls_ca is not None:
        return f"it is not by the authority in {irc.tls_ca}; see {CA}"
    if code in _UNKNOWN_AUTHORITY:
        return f"this machine does not know who signed it; an authority of the network's own belongs in {CA}"
    return f"{error.verify_message}; see irc.host"


def _trusting(file: Path) -> ssl.SSLContext:
    """As by default, but for the authorities: those in the file in place of the system's."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    # A certificate in the file is trusted as it is: the network's own, or that of an authority below another.
    made.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    try:
        made.load_verify_locations(file)
    except ssl.SSLError:  # an OSError too
        raise _unusable(CA, file, "holds no certificate; it has to be the network's, in PEM") from None
    except OSError as error:
        raise _unusable(CA, file, f"cannot be read: {error.strerror}") from None
    return made


def _show(file: Path, to: ssl.SSLContext) -> None:
    """Have the server shown the client certificate in the file, if it asks for one."""
    try:
        # A password would be asked for on the terminal, where nobody is.
        to.load_cert_chain(file, password=lambda: "")
    except ssl.SSLError as error:
        if error.reason == "KEY_VALUES_MISMATCH":
            right = "holds a key that is not its certificate's"
        else:
            right = (
                "is no certificate with its key; both have to be in it, in PEM, the key without a password"
            )
        raise _unusable(CERTIFICATE, file, right) from None
    except OSError as error:
        raise _unusable(CERTIFICATE, file, f"cannot be read: {error.strerror}") from None


def _unusable(key: str, file: Path, right: str) -> ConfigError:
    return ConfigError([Fault(key, repr(str(file)), right)])
