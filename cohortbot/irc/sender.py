"""All that the bot says: one queue for the connection, paced, in order of urgency, with receipts.

It knows neither Sopel nor a socket and reads no clock: whoever drives it hands in `now` (seconds of one
monotonic clock), takes the lines that are due and puts them on the wire, and tells it what came back.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from cohortbot.domain.message import LogAddress
from cohortbot.irc import wire
from cohortbot.irc.pace import Bucket, Priority

_TALK = (Priority.ANSWER, Priority.LETTER, Priority.BROADCAST)  # what people hear
PING_EVERY = 10  # lines: a PING behind each halves the pace, and some servers then say «Excess Flood»
# Seconds. Together they are less than the outbox's claim (Limits.outbox_claim), or a line could go out twice.
PATIENCE = 45.0  # in the queue, after which a line with a receipt is given back UNSENT
MOST_WAITING = 2_000  # lines of one priority; on top of them a line is lost: half an hour at the usual pace
RECEIPT_WAIT = 45.0  # on the wire, after which it is given up for UNKNOWN


class Fate(Enum):
    """What became of a line that somebody wants to know about."""

    RECEIVED = "received"
    REFUSED = "refused"
    UNSENT = "unsent"  # it never left us: say it again
    UNKNOWN = "unknown"  # it left us and the connection died, or nothing came back


@dataclass(frozen=True, slots=True)
class Receipt:
    """`code` is the numeric that refused the line, else ''; `reason` its words.

    `address` is where a received line stands in the channel log; None in private or where it was not written.
    """

    fate: Fate
    code: str = ""
    reason: str = ""
    address: LogAddress | None = None


Told = Callable[[Receipt], None]


@dataclass(eq=False, slots=True)
class Line:
    """A line in the queue; `target` and `text` are '' for anything but a PRIVMSG. `told` is called once.

    `address` is where it stands in the channel log, once it does.
    """

    data: bytes
    priority: Priority
    target: str = ""
    text: str = ""
    told: Told | None = None
    queued_at: float | None = None  # as `expire` first saw it
    on_wire: bool = False
    sent_at: float = 0.0
    address: LogAddress | None = None

    def settle(self, receipt: Receipt) -> None:
        told, self.told = self.told, None
        if told is not None:
            told(receipt)


class Sender:
    """The queue of one connection.

    `echoes` says whether the server echoes what we say (echo-message): then the echo is the receipt. Else
    one PING behind at most PING_EVERY lines is, which takes a token as any line does. An error for a target
    is the failure of the oldest line to it that has no receipt yet: the server answers in order.
    """

    def __init__(self, bucket: Bucket, fold: Callable[[str], str] = str.lower) -> None:
        self.fold = fold
        self._echoes = False
        self._bucket = bucket
        self._queues: dict[Priority, deque[Line]] = {priority: deque() for priority in Priority}
        self._awaiting: deque[Line] = deque()  # on the wire, without a receipt; oldest first
        self._pings: deque[tuple[str, int]] = deque()  # token, how many lines at most it vouches for
        self._unpinged = 0
        self._ping_count = 0
        self._closed = False

    @property
    def echoes(self) -> bool:
        """Whether the server echoes what we say."""
        return self._echoes

    @echoes.setter
    def echoes(self, echoes: bool) -> None:
        if self._echoes and not echoes:  # what waits for an echo now waits for a PING
            self._unpinged = len(self._awaiting)
        self._echoes = echoes

    # What is to be said

    def say(self, target: str, text: str, priority: Priority, told: Told | None = None) -> None:
        """Queue one PRIVMSG that fits a line already."""
        self.put(Line(wire.build("PRIVMSG", target, text=text), priority, target, text, told))

    def put(self, line: Line) -> None:
        """Queue a line; never waits. Behind a lost connection, or 2,000 others, it is UNSENT at once."""
        if self._closed or len(self._queues[line.priority]) >= MOST_WAITING:
            line.settle(Receipt(Fate.UNSENT))
        else:
            self._queues[line.priority].append(line)

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
            if line.told is not None:
                self._await(line)
        return due

    def wait(self, now: float) -> float | None:
        """Seconds until `take` or `expire` has something to do, None while there is nothing."""
        waits = []
        priority = self._turn()
        if priority is not None:
            waits.append(self._bucket.wait(priority, now))
        if self._awaiting:
            waits.append(max(0.0, self._awaiting[0].sent_at + RECEIPT_WAIT - now))
        return min(waits, default=None)

    def _next(self, now: float) -> Line | None:
        priority = self._turn()
        if priority is None or not self._bucket.take(priority, now):
            return None
        if priority is Priority.ANSWER and self._ping_due():
            return self._ping()
        return self._queues[priority].popleft()

    def _turn(self) -> Priority | None:
        """Whose turn it is; a PING that vouches for lines goes as an answer."""
        ahead = self._queues[Priority.URGENT] or self._queues[Priority.QUESTION]
        if self._ping_due() and not ahead:
            return Priority.ANSWER
        return next((priority for priority, queue in self._queues.items() if queue), None)

    def _ping_due(self) -> bool:
        talk = any(self._queues[priority] for priority in _TALK)
        return self._unpinged >= PING_EVERY or (self._unpinged > 0 and not talk)

    def _await(self, line: Line) -> None:
        self._awaiting.append(line)
        if not self.echoes:
            self._unpinged += 1

    def _ping(self) -> Line:
        self._ping_count += 1
        token = f"receipt-{self._ping_count}"
        self._pings.append((token, len(self._awaiting)))
        self._unpinged = 0
        return Line(wire.build("PING", token), Priority.ANSWER)

    # What came back

    def echoed(self, target: str, text: str, address: LogAddress | None = None) -> None:
        """Our own line came back, with this text (which servers may have stripped of colours)."""
        key = self.fold(target)
        oldest = None
        for line in self._awaiting:
            if self.fold(line.target) == key:
                oldest = oldest or line
                if line.text == text:
                    oldest = line
                    break
        if oldest is not None:
            self._settle(oldest, Receipt(Fate.RECEIVED, address=address))

    def ponged(self, token: str) -> None:
        """A PONG: the lines before its PING that no error named were received."""
        while self._pings and token in (known for known, _ in self._pings):
            known, count = self._pings.popleft()
            for line in list(self._awaiting)[:count]:
                self._settle(line, Receipt(Fate.RECEIVED, address=line.address))
            if known == token:
                return

    def refused(self, target: str, code: str, reason: str) -> bool:
        """The server would not deliver to this target; whether somebody waited for that line."""
        key = self.fold(target)
        for line in self._awaiting:
            if self.fold(line.target) == key:
                self._settle(line, Receipt(Fate.REFUSED, code, reason))
                return True
        return False

    def oldest_to(self, target: str) -> float | None:
        """When the oldest line to this target was sent that has no receipt yet; None without one."""
        key = self.fold(target)
        return next((line.sent_at for line in self._awaiting if self.fold(line.target) == key), None)

    def expire(self, now: float) -> None:
        """Give up, for UNKNOWN, what waits for its receipt too long; for UNSENT, what waits for its turn."""
        while self._awaiting and now - self._awaiting[0].sent_at >= RECEIPT_WAIT:
            self._settle(self._awaiting[0], Receipt(Fate.UNKNOWN))
        for priority in _TALK:
            self._withdraw(self._queues[priority], now)

    @staticmethod
    def _withdraw(queue: deque[Line], now: float) -> None:
        for line in [line for line in queue if line.told is not None]:
            if line.queued_at is None:
                line.queued_at = now
            elif now - line.queued_at >= PATIENCE:
                queue.remove(line)
                line.settle(Receipt(Fate.UNSENT))

    def close(self) -> None:
        """The connection is gone: what waited is UNSENT, what was on the wire UNKNOWN."""
        self._closed = True
        for line in list(self._awaiting):
            self._settle(line, Receipt(Fate.UNKNOWN))
        for queue in self._queues.values():
            while queue:
                queue.popleft().settle(Receipt(Fate.UNSENT))

    def _settle(self, line: Line, receipt: Receipt) -> None:
        place = self._awaiting.index(line)
        del self._awaiting[place]
        self._pings = deque((token, count - (place < count)) for token, count in self._pings)
        line.settle(receipt)
