"""What we said and have no word back about: which line it is that the server answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import takewhile

from cohortbot.irc.line import Line


class Awaiting:
    """Lines on the wire, oldest first. A server answers in order, so its word is about the oldest."""

    def __init__(self, fold: Callable[[str], str]) -> None:
        self._fold = fold
        self._lines: dict[Line, None] = {}
        self._to: dict[str, dict[Line, None]] = {}
        self._wanted: set[Line] = set()

    def __iter__(self) -> Iterator[Line]:
        return iter(list(self._lines))

    def add(self, line: Line, *, wanted: bool) -> None:
        """It is on the wire now; `wanted`: a PING has to go behind it, where nothing else brings word."""
        self._lines[line] = None
        self._to.setdefault(self._fold(line.target), {})[line] = None
        if wanted:
            self._wanted.add(line)

    def remove(self, line: Line) -> None:
        key = self._fold(line.target)
        del self._lines[line], self._to[key][line]
        self._wanted.discard(line)
        if not self._to[key]:
            del self._to[key]

    @property
    def oldest(self) -> Line | None:
        return next(iter(self._lines), None)

    def oldest_to(self, target: str) -> Line | None:
        return next(iter(self._to.get(self._fold(target), ())), None)

    def echo_of(self, target: str, text: str) -> Line | None:
        """The line that came back as `text`; servers may have stripped it of colours."""
        to = self._to.get(self._fold(target), {})
        return next((line for line in to if line.text == text), None) or self.oldest_to(target)

    def sent_before(self, instant: float) -> list[Line]:
        """Those sent at `instant` or before."""
        return list(takewhile(lambda line: line.sent_at <= instant, self._lines))

    # PINGs

    @property
    def unpinged(self) -> int:
        """How many of the wanted have no PING behind them."""
        return len(self._wanted)

    def pinged(self, number: int) -> None:
        """A PING of this number goes out behind all that have none yet."""
        for line in reversed(self._lines):
            if line.ping:
                break
            line.ping = number
        self._wanted.clear()

    def before(self, number: int) -> list[Line]:
        """Those that went out before the PING of this number."""
        return list(takewhile(lambda line: 0 < line.ping <= number, self._lines))

    def confusable(self, line: Line) -> bool:
        """Whether the server's word about `line` could be taken for one about other words to its target.

        Between words that nobody waits for it does not matter.
        """
        return any(
            other.ping == 0 and other.piece is not line.piece and (other.tracked or line.tracked)
            for other in self._to.get(self._fold(line.target), ())
        )
