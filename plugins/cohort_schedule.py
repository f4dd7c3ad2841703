"""The life of the bot's own threads: they begin when Sopel loads its plugins and end when it shuts down."""

from __future__ import annotations

from typing import Any

from cohortbot.irc import bot as irc
from cohortbot.ticker import EVERY, EVERY_WHEN_MOVED, Ticker

TICKER = "cohortbot.ticker"  # where a Sopel's memory keeps it
STOP_WAIT = 2.0  # seconds: with the goodbye to the server less than the 5 s that a SIGTERM may take


def setup(bot: Any) -> None:
    """Begin to carry out commands, to deliver what waits, and to do what is due."""
    link = irc.link_of(bot)
    link.start()
    beat = link.beat
    bot.memory[TICKER] = Ticker(beat.tick, beat.now, EVERY_WHEN_MOVED if beat.moved else EVERY)
    bot.memory[TICKER].start()


def shutdown(bot: Any) -> None:
    """Finish what is under way and give back what was not said."""
    bot.memory[TICKER].stop()
    irc.link_of(bot).stop(STOP_WAIT)
