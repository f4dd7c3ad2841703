"""Being in the channels we should be in: joined at a pace the server likes, and again after a kick."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass

from cohortbot.domain.hearing import Why
from cohortbot.irc import wire
from cohortbot.irc.hearing import Hearing
from cohortbot.irc.network import Network
from cohortbot.irc.pace import Priority
from cohortbot.irc.people import WHOX_FIELDS, WHOX_TYPE, People
from cohortbot.irc.sender import Line, Sender
from cohortbot.texts import about_channels as texts

log = logging.getLogger(__name__)

AGAIN = (2.0, 10.0, 30.0, 60.0, 120.0)  # seconds before each next try; the last one for ever
KICK_PAUSE = 60.0  # seconds between two returns to a channel that puts us out
ANSWER_WAIT = 30.0  # seconds after which a JOIN without an answer is tried again
_LONGEST = 400  # bytes of the names and keys in one JOIN

# Why a JOIN was refused, by numeric: RFC 2812 section 5.2, and what InspIRCd, UnrealIRCd and the hybrid
# family add to it.
REFUSALS = {
    "403": Why.REFUSED,  # no such channel: it cannot be made
    "405": Why.TOO_MANY,
    "407": Why.REFUSED,
    "437": Why.UNAVAILABLE,
    "448": Why.REFUSED,  # forbidden
    "470": Why.FORWARDED,
    "471": Why.FULL,
    "473": Why.INVITE_ONLY,
    "474": Why.BANNED,
    "475": Why.KEY,
    "476": Why.REFUSED,
    "477": Why.REGISTERED_ONLY,
    "479": Why.REFUSED,  # bad name
    "480": Why.REFUSED,  # joined too often, or without TLS: the families differ
    "485": Why.REFUSED,  # forbidden
    "489": Why.SECURE_ONLY,
    "495": Why.UNAVAILABLE,  # too soon after a kick
    "500": Why.UNAVAILABLE,  # too many join it just now
    "520": Why.REFUSED,  # for the network's staff
    "609": Why.UNAVAILABLE,  # too many join it just now
    "926": Why.REFUSED,  # forbidden
}


@dataclass(eq=False, slots=True)
class _Wanted:
    """`asked` is the JOIN that waits for its answer; `returned_at` when we came back after being put out."""

    name: str
    key: str | None
    next_try: float = 0.0
    tries: int = 0
    tried_at: float = float("-inf")
    asked: Line | None = None
    was_put_out: bool = False
    returned_at: float | None = None

    def try_again(self, now: float) -> None:
        """After a refusal: later each time."""
        self.asked = None
        self.next_try = now + AGAIN[min(self.tries, len(AGAIN) - 1)]
        self.tries += 1

    def put_out(self, now: float) -> None:
        """After a kick: soon, but at most once in KICK_PAUSE."""
        self.was_put_out = True
        self.next_try = now + AGAIN[0]
        if self.returned_at is not None:
            self.next_try = max(self.next_try, self.returned_at + KICK_PAUSE)

    def entered(self, now: float) -> None:
        self.asked, self.tries = None, 0
        if self.was_put_out:
            self.was_put_out, self.returned_at = False, now


class Channels:
    """The channels that we want to be in, on one connection; quiet until `open`."""

    def __init__(self, network: Network, people: People, sender: Sender, hearing: Hearing) -> None:
        self._network = network
        self._people = people
        self._sender = sender
        self._hearing = hearing
        self._wanted: dict[str, _Wanted] = {}
        self._detours: set[str] = set()  # where the server sends us in place of a channel we want, folded
        self._open = False

    def open(self, now: float) -> None:
        """We are on the network: join what is wanted."""
        self._open = True
        self.tick(now)

    @property
    def is_open(self) -> bool:
        return self._open

    def want(self, channels: Iterable[tuple[str, str | None]], now: float) -> None:
        """Be in these (name, key), and leave what was wanted before. A new key is tried at once."""
        before, self._wanted = self._wanted, {}
        for name, key in channels:
            folded = self._network.fold(name)
            wanted = self._wanted[folded] = before.pop(folded, _Wanted(name, key))
            if wanted.key != key:
                wanted.key, wanted.next_try = key, now
        for folded, gone in before.items():
            if folded in self._people.channels:
                self._sender.put(Line(wire.build("PART", gone.name), Priority.ANSWER))
        self._hearing.keep({wanted.name for wanted in self._wanted.values()})
        self.tick(now)

    @property
    def missing(self) -> list[str]:
        """Those wanted that we are not in."""
        return [wanted.name for key, wanted in self._wanted.items() if key not in self._people.channels]

    @property
    def heard(self) -> list[str]:
        """Those wanted that we are in."""
        return [wanted.name for key, wanted in self._wanted.items() if key in self._people.channels]

    def tick(self, now: float) -> None:
        """Join what is due."""
        if not self._open:
            return
        due = [wanted for key, wanted in self._wanted.items() if self._due(key, wanted, now)]
        asked = {(wanted.name, wanted.key): wanted for wanted in due}
        for batch in batches(list(asked), self._network.joins_at_once):
            line = Line(join(batch), Priority.ANSWER)
            self._sender.put(line)
            for one in batch:
                wanted = asked[one]
                wanted.asked, wanted.tried_at, wanted.next_try = line, now, now + ANSWER_WAIT

    def next_deadline(self) -> float | None:
        """When `tick` has something to do."""
        if not self._open:
            return None
        missing = (wanted for key, wanted in self._wanted.items() if key not in self._people.channels)
        return min((wanted.next_try for wanted in missing), default=None)

    def now_identified(self, now: float) -> None:
        """Services know us: what is for the registered alone may let us in."""
        self._try_now(Why.REGISTERED_ONLY, now)

    def hear(self, message: wire.Message, now: float) -> None:
        """Follow one line; after `people` have."""
        match message.verb:
            case "JOIN" if self._people.is_me(message.nick):
                self._entered(message.param(0), now)
            case "JOIN":
                self._somebody_came(message.nick)
            case "KICK" if self._people.is_me(message.param(1)):
                log.warning("kicked from %s by %s: %s", message.param(0), message.nick, message.param(2))
                self._put_out(message.param(0), Why.KICKED, now)
            case "PART" if self._people.is_me(message.nick):
                self._put_out(message.param(0), Why.PUT_OUT, now)
                self._try_now(Why.TOO_MANY, now)
            case "INVITE" if self._people.is_me(message.param(0)):
                self._invited(message.param(1), now)
            case code if code in REFUSALS:
                self._refused(message, now)

    def _try_now(self, why: Why, now: float) -> None:
        """What kept us out of some channels may be over."""
        for wanted in self._wanted.values():
            if self._hearing.why(wanted.name) is why:
                wanted.next_try = now
        self.tick(now)

    def _due(self, key: str, wanted: _Wanted, now: float) -> bool:
        if key in self._people.channels or wanted.next_try > now:
            return False
        if wanted.asked is None:
            return True
        if not wanted.asked.on_wire:  # many lines are before it
            wanted.next_try = now + ANSWER_WAIT
            return False
        if now - wanted.asked.sent_at < ANSWER_WAIT:
            wanted.next_try = wanted.asked.sent_at + ANSWER_WAIT
            return False
        self._lost(wanted, Why.SILENT)
        return True

    def _refused(self, message: wire.Message, now: float) -> None:
        wanted = self._missing(message.param(1))
        if wanted is None:
            return
        why = REFUSALS[message.verb]
        if why is Why.FORWARDED:
            self._detours.add(self._network.fold(message.param(2)))
        wanted.try_again(now)
        self._lost(wanted, why, f" ({message.verb} {message.text})")

    def _put_out(self, channel: str, why: Why, now: float) -> None:
        wanted = self._missing(channel)
        if wanted is not None:
            wanted.put_out(now)
            self._lost(wanted, why)

    def _lost(self, wanted: _Wanted, why: Why, detail: str = "") -> None:
        """Said to the operator when it is news, not at each try."""
        if self._hearing.lost(wanted.name, why):
            nick = self._people.own_nick
            mend = texts.mend(why, wanted.name, nick)
            log.error("not in %s: %s%s; %s", wanted.name, texts.reason(why), detail, mend)

    def _invited(self, channel: str, now: float) -> None:
        """Somebody may have mended what kept us out; many invitations are followed once in AGAIN[0]."""
        wanted = self._missing(channel)
        if wanted is not None and wanted.asked is None:
            wanted.next_try = max(now, wanted.tried_at + AGAIN[0])
            self.tick(now)

    def _entered(self, channel: str, now: float) -> None:
        """We are in: ask who else is."""
        folded = self._network.fold(channel)
        wanted = self._wanted.get(folded)
        if wanted is None and folded in self._detours:
            self._detours.discard(folded)
            self._sender.put(Line(wire.build("PART", channel), Priority.ANSWER))
            return
        log.info("joined %s", channel)
        if wanted is not None:
            wanted.entered(now)
            self._hearing.back(wanted.name)
        self._who(channel)

    def _somebody_came(self, nick: str) -> None:
        """Ask who it is, where the JOIN does not say."""
        if "extended-join" not in self._network.caps and self._network.whox:
            self._who(nick)

    def _who(self, mask: str) -> None:
        fields = (f"{WHOX_FIELDS},{WHOX_TYPE}",) if self._network.whox else ()
        self._sender.put(Line(wire.build("WHO", mask, *fields), Priority.CHORE))

    def _missing(self, channel: str) -> _Wanted | None:
        """The channel, if it is wanted and we are not in it."""
        key = self._network.fold(channel)
        return None if key in self._people.channels else self._wanted.get(key)


_Channel = tuple[str, str | None]  # name, key


def batches(channels: list[_Channel], at_once: int) -> list[list[_Channel]]:
    """What goes into one JOIN each, at most `at_once`; those with keys first, as JOIN wants."""
    made: list[list[_Channel]] = []
    for channel in sorted(channels, key=lambda channel: channel[1] is None):
        if not made or len(made[-1]) == at_once or _size([*made[-1], channel]) > _LONGEST:
            made.append([])
        made[-1].append(channel)
    return made


def _size(batch: list[_Channel]) -> int:
    return sum(len(name.encode()) + len((key or "").encode()) + 2 for name, key in batch)


def join(batch: list[_Channel]) -> bytes:
    """The JOIN of one batch."""
    keys = [key for _, key in batch if key is not None]
    return wire.build("JOIN", ",".join(name for name, _ in batch), *([",".join(keys)] if keys else []))
