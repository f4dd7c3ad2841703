"""Getting onto a network and staying known there: capabilities, SASL, our nick and how to have it back."""

from __future__ import annotations

import base64
import logging
from dataclasses import dataclass, field
from itertools import count

from cohortbot.irc import wire
from cohortbot.irc.network import Network
from cohortbot.irc.pace import Priority
from cohortbot.irc.people import People
from cohortbot.irc.sender import Line, Sender

log = logging.getLogger(__name__)

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
SASL_WAIT = 15.0  # seconds for services to answer one step; then we go on without
LOGIN_AGAIN = 20.0  # seconds between tries to log in later
REGAIN_AGAIN = 15.0  # seconds between tries to have our own nick back
_CHUNK = 400  # bytes of one AUTHENTICATE, IRCv3 SASL 3.1
_NICK_TAKEN = frozenset({"432", "433", "436", "437"})


@dataclass(frozen=True, slots=True)
class Credentials:
    """Who we want to be. `sasl` is account and password; `password` is the server's own."""

    nick: str
    realname: str
    sasl: tuple[str, str] | None = field(default=None, repr=False)
    password: str | None = field(default=None, repr=False)


class Login:
    """One connection's way in. Feed it every line (`hear`) and the time (`tick`).

    `failed` is set, to a sentence for the operator, when services refuse our password: trying again would not
    help. Services that are away or slow do not keep us out; we log in when they are back.
    """

    def __init__(self, credentials: Credentials, network: Network, people: People, sender: Sender) -> None:
        self.registered = False
        self.logged_in = False
        self.failed: str | None = None
        self._credentials = credentials
        self._network = network
        self._people = people
        self._sender = sender
        self._spares = count()
        self._unasked: list[str] = []  # capabilities to ask for one by one after a refusal of all
        self._negotiating = True
        self._listing = False  # within a LS of several lines
        self._sasl_step: str | None = None  # "asked", then "told" once the password has gone out
        self._sasl_until = 0.0
        self._login_at = 0.0
        self._regain_at = 0.0

    def start(self) -> None:
        """Say the first lines."""
        self._people.own_nick = self._credentials.nick
        self._send("CAP", "LS", "302")
        if self._credentials.password is not None:
            self._sender.put(Line(wire.build("PASS", text=self._credentials.password), Priority.URGENT))
        self._send("NICK", self._credentials.nick)
        user = "".join(letter for letter in self._credentials.nick.lower() if letter.isalnum()) or "bot"
        self._send("USER", user[:10], "0", "*", text=self._credentials.realname)

    def hear(self, message: wire.Message, now: float) -> None:
        """Follow one line from the server."""
        match message.verb:
            case "CAP":
                self._cap(message, now)
            case "AUTHENTICATE":
                self._authenticate(message, now)
            case "001":
                self._people.own_nick = message.param(0) or self._people.own_nick
                self.registered, self._negotiating = True, False
                self._regain_at = now + REGAIN_AGAIN
                self._login_at = now + LOGIN_AGAIN
            case "900":
                self.logged_in = True
            case "901":
                self.logged_in = False
            case "902" | "903" | "904" | "905" | "906" | "907" | "908":
                self._sasl_answer(message, now)
            case verb if verb in _NICK_TAKEN and not self.registered:
                self._take_spare()
            case "QUIT" | "NICK" if self._wants(message.nick):
                self._regain_at = now
                self.tick(now)

    def tick(self, now: float) -> None:
        """Do what is due: give up on silent services, log in later, try for our own nick."""
        if self._sasl_step is not None and now >= self._sasl_until:
            log.warning("services do not answer the login; going on without")
            self._send("AUTHENTICATE", "*")
            self._sasl_over(now)
        if not self.registered:
            return
        if self._has_to_log_in() and now >= self._login_at:
            self._login_at = now + LOGIN_AGAIN
            self._log_in_later(now)
        if self._people.own_nick != self._credentials.nick and now >= self._regain_at:
            self._regain_at = now + REGAIN_AGAIN
            self._send("NICK", self._credentials.nick)

    def try_now(self, now: float) -> None:
        """Services are there again: log in, if we have to, without waiting for the next time."""
        self._login_at = now
        self.tick(now)

    def next_deadline(self) -> float | None:
        """When `tick` has something to do."""
        deadlines = []
        if self._sasl_step is not None:
            deadlines.append(self._sasl_until)
        if self.registered and self._has_to_log_in():
            deadlines.append(self._login_at)
        if self.registered and self._people.own_nick != self._credentials.nick:
            deadlines.append(self._regain_at)
        return min(deadlines, default=None)

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
        return name not in self._network.caps and (name != "sasl" or self._sasl_fits())

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
        if self._negotiating and self._sasl_step is None:
            self._negotiating = False
            self._send("CAP", "END")

    # SASL

    def _has_to_log_in(self) -> bool:
        return self._credentials.sasl is not None and not self.logged_in and self._sasl_step is None

    def _sasl_fits(self) -> bool:
        """Whether we have a password and the server takes one (it may name no mechanisms at all)."""
        mechanisms = self._network.offered.get("sasl", "").upper().split(",")
        return self._credentials.sasl is not None and (mechanisms == [""] or "PLAIN" in mechanisms)

    def _begin_sasl(self, now: float) -> None:
        self._sasl_step = "asked"
        self._sasl_until = now + SASL_WAIT
        self._send("AUTHENTICATE", "PLAIN")

    def _authenticate(self, message: wire.Message, now: float) -> None:
        if self._sasl_step != "asked" or self._credentials.sasl is None or message.param(0) != "+":
            return
        self._sasl_step = "told"
        self._sasl_until = now + SASL_WAIT
        account, password = self._credentials.sasl
        payload = base64.b64encode(f"{account}\0{account}\0{password}".encode()).decode()
        chunks = [payload[start : start + _CHUNK] for start in range(0, len(payload), _CHUNK)]
        for chunk in [*chunks, "+"] if len(chunks[-1]) == _CHUNK else chunks:
            self._send("AUTHENTICATE", chunk)

    def _sasl_answer(self, message: wire.Message, now: float) -> None:
        match message.verb:
            case "903" | "907":
                self.logged_in = True
                log.info("logged in to services")
            case "904" if self._sasl_step == "told" and self._credentials.sasl is not None:
                account, _ = self._credentials.sasl
                self.failed = f"irc.sasl: services refuse the password of the account {account}"
                return
            case "908":
                return  # names mechanisms; the refusal itself comes behind it
            case code:
                log.warning("no login (%s %s); trying again later", code, message.text)
        self._sasl_over(now)

    def _sasl_over(self, now: float) -> None:
        self._sasl_step = None
        self._login_at = now + LOGIN_AGAIN
        self._next_request()

    def _log_in_later(self, now: float) -> None:
        if "sasl" in self._network.caps:
            self._begin_sasl(now)
        elif "sasl" in self._network.offered:
            self._request(["sasl"])
        else:  # some servers do not tell when services are back (InspIRCd 3.15): ask
            self._send("CAP", "LS", "302")

    # Our nick

    def _wants(self, nick: str) -> bool:
        """Whether this is our own nick, borne by somebody else."""
        mine = self._network.fold(self._credentials.nick)
        return self.registered and self._network.fold(nick) == mine and not self._people.is_me(nick)

    def _take_spare(self) -> None:
        self._people.own_nick = spare_nick(self._credentials.nick, next(self._spares))
        self._send("NICK", self._people.own_nick)

    def _send(self, verb: str, *middle: str, text: str | None = None) -> None:
        self._sender.put(Line(wire.build(verb, *middle, text=text), Priority.URGENT))


def spare_nick(nick: str, number: int) -> str:
    """The `number`th nick to try when `nick` is taken: underscores first, then short ones with a number.

    Where the server cuts long nicks an underscore too many would be cut off; the short ones always differ.
    """
    return f"{nick}{'_' * (number + 1)}" if number < 2 else f"{nick[:6]}{number - 1}"
