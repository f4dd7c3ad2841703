"""The brake on who types too fast: kept in memory, since it outlives nothing."""

from __future__ import annotations

from collections import deque
from datetime import datetime
from enum import Enum, auto
from threading import Lock

from cohortbot.domain.limits import Limits

MOST_AT_FIRST = 1000  # connections that are remembered before the quiet ones are looked for


class Pace(Enum):
    FINE = auto()
    TOO_FAST = auto()  # say so, once
    IGNORED = auto()


class Brake:
    """Counts commands a connection: above `Limits.commands` in a window one answer, then silence a while."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._heard: dict[str, deque[datetime]] = {}
        self._ignored_until: dict[str, datetime] = {}
        self._most = MOST_AT_FIRST

    def command(self, connection: str, now: datetime, limits: Limits) -> Pace:
        with self._lock:
            if (until := self._ignored_until.get(connection)) is not None:
                if now < until:
                    return Pace.IGNORED
                del self._ignored_until[connection]
            heard = self._heard.setdefault(connection, deque())
            while heard and now - heard[0] > limits.commands_window:
                heard.popleft()
            heard.append(now)
            if len(self._heard) > self._most:
                self._forget(now, limits)
            if len(heard) <= limits.commands:
                return Pace.FINE
            del self._heard[connection]
            self._ignored_until[connection] = now + limits.commands_pause
            return Pace.TOO_FAST

    def _forget(self, now: datetime, limits: Limits) -> None:
        """Drop who has been quiet, so that passers-by take no memory."""
        self._heard = {c: h for c, h in self._heard.items() if h and now - h[-1] <= limits.commands_window}
        self._ignored_until = {c: until for c, until in self._ignored_until.items() if now < until}
        # Twice as many, or each further command of a crowd would look at all of it.
        self._most = max(MOST_AT_FIRST, 2 * len(self._heard))
