"""Asking the server who bears a nick, with no more lines than it takes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from cohortbot.irc import wire
from cohortbot.irc.network import Network
from cohortbot.irc.pace import Priority
from cohortbot.irc.people import People, account_of
from cohortbot.irc.sender import Line, Sender

# Seconds after which a question is taken for lost (263: the server is too busy) and asked again.
PATIENCE = 5.0
MOST_OPEN = 2_000  # questions, after which the lost ones are forgotten


@dataclass(slots=True)
class Answer:
    """What WHOIS told of a nick, which is as the server spells it.

    `mask` is user@host, '' when nobody bears the nick. `account` is 330's, None also where that says `*`:
    `named` is whether there was one at all. `registered` is 307 («has identified for this nick»), `official`
    that the server calls it a service or an operator (310, 313).
    """

    nick: str
    mask: str = ""
    server: str = ""
    account: str | None = None
    named: bool = False
    registered: bool = False
    official: bool = False
    bot: bool = False


Told = Callable[[Answer], None]


@dataclass(eq=False, slots=True)
class _Question:
    line: Line
    answer: Answer
    told: list[Told] = field(default_factory=list)
    late: list[Told] = field(default_factory=list)  # who asked when the answer had already begun

    @property
    def begun(self) -> bool:
        return bool(self.answer.mask)

    def lost(self, now: float) -> bool:
        return self.line.on_wire and now - self.line.sent_at > PATIENCE


class Whois:
    """The questions of one connection: never two about one nick at a time.

    Whoever asks while an answer is on its way shares it: it was made after everything heard before it, so it
    is not older than what its asker has heard.
    """

    def __init__(self, network: Network, people: People, sender: Sender) -> None:
        self._network = network
        self._people = people
        self._sender = sender
        self._open: dict[str, _Question] = {}
        self._gone: set[str] = set()  # nicks whose 401 came and whose 318 may follow

    def ask(self, nick: str, told: Told, now: float) -> None:
        """Ask the server who bears `nick` now; `told` is called once, unless it never answers."""
        key = self._network.fold(nick)
        question = self._open.get(key)
        if question is None or question.lost(now):
            self._forget_lost(now)
            question = _Question(Line(wire.build("WHOIS", nick), Priority.QUESTION), Answer(nick))
            self._open[key] = question
            self._sender.put(question.line)
        (question.late if question.begun else question.told).append(told)

    def _forget_lost(self, now: float) -> None:
        """Do not keep for ever what a server never answered."""
        if len(self._open) >= MOST_OPEN:
            self._open = {key: question for key, question in self._open.items() if not question.lost(now)}
        if len(self._gone) >= MOST_OPEN:
            self._gone.clear()

    def hear(self, message: wire.Message, now: float) -> None:
        """Follow what is answered; `params[1]` of each line is the nick asked about."""
        key = self._network.fold(message.param(1))
        if message.verb == "318" and key in self._gone:
            self._gone.discard(key)
            return
        question = self._open.get(key)
        if question is None or not question.line.on_wire:
            return
        answer = question.answer
        match message.verb:
            case "311":
                self._gone.discard(key)
                answer.nick, answer.mask = message.param(1), f"{message.param(2)}@{message.param(3)}"
            case "312":
                answer.server = message.param(2)
            case "330":
                answer.account, answer.named = account_of(message.param(2)), True
            case "307":
                answer.registered = True
            case "310" | "313":
                answer.official = True
            case "335":
                answer.bot = True
            case "401" if not self._said_before(question, key):
                self._gone.add(key)
                self._people.forget_unseen(key)
                self._finish(key, question, now)
            case "318":
                self._finish(key, question, now)

    def _said_before(self, question: _Question, nick: str) -> bool:
        """Whether a 401 is the answer to a line that we said to the nick before we asked."""
        said_at = self._sender.oldest_to(nick)
        return said_at is not None and said_at < question.line.sent_at

    def _finish(self, key: str, question: _Question, now: float) -> None:
        del self._open[key]
        for told in question.told:
            told(question.answer)
        for told in question.late:
            self.ask(question.answer.nick, told, now)
