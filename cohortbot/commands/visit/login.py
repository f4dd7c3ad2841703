"""Getting onto the network for a visit: SASL, a spare nick where ours is refused; then NickServ."""

from __future__ import annotations

from dataclasses import replace

from cohortbot.chatlog.plain import plain
from cohortbot.clock import Clock
from cohortbot.commands.finding import Finding, fault, note, ok
from cohortbot.commands.visit.conversation import Closed, Conversation
from cohortbot.commands.visit.whois import Bearer, let_services_catch_up, whois
from cohortbot.config import Irc, NickServ
from cohortbot.irc import wire
from cohortbot.irc.assembly import credentials
from cohortbot.irc.network import Network
from cohortbot.irc.own_nick import TAKEN
from cohortbot.irc.sasl import SaslCredentials

WELCOME_WAIT = 40.0  # seconds: servers wait up to 30 for ident and names before they welcome
SERVICES_WAIT = 15.0  # seconds for services to answer a login, as the bot itself waits

SPARES = 9  # nicks that we try where ours is refused, short enough for every server
NICKSERV = "NickServ"  # what nearly every network calls it
_SASL_FAILED = frozenset({"902", "905", "906"})  # IRCv3 SASL 3.1


class Registration:
    """One way in, under the bot's nick or a spare one.

    After `run`: `nick` is ours on this connection, `nick_refusal` why it is not the bot's (None if it is),
    `network` what the server offers, `software` what it calls itself (004), `login` the outcome of SASL, None
    where there was none.
    """

    def __init__(self, conversation: Conversation, irc: Irc, *, shows_certificate: bool) -> None:
        self.nick = irc.nick
        self.nick_refusal: wire.Message | None = None
        self.network = Network()
        self.software = ""
        self.login: Finding | None = None
        self._conversation = conversation
        self._irc = irc
        self._sasl = credentials(irc).sasl
        if self._sasl is not None and not shows_certificate:
            self._sasl = replace(self._sasl, certificate=False)
        self._spares = [f"chk-{number}" for number in range(1, SPARES + 1)]
        self._mechanism = ""  # of the exchange under way
        self._untried: list[str] = []
        self._refused: str | None = None  # what services did not take, though they took another
        self._account = (irc.sasl.account if irc.sasl is not None else None) or irc.nick
        self._services_until: float | None = None  # monotonic seconds, while a login is under way

    def run(self) -> None:
        """Until the server has welcomed us and said what it is like. TimeoutError, Closed if it does not."""
        say = self._conversation.say
        say("CAP", "LS", "302")
        if self._irc.password is not None:
            say("PASS", text=self._irc.password.get_secret_value())
        say("NICK", self.nick)
        say("USER", "check", "0", "*", text=self._irc.realname)
        until = Clock.monotonic() + WELCOME_WAIT
        while (message := self._heard_or_given_up(until)).verb != "001":
            self._take(message)
        self.nick = message.param(0) or self.nick
        for line in self._conversation.ask():
            if line.verb == "004":
                self.software = line.param(2)
            elif line.verb == "005":
                self.network.isupport(line)

    def _heard_or_given_up(self, until: float) -> wire.Message:
        """The next line; when services have had their time, the login is given up on the way."""
        if self._services_until is not None:
            try:
                return self._conversation.hear(min(until, self._services_until))
            except TimeoutError:
                self._conversation.say("AUTHENTICATE", "*")
                self._over(
                    fault("login", f"services did not answer within {SERVICES_WAIT:g} s: are they up?")
                )
        return self._conversation.hear(until)

    def _take(self, message: wire.Message) -> None:
        match message.verb:
            case "CAP":
                self._capabilities(message)
            case "AUTHENTICATE" if self._sasl is not None and self._mechanism:
                for piece in self._sasl.response(self._mechanism):
                    self._conversation.say("AUTHENTICATE", piece)
            case "900":
                self._account = message.param(2)
            case "903":
                said = f"services know us as {self._account}"
                self._over(
                    note("login", f"{said}, but {self._refused}") if self._refused else ok("login", said)
                )
            case "904" if self._sasl is not None:
                self._not_taken(message, self._sasl)
            case code if code in _SASL_FAILED:
                said = f"services do not log us in ({code} {message.text}): try again when they are up"
                self._over(fault("login", said))
            case code if code in TAKEN:
                self.nick_refusal = self.nick_refusal or message
                self._take_spare(message)

    def _take_spare(self, refusal: wire.Message) -> None:
        if not self._spares:
            raise Closed(f"it takes none of our nicks ({refusal.verb} {refusal.text})")
        self.nick = self._spares.pop()
        self._conversation.say("NICK", self.nick)

    def _capabilities(self, message: wire.Message) -> None:
        match message.param(1).upper():
            case "LS":
                for word in message.text.split():
                    name, _, value = word.partition("=")
                    self.network.offered[name] = value
                if message.param(2) != "*":
                    self._ask_for_sasl()
            case "ACK" if self._untried:
                self._try_next()
            case "NAK":
                self._over(fault("login", "the server refuses SASL for now: are its services up?"))

    def _ask_for_sasl(self) -> None:
        if self._sasl is None:
            self._conversation.say("CAP", "END")
        elif "sasl" not in self.network.offered:
            self._conversation.say("CAP", "END")  # `without_sasl` has the word
        elif not (mechanisms := self._sasl.mechanisms(self.network.offered["sasl"])):
            wanted = "certificates" if self._sasl.plain is None else "passwords"
            offered = self.network.offered["sasl"]
            self._over(fault("login", f"the server takes no {wanted} by SASL, but {offered}: see irc.sasl"))
        else:
            self._untried = mechanisms
            self._conversation.say("CAP", "REQ", text="sasl")

    def _try_next(self) -> None:
        self._mechanism = self._untried.pop(0)
        self._services_until = Clock.monotonic() + SERVICES_WAIT
        self._conversation.say("AUTHENTICATE", self._mechanism)

    def _not_taken(self, message: wire.Message, sasl: SaslCredentials) -> None:
        self._refused = sasl.refused(self._mechanism)
        if self._untried:
            self._try_next()
        else:
            self._over(fault("login", f"{self._refused} ({message.text})"))

    def _over(self, login: Finding) -> None:
        """The login is over, one way or the other; the first outcome counts."""
        self.login = self.login or login
        self._services_until = None
        self._conversation.say("CAP", "END")


