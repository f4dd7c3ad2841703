"""When to try again after the network was lost."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, repeat
from random import Random

FIRST, NEXT, LATER = 1.0, 2.0, 60.0  # seconds
SOON = 45.0  # seconds: a server that restarts is back within these, most others are not
SCATTER = 0.1  # so that not all clients of a network come back at the same moment


def delays(random: Random) -> Iterator[float]:
    """Seconds to wait before each try, for ever: 1, 2, 2, 2 … and once a minute after the 45th second."""
    soon = int((SOON - FIRST) / NEXT)
    for delay in chain([FIRST], repeat(NEXT, soon), repeat(LATER)):
        yield delay * random.uniform(1 - SCATTER, 1 + SCATTER)
