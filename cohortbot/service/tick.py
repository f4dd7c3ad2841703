"""What is due, done: idempotent, driven by the ticker, never by chance of somebody talking."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

from cohortbot.service import (
    absences,
    ending,
    gauges,
    helping,
    offers,
    reminding,
    reporting,
    rounds,
    silence,
    spoken,
    waits,
)
from cohortbot.service.app import App
from cohortbot.store.engine import Away

log = logging.getLogger(__name__)

_DUTIES: tuple[Callable[[App, datetime], None], ...] = (
    spoken.note_spoken,
    rounds.close_due,
    ending.end_runs,
    rounds.open_due,
    absences.end_absences,
    reminding.remind_due,
    silence.ask_quiet_mentors,
    helping.look_after_blockers,
    waits.say_again,
    offers.pass_on_offers,
    offers.end_unproven_seats,
    offers.hint_at_channels,
    reporting.tell_on_mondays,
    gauges.note_tick,
)


def tick(app: App, now: datetime) -> None:
    """Do all that is due at `now` and not yet done, each duty in transactions of its own.

    A fault in one duty does not keep the others from being done; it is said to the operator, and tried again
    at the next tick.
    """
    for duty in _DUTIES:
        try:
            duty(app, now)
        except Away as away:
            log.warning("the database is away, %s waits for the next tick: %s", duty.__name__, away)
            return
        except Exception:  # the loud boundary: one broken duty must not stop the others
            log.exception("a fault in %s", duty.__name__)
