"""A short visit to the network for `cohortbot check`: reach it, log in, look at the nick, leave.

A plain socket and no threads. What goes wrong is told with what to change; the bot itself would try again.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from cohortbot.clock import Clock
from cohortbot.commands.finding import Finding, fault, note, ok
from cohortbot.config import Irc
from cohortbot.irc import wire
from cohortbot.irc.assembly import credentials

CONNECT_WAIT = 10.0  # seconds
WELCOME_WAIT = 40.0  # seconds: servers wait up to 30 for ident and names before they welcome
SERVICES_WAIT = 15.0  # seconds for services to answer a login, as the bot itself waits

_NICK_REFUSED = frozenset({"432", "433", "436", "437"})  # RFC 2812 section 5.2
_SASL_REFUSED = frozenset({"902", "904", "905", "906", "908"})  # IRCv3 SASL 3.1


class _Unreachable(Exception):
    """The server cannot be talked to at all; the text has the mend."""


class _Closed(Exception):
    """The server ended the conversation; the text is its reason."""


def visit(irc: Irc) -> list[Finding]:
    """What there is to say about the server, the login and the nick, whatever the network does."""
    try:
        connection, how = _connect(irc)
    except _Unreachable as error:
        return [fault("server", str(error))]
    with contextlib.closing(connection):
        visitor = _Visitor(_Conversation(connection), irc)
        return [ok("server", how), *visitor.findings()]


def _connect(irc: Irc) -> tuple[socket.socket, str]:
    """A connection to the server, with TLS where configured, and words for how it was reached."""
    place = f"{irc.host}:{irc.port}"
    try:
        plain = socket.create_connection((irc.host, irc.port), timeout=CONNECT_WAIT)
    except socket.gaierror as error:
        raise _Unreachable(f"{irc.host} has no address ({error.strerror}): see irc.host") from None
    except TimeoutError:
        raise _Unreachable(
            f"{place} does not answer within {CONNECT_WAIT:g} s: see irc.host, irc.port and the firewall"
        ) from None
    except OSError as error:
        raise _Unreachable(
            f"{place}: {error.strerror or error}: see irc.host, irc.port (6697 with TLS, 6667 without)"
        ) from None
    if not irc.tls:
        return plain, f"{place} reached, without TLS"
    try:
        return _with_tls(plain, irc, place)
    except _Unreachable:
        plain.close()
        raise


def _with_tls(plain: socket.socket, irc: Irc, place: str) -> tuple[socket.socket, str]:
    context = ssl.create_default_context()
    if not irc.tls_verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    try:
        secured = context.wrap_socket(plain, server_hostname=irc.host)
    except ssl.SSLCertVerificationError as error:
        raise _Unreachable(
            f"{place} shows a certificate that cannot be trusted: {error.verify_message}; "
            "see irc.host (irc.tls_verify: false takes any certificate, on a test network)"
        ) from None
    except OSError as error:
        reason = getattr(error, "reason", None) or error.strerror or error
        raise _Unreachable(
            f"{place} speaks no TLS there ({reason}): see irc.port (6697 is usual), or irc.tls: false"
        ) from None
    checked = (
        "its certificate is good" if irc.tls_verify else "its certificate was not looked at (irc.tls_verify)"
    )
    return secured, f"{place} reached, {secured.version()}, {checked}"


class _Conversation:
    """Lines to and from a server; PINGs are answered on the way."""

    def __init__(self, connection: socket.socket) -> None:
        self._socket = connection
        self._lines = wire.Lines()
        self._heard: deque[bytes] = deque()

    def say(self, verb: str, *middle: str, text: str | None = None) -> None:
        """Send one line; whether the server is still there shows at the next `hear`."""
        with contextlib.suppress(OSError):
            self._socket.sendall(wire.build(verb, *middle, text=text))

    def hear(self, until: float) -> wire.Message:
        """The next line. TimeoutError at `until` (monotonic seconds); _Closed when the server hangs up."""
        while True:
            while not self._heard:
                self._receive(until)
            message = wire.read(self._heard.popleft())
            if message is None:
                continue
            if message.verb == "PING":
                self.say("PONG", text=message.text)
            elif message.verb == "ERROR":
                raise _Closed(message.text)
            else:
                return message

    def _receive(self, until: float) -> None:
        left = until - Clock.monotonic()
        if left <= 0:
            raise TimeoutError
        self._socket.settimeout(left)
        try:
            data = self._socket.recv(65536)
        except TimeoutError:
            raise
        except OSError as error:
            raise _Closed(error.strerror or str(error)) from None
        if not data:
            raise _Closed("it closed the connection")
        self._heard += self._lines.feed(data)


@dataclass(frozen=True, slots=True)
class _Bearer:
    """Who bears a nick, by WHOIS; `account` is None where the server names none."""

    mask: str
    realname: str
    account: str | None


class _Visitor:
    """Registers under the bot's nick, or under a spare one where that is refused."""

    def __init__(self, conversation: _Conversation, irc: Irc) -> None:
        self._conversation = conversation
        self._irc = irc
        self._nick = irc.nick
        self._nick_refusal: wire.Message | None = None
        self._offered: set[str] = set()
        self._login: Finding | None = None
        self._services_until: float | None = None  # monotonic seconds, while a login is under way

    def findings(self) -> Iterator[Finding]:
        try:
            self._register()
        except TimeoutError:
            yield fault(
                "login",
                f"no welcome within {WELCOME_WAIT:g} s: is irc.port the right one?",
            )
            return
        except _Closed as error:
            yield fault("login", f"the server turned us away: {error}{self._password_hint()}")
            return
        try:
            yield from (self._login_finding(), self._nick_finding())
        except (TimeoutError, _Closed):
            yield fault("nick", "the server left in the middle of the conversation: try again")
        self._conversation.say("QUIT", text="checked")

    # Registration

    def _register(self) -> None:
        """Until the welcome; TimeoutError or _Closed if there is none."""
        say = self._conversation.say
        say("CAP", "LS", "302")
        if self._irc.password is not None:
            say("PASS", text=self._irc.password.get_secret_value())
        say("NICK", self._nick)
        say("USER", "check", "0", "*", text=self._irc.realname)
        until = Clock.monotonic() + WELCOME_WAIT
        while (message := self._heard_or_given_up(until)).verb != "001":
            self._take(message)
        self._nick = message.param(0) or self._nick

    def _heard_or_given_up(self, until: float) -> wire.Message:
        """The next line; when services have had their time, the login is given up on the way."""
        if self._services_until is not None:
            try:
                return self._conversation.hear(min(until, self._services_until))
            except TimeoutError:
                said = f"services did not answer within {SERVICES_WAIT:g} s: are they up?"
                self._logged_in(fault("login", said))
        return self._conversation.hear(until)

    def _take(self, message: wire.Message) -> None:
        match message.verb:
            case "CAP":
                self._capabilities(message)
            case "AUTHENTICATE":
                self._authenticate()
            case "903":
                account = self._irc.sasl.account if self._irc.sasl else ""
                self._logged_in(ok("login", f"services know us as {account}"))
            case code if code in _SASL_REFUSED:
                self._logged_in(fault("login", self._refusal(message)))
            case code if code in _NICK_REFUSED:
                self._nick_refusal = message
                self._nick = _spare(self._nick)
                self._conversation.say("NICK", self._nick)

    def _capabilities(self, message: wire.Message) -> None:
        match message.param(1).upper():
            case "LS":
                self._offered |= set(message.text.split())
                if message.param(2) != "*":
                    self._ask_for_sasl()
            case "ACK":
                self._services_until = Clock.monotonic() + SERVICES_WAIT
                self._conversation.say("AUTHENTICATE", "PLAIN")
            case "NAK":
                self._logged_in(fault("login", "the server refuses SASL for now: are its services up?"))

    def _ask_for_sasl(self) -> None:
        offered = [cap.partition("=")[2] for cap in self._offered if cap.partition("=")[0] == "sasl"]
        if self._irc.sasl is None:
            self._conversation.say("CAP", "END")
        elif not offered:
            said = "the server offers no SASL: its services are down, or it has none (then take irc.sasl out)"
            self._logged_in(fault("login", said))
        elif offered[0] and "PLAIN" not in offered[0].upper().split(","):
            self._logged_in(fault("login", f"the server takes no passwords by SASL, but {offered[0]}"))
        else:
            self._conversation.say("CAP", "REQ", text="sasl")

    def _authenticate(self) -> None:
        sasl = credentials(self._irc).sasl
        for piece in sasl.response("PLAIN") if sasl is not None else []:
            self._conversation.say("AUTHENTICATE", piece)

    def _logged_in(self, login: Finding) -> None:
        """The login is over, one way or the other; the first outcome counts."""
        self._login = self._login or login
        self._services_until = None
        self._conversation.say("CAP", "END")

    def _refusal(self, message: wire.Message) -> str:
        account = self._irc.sasl.account if self._irc.sasl else ""
        if message.verb == "904":
            return f"services refuse the password of the account {account}: see irc.sasl ({message.text})"
        return f"services do not log us in ({message.verb} {message.text}): try again when they are up"

    def _password_hint(self) -> str:
        return "; irc.password is the server's own, few have one" if self._irc.password else ""

    # After the welcome

    def _login_finding(self) -> Finding:
        if self._login is not None:
            return self._login
        if self._irc.sasl is not None:
            return fault("login", "the server knows no capabilities, so no SASL: take irc.sasl out")
        if self._whois("NickServ") is not None:
            return note(
                "login", "irc.sasl is not set: register the bot with NickServ, or anybody can take its nick"
            )
        return note(
            "login", "no services here: nobody can be proven, so nobody can act as mentor or organizer"
        )

    def _nick_finding(self) -> Finding:
        wanted = self._irc.nick
        if self._nick_refusal is None:
            if self._nick != wanted:
                return fault(
                    "nick", f"the server makes {self._nick} of {wanted}: give irc.nick a shorter one"
                )
            return ok("nick", f"{wanted} is free")
        bearer = self._whois(wanted)
        if bearer is None:
            reason = f"{self._nick_refusal.verb} {self._nick_refusal.text}"
            return fault("nick", f"the server does not let us have {wanted} ({reason}): change irc.nick")
        if self._is_ours(bearer):
            return ok("nick", f"{wanted} is held by our own: the bot is running")
        account = f", account {bearer.account}" if bearer.account else ""
        return fault(
            "nick", f"{wanted} is held by {bearer.mask}{account}: have NickServ free it, or change irc.nick"
        )

    def _is_ours(self, bearer: _Bearer) -> bool:
        if self._irc.sasl is not None:
            ours = (self._irc.sasl.account or self._irc.nick).lower()
            return bearer.account is not None and bearer.account.lower() == ours
        return bearer.realname == self._irc.realname

    def _whois(self, nick: str) -> _Bearer | None:
        """Who bears a nick now, None if nobody does."""
        self._conversation.say("WHOIS", nick)
        until = Clock.monotonic() + CONNECT_WAIT
        mask, realname, account = "", "", None
        while True:
            message = self._conversation.hear(until)
            match message.verb:
                case "311":
                    mask, realname = f"{message.param(2)}@{message.param(3)}", message.text
                case "330":
                    account = message.param(2)
                case "318":
                    return _Bearer(mask, realname, account) if mask else None


def _spare(nick: str) -> str:
    """Another nick of at most the length that every server allows, different each time."""
    stem, _, number = nick.rpartition("-")
    return f"chk-{int(number) + 1}" if stem == "chk" and number.isdigit() else "chk-1"
