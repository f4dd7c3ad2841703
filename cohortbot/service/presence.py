"""What the service may ask of the wire: who is here now. The irc room answers; nothing is said by asking."""

from __future__ import annotations

from typing import Protocol

from cohortbot.domain.casemap import Casemapping
from cohortbot.domain.message import Proof


class Presence(Protocol):
    """The network as the bot sees it now."""

    @property
    def casemapping(self) -> Casemapping: ...

    @property
    def nick(self) -> str:
        """What the bot is called now."""

    def joined(self, channel: str) -> bool:
        """Whether the bot is in `channel` now."""

    def in_channel(self, nick: str, channel: str) -> bool:
        """Whether somebody called `nick` is in `channel` now; False where the bot is not."""

    def nick_of(self, connection: str) -> str | None:
        """The nick that this connection bears now; None when it is gone or out of sight."""

    def nick_of_account(self, account: str) -> str | None:
        """A nick that is logged in to `account` now, as far as the bot can see."""

    def seek(self, account: str, nick: str) -> None:
        """Ask the server whether `account` is here as `nick`, out of sight; `nick_of_account` tells soon.

        It may be called as often as one likes: the room asks at a pace of its own.
        """

    def proof_of(self, nick: str) -> Proof:
        """What is known of `nick` without asking the server."""

    def connection_of(self, nick: str) -> str | None:
        """The connection that bears `nick` now, if in sight."""

    def may_write(self, nick: str, *, urgent: bool) -> bool:
        """Whether a private word to `nick` may go out now, that nobody asked for.

        Networks may limit how many people one may write to that one has not written to yet. Who has to wait
        is let through in turn, the urgent first: it has to be asked again, about each second.
        """

    def unheard(self, nick: str) -> int:
        """How many lines of answers wait since the settings of `nick` keep them from them."""

    def is_bot(self, nick: str) -> bool:
        """Marked as a bot by the server, or named in `irc.ignore`."""
