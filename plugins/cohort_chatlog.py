"""The chat log in a stock Sopel: every line of a channel is taken in before a command acts on it.

Our own runner takes lines in where they are read, long before any rule: there these callbacks do nothing.
"""

from __future__ import annotations

from typing import Any

from sopel import plugin

from cohortbot.domain.undelivered import WHY
from cohortbot.irc import bot as irc
from cohortbot.irc.channels import REFUSALS

# What happens in channels; numerics that say what the server can do, who is there, what was not delivered.
TALK = ("PRIVMSG", "NOTICE")
EVENTS = ("JOIN", "PART", "QUIT", "KICK", "NICK", "MODE", "TOPIC", "INVITE", "ACCOUNT", "CHGHOST")
WELCOME = ("001", "005", "376", "422", "BATCH", "PONG")
PEOPLE = ("303", "307", "311", "318", "330", "335", "352", "353", "354", "396")
REFUSED = sorted(WHY.keys() | REFUSALS.keys())


@plugin.rule(r".*")
@plugin.event(*TALK, *EVENTS, *WELCOME, *PEOPLE, *REFUSED)
@plugin.echo
@plugin.thread(False)
@plugin.unblockable
@plugin.priority("high")
def overhear(bot: Any, trigger: Any) -> None:
    """Take the line in."""
    irc.overhear(bot, trigger)
