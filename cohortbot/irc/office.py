"""What the irc room asks of the programme behind it: use cases of `service`, in the words of `texts`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from cohortbot.domain.hearing import Loss
from cohortbot.domain.message import LogAddress, Message, Spoke, Target, Urgency
from cohortbot.irc.work import CouldNotHear, Entered, LoggedIn, SaidPassword
from cohortbot.service.presence import Presence


class Wire(Presence, Protocol):
    """The network as the programme may touch it: it asks who is here, and has somebody asked in."""

    def invite(self, nick: str, channel: str) -> None:
        """Ask somebody into a channel, where we may and they are not in it."""

    def say_unheard(self, nick: str) -> None:
        """Say again the answers that the settings of `nick` kept from them."""


class Spoken(Protocol):
    """Words for somebody, of any length; they are cut to lines where they are sent (texts.Spoken)."""

    @property
    def to(self) -> Target: ...
    @property
    def text(self) -> str: ...


Say = Callable[[Sequence[Spoken]], None]


@dataclass(frozen=True, slots=True)
class Letter:
    """Something out of the outbox, in words, and whom to tell what became of it (one of the three, once).

    `ids` name it in the outbox. `sent` is given where it stands in the channel log, `refused` the numeric
    that the server answered with and whether a part of it was heard. Where nobody knows what became of it
    nobody is told, and the outbox hands it out again once it is not in hand.
    """

    ids: tuple[int, ...]
    spoken: Sequence[Spoken]
    urgency: Urgency
    sent: Callable[[LogAddress | None], None]
    refused: Callable[[str, bool], None]
    released: Callable[[], None]


@dataclass(frozen=True, slots=True)
class Gauges:
    """How the bot is, for `/status`: times aware UTC, `queue` in lines.

    `heard` are the channels that it should be in and is; `losses` those that it is not in, and those that it
    was not in for a while, in the order in which they began and ended.
    """

    connected_since: datetime | None
    queue: int
    reconnects: int
    errors: int
    heard: tuple[str, ...]
    losses: tuple[Loss, ...]


class Office(Protocol):
    """Called from the bot's own threads, not from the one that reads the network: it may wait."""

    def handle(self, message: Message, wire: Wire, interim: Say) -> Sequence[Spoken]:
        """Carry out a command; `interim` says what cannot wait for its end."""

    def spoke(self, word: Spoke) -> None:
        """Somebody said something, for us or not; called while reading, it never waits."""

    def needs_proof(self, message: Message, presence: Presence) -> bool:
        """Whether the answer depends on who speaks; quick, called while reading."""

    def entered(self, entered: Entered, presence: Presence) -> Sequence[Spoken] | None:
        """Somebody came into a channel; None: not now, but when those who wait for an answer have theirs."""

    def logged_in(self, logged_in: LoggedIn, presence: Presence) -> Sequence[Spoken]:
        """Somebody who is here logged in."""

    def said_password(self, said: SaidPassword) -> Sequence[Spoken]:
        """Somebody said a password aloud."""

    def could_not_hear(self, whom: CouldNotHear, presence: Presence) -> Sequence[Spoken]:
        """The settings of somebody keep our answers from them."""

    def broke(self, message: Message) -> Sequence[Spoken]:
        """A command met a fault of ours that is in the operator's log."""

    def saw_services(self) -> None:
        """The network was seen to have services."""

    def channels(self) -> Sequence[tuple[str, str | None]]:
        """Every channel to be in, with its key."""

    def claim(self, presence: Presence, in_hand: Collection[int]) -> Sequence[Letter]:
        """What waits in the outbox and can be said now; `in_hand` are the ids of what is on its way."""

    def note(self, gauges: Gauges, presence: Presence) -> None:
        """Remember how the bot is and who is here, for the other process and for later."""
