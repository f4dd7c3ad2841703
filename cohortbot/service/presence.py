"""What the service may ask of the wire: who is here now. The irc room answers; nothing is said by asking."""

from __future__ import annotations

from typing import Protocol

from cohortbot.domain.casemap import Casemapping
from cohortbot.domain.message import Proof


class Presence(Protocol):
    """The network as the bot sees it now."""

    @property
    def casemapping(self) -> Casemapping: ...

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

    def is_bot(self, nick: str) -> bool:
        """Marked as a bot by the server, or named in `irc.ignore`."""
