"""Who has answered a moment ago, and where: in memory, so that chat which begins with `...` costs nothing."""

from __future__ import annotations

from datetime import datetime, timedelta
from threading import Lock

from cohortbot.domain.message import Message


class Lately:
    """The newest answer of each connection and target. A restart forgets them, and no answer with them."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._at: dict[tuple[str, str | None], datetime] = {}

    def answered(self, message: Message, within: timedelta) -> None:
        """Take an answer in; those older than `within` are forgotten."""
        with self._lock:
            self._at = {key: at for key, at in self._at.items() if message.at - at <= within}
            self._at[message.connection, message.target] = message.at

    def has_answered(self, message: Message, within: timedelta) -> bool:
        """Whether who says this has answered there at most `within` ago."""
        with self._lock:
            at = self._at.get((message.connection, message.target))
        return at is not None and message.at - at <= within
