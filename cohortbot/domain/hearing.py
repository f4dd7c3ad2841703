"""Channels that the bot should be in and is not: what their logs cannot hear, and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Why(StrEnum):
    """What keeps the bot out of a channel."""

    KICKED = "kicked"
    PUT_OUT = "put out"  # by a PART that somebody else made us do
    BANNED = "banned"
    KEY = "key"
    INVITE_ONLY = "invite only"
    REGISTERED_ONLY = "registered only"
    SECURE_ONLY = "secure only"
    FULL = "full"
    TOO_MANY = "too many"  # channels for one connection
    FORWARDED = "forwarded"
    UNAVAILABLE = "unavailable"  # just after a netsplit, or held by services
    REFUSED = "refused"  # for another reason
    SILENT = "silent"  # a JOIN without an answer


@dataclass(frozen=True, slots=True)
class Loss:
    """A channel that is not heard, from `since` (aware UTC) on; `until` is None while it lasts."""

    channel: str
    why: Why
    since: datetime
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class ChannelLost:
    """Organizers are told that a log hears nothing; `zone` is the reader's."""

    loss: Loss
    zone: str


@dataclass(frozen=True, slots=True)
class ChannelBack:
    """Organizers are told that a log hears again; the `loss` is over."""

    loss: Loss
    zone: str


Outcome = ChannelLost | ChannelBack
