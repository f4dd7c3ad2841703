"""One function per use case: opens the one transaction, returns outcomes, never talks."""

from cohortbot.service import outbox
from cohortbot.service.arrivals import Arrival, entered, logged_in, note_presence
from cohortbot.service.call import asked_where
from cohortbot.service.gauges import note_gauges, note_tick, saw_services
from cohortbot.service.handle import handle, needs_proof
from cohortbot.service.hearing import note_channels
from cohortbot.service.missed import could_not_hear
from cohortbot.service.programme import channels
from cohortbot.service.reloading import ConfigRefused, apply_config, reload
from cohortbot.service.tick import tick

__all__ = [
    "Arrival",
    "ConfigRefused",
    "apply_config",
    "asked_where",
    "channels",
    "could_not_hear",
    "entered",
    "handle",
    "logged_in",
    "needs_proof",
    "note_channels",
    "note_gauges",
    "note_presence",
    "note_tick",
    "outbox",
    "reload",
    "saw_services",
    "tick",
]
