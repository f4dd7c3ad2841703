"""Which capabilities a network has, and how it lets the bot know who somebody is (product.md, section 5)."""

from __future__ import annotations

from cohortbot.commands.finding import Finding, note, ok
from cohortbot.commands.visit.whois import Bearer
from cohortbot.irc.capabilities import WANTED
from cohortbot.irc.network import Network


def capabilities(network: Network) -> Finding:
    """Which of those that the bot makes use of the server has; it lives without any."""
    has = [name for name in WANTED if name in network.offered]
    lacks = [name for name in WANTED if name not in network.offered]
    if not has:
        return ok("caps", "the server has none that the bot uses; it does without")
    return ok("caps", " ".join(has) + (f"; it does without {' '.join(lacks)}" if lacks else ""))


def identity(network: Network, known: Bearer | None, *, has_services: bool) -> Finding | None:
    """The kind of proof that there is here; None if that does not show.

    `known` is what WHOIS says of somebody who is logged in, us or the running bot, None if nobody is.
    """
    if not has_services:
        return note(
            "identity",
            "NOBODY CAN BE PROVEN HERE, so nobody can act as mentor or organizer: there are no services",
        )
    if "account-tag" in network.offered:
        return ok("identity", "each line names its speaker's account (account-tag)")
    if {"account-notify", "extended-join"} <= network.offered.keys() and network.whox:
        return ok("identity", "logins are announced in channels (account-notify, extended-join, WHOX)")
    if known is not None and known.account is not None:
        return ok("identity", "the server is asked at each command (WHOIS 330)")
    if known is not None and known.identified:
        return ok(
            "identity",
            "the server names no accounts, but says whose nick it is (WHOIS 307): nicks stand for accounts, "
            "in programme.organizers too",
        )
    return None
