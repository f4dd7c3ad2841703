"""Getting onto a network: registration, capabilities, and logging in, then or later."""

from __future__ import annotations

from dataclasses import dataclass, field

from cohortbot.irc import sasl, wire
from cohortbot.irc.capabilities import SASL, WANTED, Capabilities
from cohortbot.irc.network import Network
from cohortbot.irc.nickserv import NickServ, NickServCredentials
from cohortbot.irc.own_nick import OwnNick, Patience
from cohortbot.irc.pace import Priority
from cohortbot.irc.people import People
from cohortbot.irc.sasl import Sasl, SaslCredentials
from cohortbot.irc.sender import Line, Sender
from cohortbot.irc.standing import Standing

# Who is logged in is only known as long as it is announced without a break.
ACCOUNTS = frozenset({"account-notify", "account-tag", "extended-join"})
LOGIN_AGAIN = 20.0  # seconds between tries to log in later
PROOF_WAIT = 5.0  # seconds for services to know us before we join: some channels are for the registered


@dataclass(frozen=True, slots=True)
class Credentials:
    """Who we want to be; `password` is the server's own."""

    nick: str
    realname: str
    sasl: SaslCredentials | None = None
    password: str | None = field(default=None, repr=False)
    nickserv: NickServCredentials | None = None

    @property
    def logs_in(self) -> bool:
        """Whether the network has services that we log in to."""
        return self.sasl is not None or self.nickserv is not None


