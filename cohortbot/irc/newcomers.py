"""How soon the bot may write to somebody new: some networks let a client reach few new people a minute.

Solanum (Libera) lets one that is not voiced in a channel shared with them write to 10 people, then to a new
one each minute; it drops the rest, with a 707. Times are seconds of one monotonic clock; it reads none.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count

AT_FIRST = 10.0  # new people whom Solanum lets a client save up for (TGCHANGE_NUM)
WHOLE = 1.0 - 1e-9  # a token: what adding many small amounts makes of it
SLACK = 1.05  # of the minute: servers count in whole seconds, and the wire adds its own
FORGOTTEN = (
    5.0  # seconds after which one who does not ask again waits no more: outbox and queue ask each second
)
MOST_KNOWN = 5_000  # people who have heard from us; of more the first are new again


NOBODY = (True, sys.maxsize)  # a rank behind all others


@dataclass(slots=True)
class _Waiting:
    rank: tuple[bool, int]  # the urgent first, then who has waited longest
    asked_at: float


class Newcomers:
    """Whom we may write to on one connection, and who waits for it.

    With `per_minute` we keep to that pace from the first word on; without, to one a minute once the server
    has refused a word for its pace. Nobody waits who has heard from us, or wrote to us, or is `exempt`: of
    channels, and of those with whom we share one where we are voiced, the server counts none.
    """

    def __init__(
        self,
        per_minute: float | None = None,
        fold: Callable[[str], str] = str.lower,
        exempt: Callable[[str], bool] = lambda _: False,
    ) -> None:
        self._limited = per_minute is not None
        self._interval = 60.0 / (per_minute or 1.0) * SLACK
        self._most = AT_FIRST if per_minute is None else 1.0
        self._tokens = 1.0
        self._at: float | None = None
        self._fold = fold
        self._exempt = exempt
        self._known: dict[str, None] = {}  # the last to have heard from us is the last
        self._granted: set[str] = set()
        self._refused: set[str] = set()
        self._waiting: dict[str, _Waiting] = {}
        self._first = NOBODY
        self._look_again_at = 0.0
        self._numbers: Iterator[int] = count()

    def may_write(self, nick: str, now: float, *, urgent: bool = False) -> bool:
        """Whether a word to `nick` may go out now; who has to wait asks again, and is let through in turn."""
        if self.is_open(nick):
            return True
        key = self._fold(nick)
        self._fill(now)
        mine = self._ask(key, now, urgent)
        if self._tokens < WHOLE:
            return False
        if mine.rank > self._first_rank(now):
            return False
        self._tokens -= 1.0
        self._granted.add(key)
        self._drop(key)
        return True

    def on_trial(self, nick: str) -> bool:
        """Whether the server may still refuse `nick` for its pace: one line goes first, then the rest."""
        key = self._fold(nick)
        return self._limited and key not in self._known and not self._is_exempt(key, nick)

    def is_open(self, nick: str) -> bool:
        """Whether a word to `nick` need not wait, or has waited already."""
        key = self._fold(nick)
        if not self._limited or key in self._known or key in self._granted:
            return True
        return self._is_exempt(key, nick)

    def wait(self, now: float) -> float | None:
        """Seconds after which somebody who waits is worth another look; None while nobody waits."""
        if not self._waiting:
            return None
        self._fill(now)
        return (1.0 - self._tokens) * self._interval if self._tokens < WHOLE else 1.0

    # What we learn

    def met(self, nick: str) -> None:
        """They have heard us, or wrote to us: new no more."""
        key = self._fold(nick)
        self._known.pop(key, None)
        self._known[key] = None
        if len(self._known) > MOST_KNOWN:
            del self._known[next(iter(self._known))]
        self._settled(key)
        self._refused.discard(key)

    def refused(self, nick: str, now: float) -> None:
        """The server refused a word to `nick` for its pace: from now on there is one."""
        key = self._fold(nick)
        self._settled(key)
        self._known.pop(key, None)
        self._refused.add(key)
        self._limited = True
        self._fill(now)
        self._tokens %= 1.0

    def gone(self, nick: str) -> None:
        """They left: who comes back under that nick is somebody new."""
        key = self._fold(nick)
        self._settled(key)
        self._known.pop(key, None)
        self._refused.discard(key)

    def renamed(self, old: str, new: str) -> None:
        """The server counts connections, whatever they are called."""
        was, key = self._fold(old), self._fold(new)
        if was in self._known:
            del self._known[was]
            self._known[key] = None
        for names in (self._granted, self._refused):
            if was in names:
                names.remove(was)
                names.add(key)
        if (waiting := self._waiting.pop(was, None)) is not None:
            self._waiting[key] = waiting

    # Within

    def _is_exempt(self, key: str, nick: str) -> bool:
        return key not in self._refused and self._exempt(nick)

    def _ask(self, key: str, now: float, urgent: bool) -> _Waiting:
        mine = self._waiting.get(key)
        if mine is None:
            mine = self._waiting[key] = _Waiting((True, next(self._numbers)), now)
        mine.rank = (mine.rank[0] and not urgent, mine.rank[1])
        mine.asked_at = now
        if self._first is not NOBODY:
            self._first = min(self._first, mine.rank)
        return mine

    def _first_rank(self, now: float) -> tuple[bool, int]:
        """The rank of whose turn it is; looked for anew when they have it, or ask no more."""
        if self._first is NOBODY or now >= self._look_again_at:
            for name in [name for name, one in self._waiting.items() if now - one.asked_at > FORGOTTEN]:
                del self._waiting[name]
            self._first = min((one.rank for one in self._waiting.values()), default=NOBODY)
            self._look_again_at = now + 1.0
        return self._first

    def _drop(self, key: str) -> None:
        self._waiting.pop(key, None)
        self._first = NOBODY

    def _settled(self, key: str) -> None:
        self._granted.discard(key)
        if key in self._waiting:
            self._drop(key)

    def _fill(self, now: float) -> None:
        if self._at is not None:
            self._tokens = min(self._most, self._tokens + max(0.0, now - self._at) / self._interval)
        self._at = now
