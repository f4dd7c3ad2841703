"""Lines on their way to the server, and what became of what they said."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum

from cohortbot.domain.message import LogAddress
from cohortbot.irc.pace import Priority


class Fate(Enum):
    """What became of words that somebody wants to know about."""

    RECEIVED = "received"
    REFUSED = "refused"
    UNSENT = "unsent"  # they never left us: say them again
    UNKNOWN = "unknown"  # they left us and the connection died, or nothing came back


@dataclass(frozen=True, slots=True)
class Receipt:
    """`code` is the numeric that refused the words, else ''; `reason` what it says.

    `partly`: some lines of words that were refused were received before. `address` is where the first
    received line stands in the channel log; None in private or where it was not written.
    """

    fate: Fate
    code: str = ""
    reason: str = ""
    address: LogAddress | None = None
    partly: bool = False


Told = Callable[[Receipt], None]


@dataclass(eq=False, slots=True)
class Piece:
    """Lines to one target that are said in one go: received when all of them are, refused when one is.

    `told` is called once, of them all.
    """

    lines: int
    told: Told | None = None
    answer: bool = field(init=False)  # nobody asked for a receipt
    began: bool = False
    partly: bool = False
    address: LogAddress | None = None

    def __post_init__(self) -> None:
        self.answer = self.told is None

    def received(self, address: LogAddress | None) -> None:
        """One more of its lines was."""
        self.partly = True
        self.address = self.address or address
        self.lines -= 1
        if self.lines == 0:
            self.settle(Receipt(Fate.RECEIVED, address=self.address))

    def settle(self, receipt: Receipt) -> None:
        told, self.told = self.told, None
        if told is not None:
            told(receipt)


@dataclass(eq=False, slots=True)
class Line:
    """A line in the queue; `target`, `text` and `piece` are empty for anything but a PRIVMSG.

    `address` is where it stands in the channel log, once it does.
    """

    data: bytes
    priority: Priority
    target: str = ""
    text: str = ""
    piece: Piece | None = None
    number: int = 0  # of all lines, as they were put into the queue
    queued_at: float | None = None  # as `expire` first saw it
    on_wire: bool = False
    sent_at: float = 0.0
    ping: int = 0  # the PING that went behind it
    address: LogAddress | None = None

    @property
    def tracked(self) -> bool:
        """Whether somebody still waits to be told what became of it."""
        return self.piece is not None and self.piece.told is not None
