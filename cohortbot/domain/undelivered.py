"""Why a server does not deliver what was said: the numerics that say so, and what each is about."""

from __future__ import annotations

from enum import StrEnum


class Why(StrEnum):
    """Whose fault it is, and so what helps."""

    ABSENT = "absent"  # nobody and nothing of that name is there
    PACE = "pace"  # too many new people at once: later
    ACCEPT = "accept"  # the person hears whom they have accepted, and has not accepted us
    REGISTERED = "registered"  # the person hears the registered alone
    SETTINGS = "settings"  # the person, or the channel, shuts us out in another way


# Of Solanum, InspIRCd, ircd-hybrid, ngircd, Bahamut, ircu and UnrealIRCd. 531 is `+R` on hybrid; on InspIRCd
# it is `+c` too, but who shuts out all that share no channel with them has none where we could tell them so.
WHY = {
    "401": Why.ABSENT,
    "403": Why.ABSENT,
    "439": Why.PACE,
    "707": Why.PACE,
    "716": Why.ACCEPT,
    "477": Why.REGISTERED,
    "486": Why.REGISTERED,
    "531": Why.REGISTERED,
} | dict.fromkeys(["404", "407", "408", "415", "437", "489", "492", "493", "520"], Why.SETTINGS)
