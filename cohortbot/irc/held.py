"""What people say, in order, each waiting until the proof of who said it is in."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from cohortbot.domain.message import Proof, TooSlow

T = TypeVar("T")


@dataclass(eq=False, slots=True)
class _Waiting(Generic[T]):
    connection: str
    what: T
    deadline: float
    proof: Proof | None


class Held(Generic[T]):
    """Lanes, one per connection. What comes in leaves once, with its proof, behind all before it in its lane.

    What waits longer than `longest` seconds leaves as TooSlow. `release` takes what leaves.
    """

    def __init__(self, longest: float, release: Callable[[T, Proof], None]) -> None:
        self._longest = longest
        self._release = release
        self._lanes: dict[str, deque[_Waiting[T]]] = {}

    def __len__(self) -> int:
        """How much is waiting."""
        return sum(map(len, self._lanes.values()))

    def add(self, connection: str, what: T, proof: Proof, now: float) -> None:
        """Take in what somebody said whose proof is known."""
        if connection not in self._lanes:
            self._release(what, proof)
        else:
            self._lanes[connection].append(_Waiting(connection, what, now + self._longest, proof))

    def hold(self, connection: str, what: T, now: float) -> Callable[[Proof], None]:
        """Keep what somebody said until the function returned is called with the proof; only once counts."""
        waiting = _Waiting(connection, what, now + self._longest, None)
        self._lanes.setdefault(connection, deque()).append(waiting)
        return lambda proof: self._settle(waiting, proof)

    def next_deadline(self) -> float | None:
        """When `expire` has something to do; None while nobody waits."""
        return min((lane[0].deadline for lane in self._lanes.values()), default=None)

    def expire(self, now: float) -> None:
        """Let go, as TooSlow, of what has waited too long."""
        waiting = [each for lane in self._lanes.values() for each in lane if each.deadline <= now]
        for each in waiting:
            self._settle(each, TooSlow())

    def close(self) -> None:
        """The connection is gone and nobody can be answered: forget everybody."""
        self._lanes.clear()

    def _settle(self, waiting: _Waiting[T], proof: Proof) -> None:
        lane = self._lanes.get(waiting.connection)
        if waiting.proof is not None or lane is None:
            return
        waiting.proof = proof
        while lane and (known := lane[0].proof) is not None:
            self._release(lane.popleft().what, known)
        if not lane:
            self._lanes.pop(waiting.connection, None)
