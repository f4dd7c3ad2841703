"""What comes in from a network and where answers go: frozen values, made at the edge."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum, StrEnum, auto
from typing import NamedTuple

from cohortbot.domain.casemap import Casemapping


class LogAddress(NamedTuple):
    """One line of the channel log, for good: `line` counts from 1 in the file of that UTC `day`.

    A tuple, since one is made for every line logged and costs half as much so.
    """

    network: str
    channel: str
    day: date
    line: int


@dataclass(frozen=True, slots=True)
class Proven:
    """The server vouches for this services account, spelled as the server spells it."""

    account: str


@dataclass(frozen=True, slots=True)
class Unproven:
    """The server was asked or has said so: this connection is logged in to no account."""


@dataclass(frozen=True, slots=True)
class ServicesDown:
    """The network has services, but they cannot vouch for anybody now."""


@dataclass(frozen=True, slots=True)
class TooSlow:
    """The server did not say who this is within `Limits.proof_wait`."""


@dataclass(frozen=True, slots=True)
class NotAsked:
    """The server does not tell who this is of itself, and for a verb of anyone it was not asked."""


@dataclass(frozen=True, slots=True)
class NoServices:
    """Nobody can be proven on this network: it has no services."""


Proof = Proven | Unproven | ServicesDown | TooSlow | NotAsked | NoServices


@dataclass(frozen=True, slots=True)
class Message:
    """One line said to the bot or in a channel it is in, with everything a decision needs.

    `target` is the channel as the server's casemapping lowers it, None in private; `connection` is opaque,
    stays the same through NICK and is unique over restarts; `text` has no formatting or control codes;
    `at` is the time of arrival; `msgid` names this unit of work uniquely (the server's, else made up);
    `line` is where it stands in the channel log, None in private; `bot_nick` is our nick at that moment.
    """

    network: str
    nick: str
    connection: str
    proof: Proof
    target: str | None
    text: str
    at: datetime
    msgid: str
    bot_nick: str
    line: LogAddress | None = None


@dataclass(frozen=True, slots=True)
class Spoke:
    """Somebody said something, in a channel or (`target` None) to the bot: that they did, and not what.

    `nick_key` and `target` are as the server's casemapping lowers them. `line` is where it stands in the log,
    if it is talk of `TALK` words or more that could stand for an answer.
    """

    connection: str
    nick_key: str
    proof: Proof
    target: str | None
    at: datetime
    casemapping: Casemapping
    line: LogAddress | None = None


TALK = 5  # words: product.md section 4, Silent


@dataclass(frozen=True, slots=True)
class ToChannel:
    """A channel; `nick` is whom the line addresses («nick: …»), None for an announcement."""

    channel: str
    nick: str | None = None


@dataclass(frozen=True, slots=True)
class ToPerson:
    """A private message to whoever bears `nick` now."""

    nick: str


Target = ToChannel | ToPerson


class Timing(StrEnum):
    """When something that nobody asked for may be said to a person; by their own clock."""

    NOW = "now"  # the first word of what is asked of somebody, at any hour
    BY_DAY = "by day"  # between 08:00 and 22:00
    DAILY = "daily"  # in the one digest at the start of their next day


class Urgency(Enum):
    """How soon something that nobody asked for has to be said."""

    AT_ONCE = auto()  # somebody's clock runs: an offer, within 2 s of the place being free
    SOON = auto()  # to one person, behind what people wait for
    IN_TURN = auto()  # to a channel, at the pace that is left
