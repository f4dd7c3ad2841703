"""All that the bot says: one queue for the connection, paced, in order of urgency, with receipts.

It knows neither Sopel nor a socket and reads no clock: whoever drives it hands in `now` (seconds of one
monotonic clock), takes the lines that are due and puts them on the wire, and tells it what came back.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence

from cohortbot.domain.message import LogAddress
from cohortbot.domain.undelivered import WHY, Why
from cohortbot.irc import wire
from cohortbot.irc.awaiting import Awaiting
from cohortbot.irc.line import Fate, Line, Piece, Receipt, Told
from cohortbot.irc.newcomers import Newcomers
from cohortbot.irc.pace import Bucket, Priority

__all__ = ["PATIENCE", "PING_EVERY", "RECEIPT_WAIT", "Fate", "Line", "Receipt", "Sender", "Told"]

_TALK = (Priority.ANSWER, Priority.LETTER, Priority.BROADCAST)  # what people hear
PING_EVERY = 10  # lines: a PING behind each halves the pace, and some servers then say «Excess Flood»
_CHANNELS = ("", "#", "&", "+", "!")  # RFC 2811, 2.1: no nick begins so
_PING = "receipt-"  # and its number
PATIENCE = 45.0  # seconds in the queue, after which words with a receipt are given back UNSENT
MOST_WAITING = 500  # lines of one priority; on top of them a line is lost: eight minutes at the usual pace
MOST_NEW = 100  # lines of one priority to people who are new to us and wait for their turn, a minute each
RECEIPT_WAIT = 45.0  # seconds on the wire, after which they are given up for UNKNOWN

Unheard = Callable[[Sequence[Line], str], None]


class Sender:
    """The queue of one connection.

    `echoes` says whether the server echoes what we say (echo-message): then the echo is the receipt. Else one
    PING behind at most PING_EVERY lines is, which takes a token as any line does. An error for a target is
    the failure of the oldest line to it that has no receipt yet, since the server answers in order; a PING
    goes between two things said to one person where somebody waits for the receipt of either.

    Words to people who are new to us wait for their turn (`newcomers`) and let all others by. An answer, of
    which nobody is told, is said again when the server refused it for its pace; what it refuses for another
    reason is handed to `unheard`, with the numeric.
    """

    def __init__(
        self,
        bucket: Bucket,
        fold: Callable[[str], str] = str.lower,
        newcomers: Newcomers | None = None,
        unheard: Unheard = lambda _lines, _code: None,
    ) -> None:
        self.echoes = False
        self.newcomers = newcomers or Newcomers(fold=fold)
        self._fold = fold
        self._bucket = bucket
        self._unheard = unheard
        self._queues: dict[Priority, deque[Line]] = {priority: deque() for priority in Priority}
        self._awaiting = Awaiting(fold)
        self._lines = 0
        self._pings = 0
        self._closed = False

    # What is to be said

    def say(self, target: str, text: str, priority: Priority, told: Told | None = None) -> None:
        """Queue one PRIVMSG that fits a line already."""
        self.say_all(target, [text], priority, told)

    def say_all(
        self, target: str, texts: Sequence[str], priority: Priority, told: Told | None = None
    ) -> None:
        """Queue PRIVMSGs that are said in one go; `told` is called once, of all of them."""
        piece = Piece(len(texts), told)
        for text in texts:
            self.put(Line(wire.build("PRIVMSG", target, text=text), priority, target, text, piece))

    def put(self, line: Line) -> None:
        """Queue a line; never waits. Behind a lost connection, or too many others, it is UNSENT."""
        if self._closed or self._is_full(line):
            self._give_back(line)
            return
        self._lines += 1
        line.number = self._lines
        self._queues[line.priority].append(line)

    def _is_full(self, line: Line) -> bool:
        """However many new people wait for their turn, they take nobody else's place."""
        queue = self._queues[line.priority]
        if len(queue) < MOST_NEW:
            return False
        new = sum(map(self._waits_for_turn, queue))
        return new >= MOST_NEW if self._waits_for_turn(line) else len(queue) - new >= MOST_WAITING

    def _waits_for_turn(self, line: Line) -> bool:
        return bool(line.target) and not self.newcomers.is_open(line.target)

    def say_again(self, lines: Iterable[Line]) -> None:
        """Queue again, in their old places, what was on the wire and not heard."""
        for line in lines:
            line.on_wire, line.ping = False, 0
            queue = self._queues[line.priority]
            place = next((at for at, other in enumerate(queue) if other.number > line.number), len(queue))
            queue.insert(place, line)

    @property
    def queued(self) -> int:
        """How many lines wait for their turn."""
        return sum(map(len, self._queues.values()))

    # What is due

    def take(self, now: float) -> list[Line]:
        """The lines to put on the wire now, in this order."""
        due: list[Line] = []
        while (line := self._next(now)) is not None:
            line.on_wire, line.sent_at = True, now
            due.append(line)
            if line.piece is not None:
                line.piece.began = True
                self._awaiting.add(line, wanted=line.tracked or self.newcomers.on_trial(line.target))
        return due

    def wait(self, now: float) -> float | None:
        """Seconds until `take` or `expire` has something to do, None while there is nothing."""
        waits = []
        first = self._first(lambda line: self._may_go(line, self.newcomers.is_open))
        if self._ping_due(first):
            waits.append(self._bucket.wait(Priority.ANSWER, now))
        elif first is not None:
            waits.append(self._bucket.wait(first.priority, now))
        if (turn := self.newcomers.wait(now)) is not None:
            waits.append(turn)
        if (oldest := self._awaiting.oldest) is not None:
            waits.append(max(0.0, oldest.sent_at + RECEIPT_WAIT - now))
        return min(waits, default=None)

    def _next(self, now: float) -> Line | None:
        first = self._first(lambda line: self._may_go(line, lambda nick: self.newcomers.may_write(nick, now)))
        if self._ping_due(first):
            return self._ping() if self._bucket.take(Priority.ANSWER, now) else None
        if first is None or not self._bucket.take(first.priority, now):
            return None
        self._queues[first.priority].remove(first)
        return first

    def _first(self, may_go: Callable[[Line], bool]) -> Line | None:
        """Whose turn it is, of those that may go; what is to one target may go or may not."""
        told: dict[str, bool] = {}
        for queue in self._queues.values():
            for line in queue:
                if not line.target:
                    return line
                if line.target not in told:
                    told[line.target] = may_go(line)
                if told[line.target]:
                    return line
        return None

    def _talk(self) -> Iterator[Line]:
        return (line for priority in _TALK for line in self._queues[priority])

    def _may_go(self, line: Line, may_write: Callable[[str], bool]) -> bool:
        """Words to somebody new go in their turn; behind the first line the others once that was heard."""
        if self.newcomers.on_trial(line.target) and self._awaiting.oldest_to(line.target) is not None:
            return False
        return may_write(line.target)

    def _ping_due(self, first: Line | None) -> bool:
        """Whether a PING goes before `first`, whose turn it is."""
        if self.echoes:
            return False
        unpinged = self._awaiting.unpinged
        if first is None or first.priority is Priority.CHORE:
            return unpinged > 0
        if first.priority not in _TALK:
            return False
        private = first.target[:1] not in _CHANNELS
        return unpinged >= PING_EVERY or (private and self._awaiting.confusable(first))

    def _ping(self) -> Line:
        """A PING that vouches for all that went before it; it goes as an answer."""
        self._pings += 1
        self._awaiting.pinged(self._pings)
        return Line(wire.build("PING", f"{_PING}{self._pings}"), Priority.ANSWER)

    # What came back

    def echoed(self, target: str, text: str, address: LogAddress | None = None) -> None:
        """Our own line came back, with this text."""
        line = self._awaiting.echo_of(target, text)
        if line is not None:
            self._received(line, address)

    def ponged(self, token: str) -> None:
        """A PONG: the lines before its PING that no error named were received."""
        number = token.removeprefix(_PING)
        if number != token and number.isdecimal():
            for line in self._awaiting.before(int(number)):
                self._received(line, line.address)

    def _received(self, line: Line, address: LogAddress | None) -> None:
        self._awaiting.remove(line)
        self.newcomers.met(line.target)
        if line.piece is not None:
            line.piece.received(address)

    def refused(self, target: str, code: str, reason: str, now: float) -> bool:
        """The server would not deliver to this target; whether that was a line of ours."""
        line = self._awaiting.oldest_to(target)
        if line is None or line.piece is None:
            return False
        self._awaiting.remove(line)
        why = WHY.get(code, Why.SETTINGS)
        if why is Why.PACE:
            self.newcomers.refused(line.target, now)
        piece = line.piece
        if line.tracked:
            self._give_up(piece, Receipt(Fate.REFUSED, code, reason, partly=piece.partly))
        elif piece.answer and why is Why.PACE:
            self.say_again([line])
        elif piece.answer:
            self._unheard([line, *self._withdraw(piece)], code)
        return True

    def _give_up(self, piece: Piece, receipt: Receipt) -> None:
        """What of it waits in the queue is not said any more."""
        self._withdraw(piece)
        piece.settle(receipt)

    def _withdraw(self, piece: Piece) -> list[Line]:
        """Take what of it waits out of the queue."""
        lines = [line for line in self._talk() if line.piece is piece]
        for line in lines:
            self._queues[line.priority].remove(line)
        return lines

    def oldest_to(self, target: str) -> float | None:
        """When the oldest line to this target was sent that has no receipt yet; None without one."""
        line = self._awaiting.oldest_to(target)
        return line.sent_at if line is not None else None

    # Who leaves, who is called otherwise, and what takes too long

    def gone(self, nick: str) -> None:
        """They left: whoever takes that nick next must not hear what was meant for them."""
        self.newcomers.gone(nick)
        for line in self._waiting_for(nick):
            self._give_back(line)

    def renamed(self, old: str, new: str) -> None:
        """An answer follows whom it is for; what has a receipt is given back, and sent where they are now."""
        self.newcomers.renamed(old, new)
        for line in self._waiting_for(old):
            if line.tracked:
                self._give_back(line)
            else:
                line.target, line.data = new, wire.build("PRIVMSG", new, text=line.text)

    def _waiting_for(self, nick: str) -> list[Line]:
        key = self._fold(nick)
        return [line for line in self._talk() if line.target and self._fold(line.target) == key]

    def expire(self, now: float) -> None:
        """Give up, for UNKNOWN, what waits for its receipt too long; give back what waits for its turn."""
        for line in self._awaiting.sent_before(now - RECEIPT_WAIT):
            self._awaiting.remove(line)
            if line.piece is not None and line.tracked:
                self._give_up(line.piece, Receipt(Fate.UNKNOWN))
        for line in [line for line in self._talk() if line.tracked]:
            if line.queued_at is None:
                line.queued_at = now
            elif now - line.queued_at >= PATIENCE:
                self._give_back(line)

    def _give_back(self, line: Line) -> None:
        """Words that were not begun are UNSENT; of others nobody knows what was heard."""
        if line.piece is not None:
            fate = Fate.UNKNOWN if line.piece.began else Fate.UNSENT
            self._give_up(line.piece, Receipt(fate))

    def close(self) -> None:
        """The connection is gone: what waited is UNSENT, what was on the wire UNKNOWN."""
        self._closed = True
        for line in [*self._awaiting, *self._talk()]:
            self._give_back(line)
        for queue in self._queues.values():
            queue.clear()
