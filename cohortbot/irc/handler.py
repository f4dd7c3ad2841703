"""The thread that carries out what people ask, one thing after the other, so that reading never waits."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from queue import SimpleQueue

from cohortbot.domain.message import Message
from cohortbot.irc.office import Office, Spoken, Wire
from cohortbot.irc.work import CouldNotHear, Entered, LoggedIn, Work

log = logging.getLogger(__name__)

MOST_PENDING = 10_000  # pieces of work: more than come back at once after a netsplit


class Handler:
    """Works in the order in which things came in: who asks first is seated first.

    `say` queues words and never waits; `done` is called after each piece of work.
    """

    def __init__(
        self,
        office: Office,
        wire: Wire,
        say: Callable[[Sequence[Spoken]], None],
        done: Callable[[], None],
    ) -> None:
        self.errors = 0
        self._stopping = False
        self._office = office
        self._wire = wire
        self._say = say
        self._done = done
        self._queue: SimpleQueue[Work | None] = SimpleQueue()
        self._pending = 0
        self._lost = 0
        self._counting = threading.Lock()
        self._idle = threading.Event()
        self._idle.set()
        self._thread = threading.Thread(target=self._run, name="commands", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self, wait: float) -> None:
        """Finish what is under way, at most `wait` seconds; what waits behind it is dropped unanswered."""
        self._stopping = True
        self._queue.put(None)
        self._thread.join(wait)

    def put(self, work: Work) -> None:
        """Take in what somebody did; never waits. What comes on top of MOST_PENDING is lost, and said so."""
        if self._pending >= MOST_PENDING:
            self._lose(work)
            return
        with self._counting:
            self._pending += 1
            self._idle.clear()
        self._queue.put(work)

    def _lose(self, work: Work) -> None:
        """Once in so many, or the operator's log would grow as fast."""
        if self._lost % MOST_PENDING == 0:
            log.error("too much to do at once: %s of %s and others are lost", type(work).__name__, work.nick)
        self._lost += 1

    def wait_idle(self, longest: float) -> None:
        """Wait until nobody waits for an answer, at most `longest` seconds."""
        self._idle.wait(longest)

    def _run(self) -> None:
        while (work := self._queue.get()) is not None and not self._stopping:
            self._work(work)
            self._finished()
            self._done()

    def _finished(self) -> None:
        with self._counting:
            self._pending -= 1
            if self._pending == 0:
                self._idle.set()

    def _work(self, work: Work) -> None:
        try:
            self._say(self._carry_out(work))
        except Exception:  # the loud boundary: one broken command must not end all others
            self.errors += 1
            log.exception("a fault while handling %s of %s", type(work).__name__, work.nick)
            if isinstance(work, Message):
                self._say(self._office.broke(work))

    def _carry_out(self, work: Work) -> Sequence[Spoken]:
        if isinstance(work, Message):
            return self._office.handle(work, self._wire, self._say)
        if isinstance(work, Entered):
            return self._office.entered(work, self._wire)
        if isinstance(work, LoggedIn):
            return self._office.logged_in(work, self._wire)
        if isinstance(work, CouldNotHear):
            return self._office.could_not_hear(work, self._wire)
        return self._office.said_password(work)
