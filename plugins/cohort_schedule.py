"""The life of the bot's own threads: they begin when Sopel loads its plugins and end when it shuts down."""

from __future__ import annotations

from typing import Any

from cohortbot.irc import bot as irc


def setup(bot: Any) -> None:
    """Begin to carry out commands and to deliver what waits."""
    irc.link_of(bot).bridge.start()


def shutdown(bot: Any) -> None:
    """Finish what is under way and give back what was not said."""
    irc.link_of(bot).bridge.stop(STOP_WAIT)


STOP_WAIT = 2.0  # seconds: with the goodbye to the server less than the 5 s that a SIGTERM may take
