"""Being in the channels we should be in: joined at a pace the server likes, and again after a kick."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass

from cohortbot.irc import wire
from cohortbot.irc.network import Network
from cohortbot.irc.pace import Priority
from cohortbot.irc.people import WHOX_FIELDS, WHOX_TYPE, People
from cohortbot.irc.sender import Line, Sender

log = logging.getLogger(__name__)

AGAIN = (2.0, 10.0, 30.0, 60.0)  # seconds before each next try; the last one for ever
ANSWER_WAIT = 30.0  # seconds after which a JOIN without an answer is tried again
_LONGEST = 400  # bytes of the names and keys in one JOIN
# no such channel, too many, unavailable, full, invite only, banned, key, bad name, registered nicks only …
REFUSALS = frozenset(
    {"403", "405", "407", "437", "471", "473", "474", "475", "476", "477", "479", "480", "489"}
)


@dataclass(eq=False, slots=True)
class _Wanted:
    name: str
    key: str | None
    next_try: float = 0.0
    tries: int = 0


class Channels:
    """The channels that we want to be in, on one connection; quiet until `open`."""

    def __init__(self, network: Network, people: People, sender: Sender) -> None:
        self._network = network
        self._people = people
        self._sender = sender
        self._wanted: dict[str, _Wanted] = {}
        self._open = False

    def open(self, now: float) -> None:
        """We are on the network: join what is wanted."""
        self._open = True
        self.tick(now)

    def want(self, channels: Iterable[tuple[str, str | None]], now: float) -> None:
        """Be in these (name, key), and leave what was wanted before. A new key is used at the next try."""
        before, self._wanted = self._wanted, {}
        for name, key in channels:
            folded = self._network.fold(name)
            self._wanted[folded] = before.pop(folded, _Wanted(name, key))
            self._wanted[folded].key = key
        for folded, gone in before.items():
            if folded in self._people.channels:
                self._sender.put(Line(wire.build("PART", gone.name), Priority.ANSWER))
        self.tick(now)

    @property
    def missing(self) -> list[str]:
        """Those wanted that we are not in."""
        return [wanted.name for key, wanted in self._wanted.items() if key not in self._people.channels]

    def tick(self, now: float) -> None:
        """Join what is due."""
        if not self._open:
            return
        due = [wanted for key, wanted in self._wanted.items() if self._due(key, wanted, now)]
        for line in joins([(wanted.name, wanted.key) for wanted in due], self._network.joins_at_once):
            self._sender.put(Line(line, Priority.ANSWER))
        for wanted in due:
            wanted.next_try = now + ANSWER_WAIT

    def next_deadline(self) -> float | None:
        """When `tick` has something to do."""
        if not self._open:
            return None
        missing = (wanted for key, wanted in self._wanted.items() if key not in self._people.channels)
        return min((wanted.next_try for wanted in missing), default=None)

    def hear(self, message: wire.Message, now: float) -> None:
        """Follow one line; after `people` have."""
        match message.verb:
            case "JOIN":
                self._joined(message)
            case "KICK" if self._people.is_me(message.param(1)):
                log.warning("kicked from %s by %s: %s", message.param(0), message.nick, message.param(2))
                self._try_again(message.param(0), now)
            case "PART" if self._people.is_me(message.nick):
                self._try_again(message.param(0), now)
            case code if code in REFUSALS and self._wants(message.param(1)):
                log.error("cannot enter %s: %s (%s)", message.param(1), message.text, code)
                self._try_again(message.param(1), now)

    def _due(self, key: str, wanted: _Wanted, now: float) -> bool:
        return key not in self._people.channels and wanted.next_try <= now

    def _wants(self, channel: str) -> bool:
        key = self._network.fold(channel)
        return key in self._wanted and key not in self._people.channels

    def _joined(self, message: wire.Message) -> None:
        """We are in: ask who else is. Somebody came in: ask who, where the JOIN does not say."""
        channel = message.param(0)
        if self._people.is_me(message.nick):
            log.info("joined %s", channel)
            self._who(channel)
        elif "extended-join" not in self._network.caps and self._network.whox:
            self._who(message.nick)

    def _who(self, mask: str) -> None:
        fields = (f"{WHOX_FIELDS},{WHOX_TYPE}",) if self._network.whox else ()
        self._sender.put(Line(wire.build("WHO", mask, *fields), Priority.CHORE))

    def _try_again(self, channel: str, now: float) -> None:
        wanted = self._wanted.get(self._network.fold(channel))
        if wanted is not None:
            wanted.next_try = now + AGAIN[min(wanted.tries, len(AGAIN) - 1)]
            wanted.tries += 1


def joins(channels: list[tuple[str, str | None]], at_once: int) -> list[bytes]:
    """JOIN lines for these (name, key), at most `at_once` in each; those with keys first, as JOIN wants."""
    lines: list[bytes] = []
    batch: list[tuple[str, str | None]] = []
    for channel in sorted(channels, key=lambda channel: channel[1] is None):
        if batch and (len(batch) == at_once or _size([*batch, channel]) > _LONGEST):
            lines.append(_join(batch))
            batch = []
        batch.append(channel)
    return [*lines, _join(batch)] if batch else lines


def _size(batch: list[tuple[str, str | None]]) -> int:
    return sum(len(name.encode()) + len((key or "").encode()) + 2 for name, key in batch)


def _join(batch: list[tuple[str, str | None]]) -> bytes:
    keys = [key for _, key in batch if key is not None]
    return wire.build("JOIN", ",".join(name for name, _ in batch), *([",".join(keys)] if keys else []))
