"""The life of the bot's own threads: they begin when Sopel loads its plugins and end when it shuts down."""

from __future__ import annotations

from typing import Any

from cohortbot.irc import bot as irc
from cohortbot.ticker import EVERY, EVERY_WHEN_MOVED, Ticker

TICKER = "cohortbot.ticker"  # where a Sopel's memory keeps it
STOP_WAIT = 2.0  # seconds: with the goodbye to the server less than the 5 s that a SIGTERM may take


def setup(bot: Any) -> None:
    """Begin to carry out commands, to deliver what waits, and to do what is due."""
    if TICKER in bot.memory:
        return  # Sopel only reloads its plugins
    link = irc.make_link(bot)
    link.start()
    beat = link.beat
    bot.memory[TICKER] = Ticker(beat.tick, beat.now, EVERY_WHEN_MOVED if beat.moved else EVERY)
    bot.memory[TICKER].start()


def shutdown(bot: Any) -> None:
    """Finish what is under way and give back what was not said.

    On the network still, Sopel only reloads its plugins, and all goes on: who is in which channel could not
    be found out anew, and nothing that these modules drive is reloaded with them.
    """
    link = irc.link_of(bot)
    if link is None or bot.connection_registered:
        return
    bot.memory[TICKER].stop()
    link.stop(STOP_WAIT)
