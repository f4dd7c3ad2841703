"""Which wanted channels are not heard, since when and why: known over all connections of one process."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import datetime

from cohortbot.domain.hearing import Loss, Why


class Hearing:
    """Keeps what is lost until it is back, and what is back until that was told. `now` stamps both."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._lasting: dict[str, Loss] = {}
        self._over: list[Loss] = []

    def lost(self, channel: str, why: Why) -> bool:
        """A channel is not heard; whether that, or the reason, is news."""
        known = self._lasting.get(channel)
        self._lasting[channel] = Loss(channel, why, self._now()) if known is None else replace(known, why=why)
        return known is None or known.why is not why

    def back(self, channel: str) -> None:
        """A channel is heard, again or still."""
        loss = self._lasting.pop(channel, None)
        if loss is not None:
            self._over.append(replace(loss, until=self._now()))

    def why(self, channel: str) -> Why | None:
        """Why a channel is not heard now; None if it is, as far as is known."""
        loss = self._lasting.get(channel)
        return loss.why if loss is not None else None

    def keep(self, channels: Collection[str]) -> None:
        """Only these are wanted: whatever else is lost is not missed."""
        self._lasting = {name: loss for name, loss in self._lasting.items() if name in channels}

    def losses(self) -> tuple[Loss, ...]:
        """Those that are over, oldest first, then those that last."""
        return (*self._over, *self._lasting.values())

    def told(self, losses: Collection[Loss]) -> None:
        """These are known where they must be."""
        self._over = [loss for loss in self._over if loss not in losses]
