"""When to try again after the network was lost."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum, auto
from itertools import chain, repeat
from random import Random

FIRST, NEXT, LATER = 1.0, 2.0, 60.0  # seconds
SOON = 45.0  # seconds: a server that restarts is back within these, most others are not
UNWELCOME = (5.0, 10.0, 20.0, 40.0, LATER)  # seconds: many servers ban longer whoever comes again at once
SCATTER = 0.1  # so that not all clients of a network come back at the same moment


class Ending(Enum):
    """How one try to be on the network ended."""

    LOST = auto()  # after we were on it
    UNREACHED = auto()  # nobody answered, or not as an IRC server does
    TURNED_AWAY = auto()  # the server said ERROR, before it let us in or right afterwards


class Backoff:
    """Seconds to wait before the next try.

    After a loss 1, 2, 2, 2 … and once a minute after the 45th second; whoever is turned away waits longer
    each time, up to a minute, until they have been on the network again.
    """

    def __init__(self, random: Random) -> None:
        self._random = random
        self._lost()

    def after(self, ending: Ending) -> float:
        """Seconds to wait after this ending."""
        if ending is Ending.LOST:
            self._lost()
        waits = self._unwelcome if ending is Ending.TURNED_AWAY else self._soon
        return next(waits) * self._random.uniform(1 - SCATTER, 1 + SCATTER)

    def _lost(self) -> None:
        self._soon: Iterator[float] = chain([FIRST], repeat(NEXT, int((SOON - FIRST) / NEXT)), repeat(LATER))
        self._unwelcome: Iterator[float] = chain(UNWELCOME, repeat(LATER))
