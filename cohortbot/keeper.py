"""Keeps a network to one bot at a time: waits for the lease, renews it, and ends the turn of who lost it."""

from __future__ import annotations

import logging
from datetime import timedelta
from threading import Event, Thread

from cohortbot.chatlog import place
from cohortbot.clock import Clock
from cohortbot.domain.lease import LONG, RENEWED_EVERY, SHORT, Lease, Place, Watch
from cohortbot.service import turns
from cohortbot.service.app import App
from cohortbot.store.engine import Away

log = logging.getLogger(__name__)

_LOOK_EVERY = 1.0  # seconds between two looks of a bot that waits
_LAST_WORDS = 1.0  # seconds for the database to hear that we leave
_GONE_AFTER = 30.0  # seconds without a sign of life, and one that waited does not any more


class Keeper:
    """One process on its way to a turn, through it, and perhaps to the next one.

    The App's turn is held from `wait` on until it is lost, or given back by `stop`.
    """

    def __init__(self, app: App, mine: Place) -> None:
        self._turn = app.turn
        self._app = app
        self._mine = mine
        self._epoch = 0
        self._lasts = LONG
        self._stopping = Event()
        self._waiting: dict[str, tuple[int, float]] = {}  # who waits, by token: their beats, and since when
        self._thread: Thread | None = None

    def wait(self, stopping: Event) -> bool:
        """Wait, unconnected, until the lease is ours, and renew it from then on; False at `stopping`."""
        watch = Watch()
        told: timedelta | None = None
        while not stopping.is_set():
            try:
                seen = turns.look(self._app)
                if self._may_take(seen, watch):
                    if self._take(seen):
                        if told is not None:
                            log.warning("this bot takes over %s now", self._app.network)
                        return True
                elif seen is not None:
                    if seen.lasts != told:
                        told = seen.lasts
                        self._tell(seen)
                    turns.wait(self._app, self._mine)
            except Away as away:
                log.warning("whose turn it is cannot be read, the database is away: %s", away)
                watch.missed()
            stopping.wait(_LOOK_EVERY)
        if told is not None:
            self._leave_the_line()
        return False

    def _tell(self, seen: Lease) -> None:
        host, _, _ = seen.holder.machine.partition(" ")
        text = "another bot is on %s (on %s): this one waits, and takes over %d s after its last sign of life"
        log.warning(text, self._app.network, host, seen.lasts.total_seconds())

    def _may_take(self, seen: Lease | None, watch: Watch) -> bool:
        if seen is None or not seen.held or seen.holder == self._mine:
            return True
        return place.is_dead(seen.holder, self._mine) or watch.has_run_out(seen, Clock.boottime())

    def _take(self, seen: Lease | None) -> bool:
        begun = Clock.boottime()
        self._waiting = {}
        lasts = SHORT if self._somebody_waits(begun) else LONG
        epoch = turns.take(self._app, seen, self._mine, lasts)
        if epoch is None:
            return False
        self._turn.lasts(lasts, begun)
        self._epoch, self._lasts = epoch, lasts
        self._stopping.clear()
        place.tidy(self._app.config.logs.folder, self._app.network)
        self._thread = Thread(target=self._renew, name="lease", daemon=True)
        self._thread.start()
        return True

    def stop(self) -> None:
        """Give the lease back, if it is ours still; whoever waits has it within a second."""
        held = self._turn.held
        self._turn.end()
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(_LAST_WORDS)
        if held:
            # A database that is frozen keeps nobody here: who comes next sees that we are gone, or waits.
            giving = Thread(target=self._give_back, daemon=True)
            giving.start()
            giving.join(_LAST_WORDS)

    def _give_back(self) -> None:
        try:
            turns.give_back(self._app, self._epoch)
        except Away as away:
            log.warning("the lease of %s was not given back: %s", self._app.network, away)

    # In the turn

    def _renew(self) -> None:
        while not self._stopping.wait(RENEWED_EVERY.total_seconds()):
            begun = Clock.boottime()
            try:
                lasts = SHORT if self._somebody_waits(begun) else LONG
                if lasts < self._lasts:
                    self._turn.shorten(lasts)
                if not turns.renew(self._app, self._epoch, lasts):
                    log.error("another bot is on %s now: this one is silent", self._app.network)
                    self._turn.end()
                    return
            except Away as away:
                log.warning("the lease of %s was not renewed: %s", self._app.network, away)
                continue
            self._lasts = lasts
            if not self._stopping.is_set():
                self._turn.lasts(lasts, begun)

    def _somebody_waits(self, now: float) -> bool:
        """Whoever gives no sign of life for a while is not counted, and taken out of the line."""
        before, self._waiting = self._waiting, {}
        for each, beats in turns.waiting(self._app).items():
            if each.token == self._mine.token:
                continue
            last, since = before.get(each.token, (None, now))
            if last == beats and now - since >= _GONE_AFTER:
                turns.wait_no_more(self._app, each.token)
                continue
            self._waiting[each.token] = (beats, since if last == beats else now)
        return bool(self._waiting)

    def _leave_the_line(self) -> None:
        try:
            turns.wait_no_more(self._app, self._mine.token)
        except Away:
            log.warning("the database is away: this bot stays in the line until the holder strikes it off")
