"""Which lines are history that a server or bouncer plays again: logged, and never acted on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from cohortbot.irc import wire

_HISTORY = frozenset({"chathistory", "playback", "znc.in/playback", "draft/chathistory"})
OLDER = timedelta(minutes=2)  # product.md, Manners: than the newest tag seen on this connection


def time_tag(message: wire.Message) -> datetime | None:
    """The server's `time` tag, aware UTC, with or without parts of a second; None without a usable one."""
    value = message.tags.get("time")
    if not value:
        return None
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        return None
    return at.astimezone(UTC) if at.tzinfo else None


class Replays:
    """Follows the batches and the times of one connection; `fold` lowers channels."""

    def __init__(self, fold: Callable[[str], str]) -> None:
        self._fold = fold
        self._batches: dict[str, bool] = {}  # open ones: reference -> whether it is history
        self._joined: dict[str, datetime] = {}  # when we entered each channel, by the server's tags
        self._newest: datetime | None = None

    def joined(self, channel: str, tag: datetime | None) -> None:
        """We have entered a channel, at this time by the server's tag."""
        if tag is None:
            self._joined.pop(self._fold(channel), None)
        else:
            self._joined[self._fold(channel)] = tag

    def is_replay(self, message: wire.Message, tag: datetime | None) -> bool:
        """Whether this line is history; `tag` is its `time_tag`."""
        inside = self._batches.get(message.tags.get("batch", ""), False)
        if message.verb == "BATCH":
            self._batch(message, inside)
        if tag is None:
            return inside
        older = self._newest is not None and tag < self._newest - OLDER
        if self._newest is None or tag > self._newest:
            self._newest = tag
        entered = self._joined.get(self._fold(message.param(0)))
        return inside or older or (entered is not None and tag < entered)

    def _batch(self, message: wire.Message, inside: bool) -> None:
        """`BATCH +reference type …` opens one (within a history, all are), `BATCH -reference` closes it."""
        sign, reference = message.param(0)[:1], message.param(0)[1:]
        if sign == "+":
            self._batches[reference] = inside or message.param(1).lower() in _HISTORY
        else:
            self._batches.pop(reference, None)
