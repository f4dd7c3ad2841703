"""The thread between database and wire: takes out what waits to be said, and settles it by receipt."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from cohortbot.domain.message import Urgency
from cohortbot.irc.office import Gauges, Letter, Office, Spoken
from cohortbot.irc.pace import Priority
from cohortbot.irc.sender import Fate, Receipt, Told
from cohortbot.service.presence import Presence
from cohortbot.store.engine import Fenced

log = logging.getLogger(__name__)

EVERY = 1.0  # seconds between looks into the outbox when nobody wakes us
GAUGES_EVERY = 10.0  # seconds
MOST = 20  # letters claimed and not settled: few enough to be on the wire before their claim runs out
AFTER_FAULT = 2.0  # seconds
GIVES_WAY = 0.25  # seconds at most before each look into the database: whoever waits for an answer goes first
_PRIORITY = {
    Urgency.AT_ONCE: Priority.ANSWER,
    Urgency.SOON: Priority.LETTER,
    Urgency.IN_TURN: Priority.BROADCAST,
}


class Outlet(Protocol):
    """The connection, as the courier needs it; all of it may be called from any thread and never waits."""

    @property
    def ready(self) -> bool:
        """Whether anything can be said now."""

    def post(self, spoken: Sequence[Spoken], priority: Priority, told: Told) -> int:
        """Queue all of it; how many pieces that makes. `told` is called for each of them."""

    def want_channels(self, channels: Sequence[tuple[str, str | None]]) -> None:
        """Be in these too."""

    def gauges(self) -> Gauges: ...

    def noted(self, gauges: Gauges) -> None:
        """These were taken over by the office."""


@dataclass(eq=False, slots=True)
class _Delivery:
    """One letter on its way: what became of each of its pieces."""

    letter: Letter
    expected: int = 0
    receipts: list[Receipt] = field(default_factory=list)

    @property
    def complete(self) -> bool:
        return self.expected > 0 and len(self.receipts) == self.expected

    def settle(self) -> None:
        """Refused if any piece was; sent if all were received; given back if none left us; else nobody knows.

        What nobody knows is not in hand any more, and is said again, in other words.
        """
        fates = {receipt.fate for receipt in self.receipts}
        refusal = next((receipt for receipt in self.receipts if receipt.fate is Fate.REFUSED), None)
        if refusal is not None:
            self.letter.refused(refusal.code, refusal.partly or Fate.RECEIVED in fates)
        elif fates == {Fate.RECEIVED}:
            self.letter.sent(next((receipt.address for receipt in self.receipts if receipt.address), None))
        elif fates == {Fate.UNSENT}:
            self.letter.released()


class Courier:
    """Looks into the outbox every second, and at once when woken; keeps channels and gauges up to date."""

    def __init__(
        self,
        office: Office,
        outlet: Outlet,
        presence: Presence,
        give_way: Callable[[float], None],
        monotonic: Callable[[], float],
    ) -> None:
        self.errors = 0
        self._office = office
        self._outlet = outlet
        self._presence = presence
        self._give_way = give_way
        self._monotonic = monotonic
        self._settled: deque[_Delivery] = deque()
        self._under_way: set[_Delivery] = set()
        self._moving = threading.Lock()  # from there to what is settled: never in neither
        self._wake = threading.Event()
        self._stopping = False
        self._services_seen = False
        self._gauges_at = 0.0
        self._thread = threading.Thread(target=self._run, name="courier", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def wake(self) -> None:
        """Something may wait to be said."""
        self._wake.set()

    def saw_services(self) -> None:
        """The network has services: to be remembered."""
        self._services_seen = True
        self._wake.set()

    def stop(self, wait: float) -> None:
        """Settle what has been told of, at most for `wait` seconds, and end."""
        self._stopping = True
        self._wake.set()
        self._thread.join(wait)

    def _run(self) -> None:
        while not self._stopping:
            self._wake.wait(EVERY)
            self._wake.clear()
            self._go()
        self._go()

    def _go(self) -> None:
        try:
            self._settle()
            if not self._stopping:
                self._give_way(GIVES_WAY)
                self._outlet.want_channels(self._office.channels())
                self._take_out()
            self._note()
        except Fenced:
            log.warning("another bot looks into the outbox now")
        except Exception:  # the loud boundary: a database that is away must not end the deliveries
            self.errors += 1
            log.exception("a fault while looking into the outbox; trying again")
            if not self._stopping:
                self._wake.wait(AFTER_FAULT)

    def _settle(self) -> None:
        while self._settled:
            self._give_way(GIVES_WAY)
            self._settled[0].settle()
            self._settled.popleft()

    def _take_out(self) -> None:
        if not self._outlet.ready or len(self._under_way) >= MOST:
            return
        self._give_way(GIVES_WAY)
        with self._moving:
            on_their_way = [*self._under_way, *self._settled]
        in_hand = [each for delivery in on_their_way for each in delivery.letter.ids]
        for letter in self._office.claim(self._presence, in_hand):
            self._send(letter)

    def _send(self, letter: Letter) -> None:
        delivery = _Delivery(letter)
        self._under_way.add(delivery)
        delivery.expected = self._outlet.post(
            letter.spoken, _PRIORITY[letter.urgency], lambda receipt: self._told(delivery, receipt)
        )
        if delivery.expected == 0:
            log.error("the outbox entry %d has no words; it is given up", letter.ids[0])
            self._under_way.discard(delivery)
        elif delivery.complete:
            self._finish(delivery)

    def _told(self, delivery: _Delivery, receipt: Receipt) -> None:
        """Called by whoever drives the wire: only remembers."""
        delivery.receipts.append(receipt)
        if delivery.complete:
            self._finish(delivery)

    def _finish(self, delivery: _Delivery) -> None:
        with self._moving:
            if delivery not in self._under_way:
                return  # the other thread was first
            self._under_way.remove(delivery)
            self._settled.append(delivery)
        self._wake.set()

    def _note(self) -> None:
        if self._services_seen:
            self._office.saw_services()
            self._services_seen = False
        now = self._monotonic()
        if now >= self._gauges_at:
            self._gauges_at = now + GAUGES_EVERY
            gauges = self._outlet.gauges()
            self._office.note(gauges, self._presence)
            self._outlet.noted(gauges)
