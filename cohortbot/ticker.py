"""APScheduler drives the tick: one idempotent job, and nothing of the schedule itself is kept here."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger

EVERY = timedelta(seconds=5)
EVERY_WHEN_MOVED = timedelta(seconds=1)  # product.md 6: while COHORTBOT_CLOCK_OFFSET is set


class Ticker:
    """Calls `tick(now)` every few seconds; a late call is made up for once, never twice at a time."""

    def __init__(
        self, tick: Callable[[datetime], None], now: Callable[[], datetime], every: timedelta
    ) -> None:
        self._tick = tick
        self._now = now
        # A tick skipped over a slow one is no news to an operator.
        logging.getLogger("apscheduler").setLevel(logging.ERROR)
        self._scheduler = BackgroundScheduler(
            executors={"default": ThreadPoolExecutor(1)},
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
            timezone="UTC",
        )
        self._scheduler.add_job(self._run, IntervalTrigger(seconds=every.total_seconds()), id="tick")

    def start(self) -> None:
        """The first tick comes at once, on the ticker's own thread."""
        self._scheduler.add_job(self._run, id="first tick")
        self._scheduler.start()

    def stop(self) -> None:
        """No further tick begins; one under way ends by itself."""
        self._scheduler.shutdown(wait=False)

    def _run(self) -> None:
        self._tick(self._now())
