"""What people on the network did that the programme has to hear of: frozen values, each with its proof."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cohortbot.domain.message import Message, Proof


@dataclass(frozen=True, slots=True)
class Entered:
    """Somebody came into a channel; `channel` as the server's casemapping lowers it."""

    network: str
    channel: str
    nick: str
    connection: str
    proof: Proof
    at: datetime


@dataclass(frozen=True, slots=True)
class LoggedIn:
    """Somebody who is here has just logged in to an account."""

    network: str
    nick: str
    connection: str
    proof: Proof


@dataclass(frozen=True, slots=True)
class SaidPassword:
    """Somebody said in a channel what reads as a password; it was not written."""

    network: str
    channel: str
    nick: str
    connection: str
    proof: Proof


@dataclass(frozen=True, slots=True)
class CouldNotHear:
    """The server refused an answer of ours by the settings of whom it was for; `code` is the numeric."""

    network: str
    nick: str
    connection: str
    proof: Proof
    code: str


Work = Message | Entered | LoggedIn | SaidPassword | CouldNotHear
