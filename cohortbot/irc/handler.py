"""The thread that carries out what people ask, one thing after the other, so that reading never waits."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from itertools import count
from queue import PriorityQueue

from cohortbot.domain.message import Message
from cohortbot.irc.office import Office, Spoken, Wire
from cohortbot.irc.work import CouldNotHear, Entered, LoggedIn, Work
from cohortbot.store.engine import Fenced

log = logging.getLogger(__name__)

MOST_ASKED = 2_000  # who asks behind them would be answered after 20 s or so, and has given up by then
MOST_ENTERED = 10_000  # more than come back at once after a netsplit


class Handler:
    """Works in the order in which things came in: who asks first is seated first.

    Only who entered a channel is dealt with when nobody waits for an answer: thousands come at once after a
    netsplit. `say` queues words and never waits; `done` is called after each piece of work.
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
        self._queue: PriorityQueue[tuple[bool, int, Work | None]] = PriorityQueue()
        self._number = count()
        self._asked = self._entered = 0  # how many of each wait, or are under way
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
        self._queue.put((False, next(self._number), None))
        self._thread.join(wait)

    def put(self, work: Work) -> None:
        """Take in what somebody did; never waits. What comes on top of what fits is lost, and said so."""
        entered = isinstance(work, Entered)
        if self._entered >= MOST_ENTERED if entered else self._asked >= MOST_ASKED:
            self._lose(work)
            return
        self._count(work, 1)
        self._queue.put((entered, next(self._number), work))

    def _lose(self, work: Work) -> None:
        """Once in so many, or the operator's log would grow as fast."""
        if self._lost % MOST_ENTERED == 0:
            log.error("too much to do at once: %s of %s and others are lost", type(work).__name__, work.nick)
        self._lost += 1

    def wait_idle(self, longest: float) -> None:
        """Wait until nobody waits for an answer, at most `longest` seconds."""
        self._idle.wait(longest)

    def _run(self) -> None:
        while (work := self._queue.get()[-1]) is not None and not self._stopping:
            self._work(work)
            self._count(work, -1)
            self._done()

    def _count(self, work: Work, change: int) -> None:
        with self._counting:
            if isinstance(work, Entered):
                self._entered += change
            else:
                self._asked += change
            if self._asked == 0:
                self._idle.set()
            else:
                self._idle.clear()

    def _work(self, work: Work) -> None:
        try:
            self._say(self._carry_out(work))
        except Fenced:
            log.warning("what %s said is left to the bot that is there now", work.nick)
        except Exception:  # the loud boundary: one broken command must not end all others
            self.errors += 1
            log.exception("a fault while handling %s of %s", type(work).__name__, work.nick)
            if isinstance(work, Message):
                self._say(self._office.broke(work))

    def _carry_out(self, work: Work) -> Sequence[Spoken]:
        if isinstance(work, Message):
            return self._office.handle(work, self._wire, self._say)
        if isinstance(work, Entered):
            said = self._office.entered(work, self._wire)
            if said is None:
                self.put(work)
            return said or ()
        if isinstance(work, LoggedIn):
            return self._office.logged_in(work, self._wire)
        if isinstance(work, CouldNotHear):
            return self._office.could_not_hear(work, self._wire)
        return self._office.said_password(work)
