"""Getting onto a network: registration, capabilities, and logging in, then or later."""

from __future__ import annotations

from dataclasses import dataclass, field

from cohortbot.irc import sasl, wire
from cohortbot.irc.network import Network
from cohortbot.irc.own_nick import OwnNick
from cohortbot.irc.pace import Priority
from cohortbot.irc.people import People
from cohortbot.irc.sasl import Sasl, SaslCredentials
from cohortbot.irc.sender import Line, Sender

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
LOGIN_AGAIN = 20.0  # seconds between tries to log in later


@dataclass(frozen=True, slots=True)
class Credentials:
    """Who we want to be; `password` is the server's own."""

    nick: str
    realname: str
    sasl: SaslCredentials | None = None
    password: str | None = field(default=None, repr=False)

    @property
    def logs_in(self) -> bool:
        """Whether the network has services that we log in to."""
        return self.sasl is not None


class Login:
    """One connection's way in. Feed it every line (`hear`) and the time (`tick`).

    `failed` is set, to a sentence for the operator, when services refuse our password: trying again would not
    help. Services that are away or slow do not keep us out; we log in when they are back.
    """

    def __init__(self, credentials: Credentials, network: Network, people: People, sender: Sender) -> None:
        self.registered = False
        self.logged_in = False
        self._credentials = credentials
        self._network = network
        self._sender = sender
        self._nick = OwnNick(credentials.nick, network, people, lambda nick: self._send("NICK", nick))
        self._sasl = Sasl(credentials.sasl, self._send, self._sasl_over)
        self._unasked: list[str] = []  # capabilities to ask for one by one after a refusal of all
        self._negotiating = True
        self._listing = False  # within a LS of several lines
        self._login_at = 0.0

    @property
    def failed(self) -> str | None:
        return self._sasl.failed

    def start(self) -> None:
        """Say the first lines."""
        self._send("CAP", "LS", "302")
        if self._credentials.password is not None:
            self._sender.put(Line(wire.build("PASS", text=self._credentials.password), Priority.URGENT))
        self._nick.start()
        user = "".join(letter for letter in self._credentials.nick.lower() if letter.isalnum()) or "bot"
        self._send("USER", user[:10], "0", "*", text=self._credentials.realname)

    def hear(self, message: wire.Message, now: float) -> None:
        """Follow one line from the server."""
        match message.verb:
            case "CAP":
                self._cap(message, now)
            case "001":
                self._nick.welcomed(message, now)
                self.registered, self._negotiating = True, False
                self._login_at = now + LOGIN_AGAIN
            case "900":
                self.logged_in = True
            case "901":
                self.logged_in = False
            case verb if verb == "AUTHENTICATE" or verb in sasl.ANSWERS:
                self._sasl.hear(message, now)
            case _:
                self._nick.hear(message, now)

    def tick(self, now: float) -> None:
        """Do what is due: give up on silent services, log in later, try for our own nick."""
        self._sasl.tick(now)
        if self.registered and self._has_to_log_in() and now >= self._login_at:
            self._login_at = now + LOGIN_AGAIN
            self._log_in_later(now)
        self._nick.tick(now)

    def try_now(self, now: float) -> None:
        """Services are there again: log in, if we have to, without waiting for the next time."""
        self._login_at = now
        self.tick(now)

    def next_deadline(self) -> float | None:
        """When `tick` has something to do."""
        later = self._login_at if self.registered and self._has_to_log_in() else None
        deadlines = (self._sasl.deadline, later, self._nick.deadline)
        return min((at for at in deadlines if at is not None), default=None)

    # Capabilities

    def _cap(self, message: wire.Message, now: float) -> None:
        words = message.text.split()
        match message.param(1).upper():
            case "LS":
                if not self._listing:
                    self._network.offered.clear()
                self._listing = message.param(2) == "*"
                self._offer(words)
                if not self._listing:
                    self._request([*WANTED, "sasl"])
            case "NEW":
                self._offer(words)
                self._login_at = now
                self._request([*WANTED, "sasl"])
            case "ACK":
                self._granted(words, now)
            case "NAK":
                if len(words) > 1:  # one of them is not to be had: find out which
                    self._unasked += words
                self._next_request()
            case "DEL":
                for name in words:
                    self._network.offered.pop(name, None)
                    self._network.caps.discard(name)
                self._sender.echoes = "echo-message" in self._network.caps

    def _offer(self, words: list[str]) -> None:
        for word in words:
            name, _, value = word.partition("=")
            self._network.offered[name] = value

    def _request(self, names: list[str]) -> None:
        wanted = [name for name in names if name in self._network.offered and self._new(name)]
        if wanted:
            self._send("CAP", "REQ", text=" ".join(wanted))
        else:
            self._end_negotiation()

    def _new(self, name: str) -> bool:
        offered = self._network.offered[name]
        return name not in self._network.caps and (name != "sasl" or self._sasl.fits(offered))

    def _granted(self, words: list[str], now: float) -> None:
        for word in words:
            if word.startswith("-"):
                self._network.caps.discard(word[1:])
            else:
                self._network.caps.add(word)
        self._sender.echoes = "echo-message" in self._network.caps
        if "sasl" in words and self._has_to_log_in():
            self._begin_sasl(now)
        else:
            self._next_request()

    def _next_request(self) -> None:
        if self._unasked:
            self._send("CAP", "REQ", text=self._unasked.pop(0))
        else:
            self._end_negotiation()

    def _end_negotiation(self) -> None:
        if self._negotiating and not self._sasl.under_way:
            self._negotiating = False
            self._send("CAP", "END")

    # SASL

    def _has_to_log_in(self) -> bool:
        return self._credentials.sasl is not None and not self.logged_in and not self._sasl.under_way

    def _begin_sasl(self, now: float) -> None:
        self._sasl.begin(self._network.offered.get("sasl", ""), now)

    def _sasl_over(self, now: float) -> None:
        self.logged_in = self.logged_in or self._sasl.succeeded
        self._login_at = now + LOGIN_AGAIN
        self._next_request()

    def _log_in_later(self, now: float) -> None:
        if "sasl" in self._network.caps:
            self._begin_sasl(now)
        elif "sasl" in self._network.offered:
            self._request(["sasl"])
        else:  # some servers do not tell when services are back (InspIRCd 3.15): ask
            self._send("CAP", "LS", "302")

    def _send(self, verb: str, *middle: str, text: str | None = None) -> None:
        self._sender.put(Line(wire.build(verb, *middle, text=text), Priority.URGENT))