def without_sasl(conversation: Conversation, irc: Irc, registration: Registration) -> Finding:
    """The login where the server offers no SASL: services see the certificate by themselves, or are told."""
    if irc.sasl is not None and irc.sasl.certificate is not None:
        let_services_catch_up(conversation, NICKSERV)
        if _proven(whois(conversation, registration.network, registration.nick)):
            return ok("login", f"services know {registration.nick} by its certificate")
    if irc.nickserv is not None:
        return _by_nickserv(conversation, irc.nickserv, registration)
    if irc.sasl is not None and irc.sasl.certificate is not None:
        return fault(
            "login",
            f"services do not know {registration.nick} by its certificate, and there is no SASL: "
            f"as the bot, with the certificate, say /msg {NICKSERV} CERT ADD",
        )
    return fault(
        "login",
        "the server offers no SASL: its services are down, or it has none (then irc.nickserv, not irc.sasl)",
    )


def _by_nickserv(conversation: Conversation, nickserv: NickServ, registration: Registration) -> Finding:
    """By our nick's password. Services answer in words: whether they know us is asked of the server."""
    service, network, nick = nickserv.service, registration.network, registration.nick
    if whois(conversation, network, service) is None:
        return fault(
            "login", f"nobody bears the nick {service}: services are down, or see irc.nickserv.service"
        )
    conversation.say("PRIVMSG", service, text=f"IDENTIFY {nickserv.password.get_secret_value()}")
    answers = let_services_catch_up(conversation, service)
    until = Clock.monotonic() + SERVICES_WAIT
    while not _proven(whois(conversation, network, nick)):
        words = [
            line.text for line in answers if line.verb == "NOTICE" and _same(line.nick, service, network)
        ]
        if words:
            said = plain(words[-1])
            return fault("login", f"{service} does not know us by irc.nickserv.password ({said})")
        try:
            answers = [conversation.hear(until)]
        except TimeoutError:
            return fault("login", f"{service} did not answer within {SERVICES_WAIT:g} s: are services up?")
    return ok("login", f"{service} knows us as {nick}")


def _proven(bearer: Bearer | None) -> bool:
    return bearer is not None and (bearer.account is not None or bearer.identified)


def _same(nick: str, other: str, network: Network) -> bool:
    return network.fold(nick) == network.fold(other)
