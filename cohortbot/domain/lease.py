"""Which of several bots a network has: by a lease that its holder renews, and without comparing two clocks.

The database keeps an epoch, one more for each holder, and a count of beats that the holder raises every few
seconds. Whoever waits takes over once the same count has stood, by their own clock, for as long as the holder
had promised to renew within; the holder falls silent before that, by its own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

RENEWED_EVERY = timedelta(seconds=3)
# While others wait. Who takes over has joined and speaks 30 s after the holder's death at the latest.
SHORT = timedelta(seconds=26)
# While nobody waits: so long a bot on its own stays on the network without its database.
LONG = timedelta(minutes=5)
# How much earlier the holder falls silent than others may take over: two clocks do not run alike.
MARGIN = timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a bot runs: the machine's present boot, its name, and a file that the bot keeps locked.

    `lock_file` holds `token`, which names the process; None where the file system has no locks. `logs`
    identifies the folder of its channel logs, None where it cannot be written.
    """

    token: str
    boot: str
    machine: str
    lock_file: str | None
    logs: str | None


@dataclass(frozen=True, slots=True)
class Lease:
    """A network's lease as the database shows it. `held`: its holder has not given it back."""

    epoch: int
    beats: int
    lasts: timedelta
    held: bool
    holder: Place


class Watch:
    """What a bot that waits has seen of the lease; `now` are seconds of its own clock, asleep or awake."""

    def __init__(self) -> None:
        self._seen: tuple[int, int] | None = None
        self._since = 0.0

    def has_run_out(self, lease: Lease, now: float) -> bool:
        """Whether the holder has shown no sign of life for as long as it had promised to."""
        pair = (lease.epoch, lease.beats)
        if pair != self._seen:
            self._seen, self._since = pair, now
        return now - self._since >= lease.lasts.total_seconds()

    def missed(self) -> None:
        """The lease could not be read: what was seen before says nothing any more."""
        self._seen = None


class Turn:
    """Until when this process may speak on the network and write its logs; any thread may ask.

    `clock` runs on while the machine sleeps (CLOCK_BOOTTIME): whoever wakes up knows at once that it is late.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._until: float | None = None

    @property
    def held(self) -> bool:
        until = self._until
        return until is not None and self._clock() < until

    @property
    def left(self) -> timedelta | None:
        """How long it still lasts, at least 0; None for who has none."""
        until = self._until
        return timedelta(seconds=max(0.0, until - self._clock())) if until is not None else None

    def lasts(self, lease: timedelta, renewed_at: float) -> None:
        """It was renewed for `lease`; `renewed_at` was read before that was begun."""
        self._until = renewed_at + (lease - MARGIN).total_seconds()

    def shorten(self, lease: timedelta) -> None:
        """Before others are told that it is shorter from now on."""
        if self._until is not None:
            self._until = min(self._until, self._clock() + (lease - MARGIN).total_seconds())

    def end(self) -> None:
        self._until = None
