"""Which lines are history that a server or bouncer plays again: logged, and never acted on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from cohortbot.irc import wire

# What history is made of; the rest of the protocol (PING, numerics, CAP …) is never played again.
_EVENTS = frozenset(
    {"PRIVMSG", "NOTICE", "TAGMSG", "JOIN", "PART", "QUIT", "NICK", "KICK", "MODE", "TOPIC", "INVITE"}
    | {"ACCOUNT", "AWAY", "CHGHOST", "SETNAME", "REDACT", "RENAME"}
)
_HISTORY = frozenset({"chathistory", "playback", "znc.in/playback", "draft/chathistory"})
_YEARS = range(1970, 9000)  # outside them no clock is right, and at the ends arithmetic has none
MOST_BATCHES = 100  # open at once; of more the oldest will never be closed
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
    return at.astimezone(UTC) if at.tzinfo and at.year in _YEARS else None


class Replays:
    """Follows the batches and the times of one connection; `fold` lowers channels.

    Tags that are ahead of our clock are compared with each other alone: one line with a wrong time must not
    make history of all that follows.
    """

    def __init__(self, fold: Callable[[str], str]) -> None:
        self._fold = fold
        self._batches: dict[str, bool] = {}  # open ones: reference -> whether it is history
        self._joined: dict[str, tuple[datetime, bool]] = {}  # when we entered each channel; whether ahead
        self._newest: dict[bool, datetime] = {}  # of the tags ahead of our clock, and of the others

    def joined(self, channel: str, tag: datetime | None, *, ahead: bool = False) -> None:
        """We have entered a channel, at this time by the server's tag."""
        if tag is None:
            self._joined.pop(self._fold(channel), None)
        else:
            self._joined[self._fold(channel)] = (tag, ahead)

    def is_replay(self, message: wire.Message, tag: datetime | None, *, ahead: bool = False) -> bool:
        """Whether this line is history; `tag` is its `time_tag`, `ahead` whether our clock is behind it."""
        inside = self._batches.get(message.tags.get("batch", ""), False)
        if message.verb == "BATCH":
            self._batch(message, inside)
        if message.verb not in _EVENTS:
            return False
        if tag is None:
            return inside
        newest = self._newest.get(ahead, tag)
        self._newest[ahead] = max(newest, tag)
        entered, entered_ahead = self._joined.get(self._fold(message.param(0)), (tag, ahead))
        return inside or tag < newest - OLDER or (ahead == entered_ahead and tag < entered)

    def _batch(self, message: wire.Message, inside: bool) -> None:
        """`BATCH +reference type …` opens one (within a history, all are), `BATCH -reference` closes it."""
        sign, reference = message.param(0)[:1], message.param(0)[1:]
        if sign == "+":
            self._batches[reference] = inside or message.param(1).lower() in _HISTORY
            if len(self._batches) > MOST_BATCHES:
                del self._batches[next(iter(self._batches))]
        else:
            self._batches.pop(reference, None)
