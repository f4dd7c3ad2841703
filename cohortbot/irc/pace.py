"""How fast the bot may talk: one token bucket for the whole connection. It reads no clock."""

from __future__ import annotations

from enum import IntEnum

RESERVE = 3.0  # tokens that broadcasts leave: an answer to a person must not wait behind 1,000 prompts


class Priority(IntEnum):
    """What goes first. QUIT is not in it: it waits for nothing."""

    URGENT = 0  # PONG and what logging in takes: late is never
    QUESTION = 1  # to the server, about somebody whose command waits for the answer
    ANSWER = 2  # to somebody who waits for it
    LETTER = 3  # to somebody who has not asked: a welcome must not hold up the next answer
    BROADCAST = 4
    CHORE = 5  # WHO, MODE: what the bot wants to know, and nobody waits for


class Bucket:
    """A bucket of `burst` tokens that fills at `per_second`; a line takes one.

    Urgent lines are sent at once and may leave the bucket up to one burst in debt, which later lines pay.
    Times are seconds of one monotonic clock; a clock that goes backwards adds nothing.
    """

    def __init__(self, burst: int, per_second: float, now: float) -> None:
        self._burst = float(burst)
        self._per_second = per_second
        self._reserve = min(RESERVE, self._burst - 1)
        self._tokens = self._burst
        self._at = now

    def take(self, priority: Priority, now: float) -> bool:
        """Take a token for one line, if one of this priority may be sent now."""
        if self.wait(priority, now) > 0:
            return False
        self._tokens -= 1
        return True

    def welcomed(self, now: float) -> None:
        """The network has let us in: what that took is forgotten, as servers begin to count then.

        Else every answer of the first seconds would wait for what logging in has cost.
        """
        self._at = max(self._at, now)
        self._tokens = self._burst

    def wait(self, priority: Priority, now: float) -> float:
        """Seconds until a line of this priority may be sent, 0 for now."""
        self._fill(now)
        missing = self._floor(priority) + 1 - self._tokens
        if missing <= 1e-9:  # what adding many small amounts loses
            return 0.0
        return missing / self._per_second

    def _floor(self, priority: Priority) -> float:
        """What must be left in the bucket behind a line of this priority."""
        if priority is Priority.URGENT:
            return -self._burst
        return 0.0 if priority <= Priority.LETTER else self._reserve

    def _fill(self, now: float) -> None:
        gone = max(0.0, now - self._at)
        self._at = max(self._at, now)
        self._tokens = min(self._burst, self._tokens + gone * self._per_second)