class Login:
    """One connection's way in. Feed it every line (`hear`) and the time (`tick`).

    `failed` is set, to a sentence for the operator, when services refuse our password: trying again would not
    help. Services that are away or slow do not keep us out; we log in when they are back.
    """

    def __init__(
        self,
        credentials: Credentials,
        network: Network,
        people: People,
        sender: Sender,
        patience: Patience,
    ) -> None:
        self.registered = False
        self.join_by = 0.0  # when we go into channels though services do not know us yet
        self._credentials = credentials
        self._network = network
        self._people = people
        self._sender = sender
        self._standing = Standing(people, lambda nick: self._send("WHOIS", nick))
        self._nickserv = NickServ(
            credentials.nickserv, credentials.nick, network, people, self._standing, self._tell
        )
        self._nick = OwnNick(
            credentials.nick,
            network,
            people,
            lambda nick: self._send("NICK", nick),
            self._rescue,
            patience,
        )
        self._sasl = Sasl(credentials.sasl, self._send, self._sasl_over)
        wanted = WANTED if credentials.sasl is None else (*WANTED, SASL)
        self._capabilities = Capabilities(network, wanted, self._say_cap, self._changed, self._settled)
        self._negotiating = True  # the server waits for CAP END before it lets us in
        self._login_at = 0.0

    @property
    def failed(self) -> str | None:
        return self._sasl.failed or self._nickserv.failed

    @property
    def logged_in(self) -> bool:
        """Whether services know us."""
        return self._standing.known

    def may_join(self, now: float) -> bool:
        """Whether no proof is to be waited for any more; until `join_by` one may be on its way."""
        if self.logged_in or now >= self.join_by:
            return True
        sasl = self._credentials.sasl
        # Services know a client certificate where there is no SASL, and say so soon.
        by_certificate = sasl is not None and sasl.certificate and "sasl" not in self._network.offered
        return not (by_certificate or self._nickserv.under_way)

    def start(self) -> None:
        """Say the first lines."""
        self._capabilities.list()
        if self._credentials.password is not None:
            self._sender.put(Line(wire.build("PASS", text=self._credentials.password), Priority.URGENT))
        self._nick.start()
        user = "".join(letter for letter in self._credentials.nick.lower() if letter.isalnum()) or "bot"
        self._send("USER", user[:10], "0", "*", text=self._credentials.realname)

    def hear(self, message: wire.Message, now: float) -> None:
        """Follow one line from the server; after `people` have."""
        self._standing.hear(message)
        match message.verb:
            case "CAP" | "410":
                self._capabilities.hear(message, now)
            case "421" if message.param(1).upper() == "CAP":
                self._negotiating = False
                self._capabilities.hear(message, now)
            case "001":
                self._nick.welcomed(message, now)
                self._capabilities.welcomed()
                self.registered, self._negotiating = True, False
                self._login_at = now + LOGIN_AGAIN
                self.join_by = now + PROOF_WAIT
            case "376" | "422":  # by now 005 has said which network it is
                self._nickserv.begin(now)
            case verb if verb == "AUTHENTICATE" or verb in sasl.ANSWERS:
                self._sasl.hear(message, now)
            case _:
                self._nick.hear(message, now)
        self._nickserv.hear(message, now)
        self._regain(message, now)

    def tick(self, now: float) -> None:
        """Do what is due: give up on silent services, log in later, try for our own nick."""
        self._capabilities.tick(now)
        self._sasl.tick(now)
        if self.registered and self._has_to_log_in() and now >= self._login_at:
            self._login_at = now + LOGIN_AGAIN
            self._log_in_later(now)
        self._nickserv.tick(now)
        self._nick.tick(now)

    def try_now(self, now: float) -> None:
        """Services are there again: log in, if we have to, without waiting for the next time."""
        self._login_at = now
        self._nickserv.try_now(now)
        self.tick(now)

    def next_deadline(self) -> float | None:
        """When `tick` has something to do."""
        later = self._login_at if self.registered and self._has_to_log_in() else None
        parts = (self._capabilities, self._sasl, self._nickserv, self._nick)
        deadlines = (later, *(part.deadline for part in parts))
        return min((at for at in deadlines if at is not None), default=None)

    # Capabilities

    def _say_cap(self, *words: str, text: str | None = None) -> None:
        self._send("CAP", *words, text=text)

    def _changed(self, names: set[str], now: float) -> None:
        """These came or went; what stands on them follows."""
        self._sender.echoes = "echo-message" in self._network.caps
        if names & ACCOUNTS:
            self._people.forget_accounts()
        if SASL in names and SASL not in self._network.caps:
            self._sasl.lost(now)

    def _settled(self, now: float) -> None:
        """Nothing is left to ask the server: log in if that is possible, else have it let us in."""
        if self._has_to_log_in() and (self._negotiating or self.registered):
            self._begin_sasl(now)
        self._end_negotiation()

    def _end_negotiation(self) -> None:
        if self._negotiating and not self._sasl.under_way and not self._capabilities.waiting:
            self._negotiating = False
            self._send("CAP", "END")

    # SASL

    def _has_to_log_in(self) -> bool:
        return self._credentials.sasl is not None and not self.logged_in and not self._sasl.under_way

    def _sasl_over(self, now: float) -> None:
        self._standing.known = self.logged_in or self._sasl.succeeded
        self._login_at = now + LOGIN_AGAIN
        self._end_negotiation()

    def _begin_sasl(self, now: float) -> None:
        """Begin to log in, if the server lets us and takes what we have."""
        if SASL in self._network.caps and SASL in self._network.offered:
            self._sasl.begin(self._network.offered[SASL], now)

    def _log_in_later(self, now: float) -> None:
        self._begin_sasl(now)
        if not self._sasl.under_way:  # some servers do not tell when services are back (InspIRCd 3.15): ask
            self._capabilities.list()

    # Our nick, with the help of services

    def _regain(self, message: wire.Message, now: float) -> None:
        """Once services know us, or were told our password, they can free our nick."""
        if message.verb == "NOTICE" and self._nickserv.is_service(message.nick):
            self._nick.heard_service(now)
        if not self._credentials.logs_in or self._nick.is_ours or self._nickserv.under_way:
            return
        if self.logged_in or self._nickserv.was_refused:
            self._nick.ask_services(now)
        elif message.verb == "NICK":  # a nick that services took from us for want of a login
            self._nickserv.try_now(now)

    def _rescue(self, verb: str) -> None:
        nickserv = self._credentials.nickserv
        words = [verb, self._credentials.nick, *([nickserv.password] if nickserv is not None else [])]
        self._tell(self._nickserv.service, " ".join(words))

    def _tell(self, service: str, text: str) -> None:
        """A line without `target` and `text` of its own: nobody keeps what it says."""
        self._send("PRIVMSG", service, text=text)

    def _send(self, verb: str, *middle: str, text: str | None = None) -> None:
        self._sender.put(Line(wire.build(verb, *middle, text=text), Priority.URGENT))
