"""Commands: one callback that translates a line and has it carried out; the one sender has the last word."""

from __future__ import annotations

from typing import Any

from sopel import plugin

from cohortbot.irc import bot as irc


@plugin.rule(r".*")
@plugin.event("PRIVMSG")
@plugin.thread(False)
@plugin.unblockable
def command(bot: Any, trigger: Any) -> None:
    """Carry out what somebody says to the bot."""
    draft = irc.message(bot, trigger)
    if draft is not None:
        irc.answer(bot, draft)
