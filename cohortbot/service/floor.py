"""Who has said something lately, kept for some seconds, so that chat costs no transaction a line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Lock

from cohortbot.domain.message import Spoke

REMEMBERED = timedelta(minutes=5)  # longer than a word is on its way
MOST = 10_000  # words kept while they cannot be written down


class Floor:
    """The newest word of each connection and target since it was last written down.

    A kill takes some seconds of knowing who was there along, and nothing that anybody asked for.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._newest: dict[tuple[str, str | None], Spoke] = {}
        self._asked: dict[str, datetime] = {}

    def spoke(self, word: Spoke) -> None:
        """Take a word in; never waits. What could stand for an answer is kept though less was said since."""
        key = (word.connection, word.target)
        with self._lock:
            before = self._newest.get(key)
            if before is not None and word.line is None:
                word = replace(word, line=before.line)
            if before is not None or len(self._newest) < MOST:
                self._newest[key] = word

    def asked_what_waits(self, connection: str, at: datetime) -> None:
        """They let our words in, or so they say: what is refused of those before is tried again."""
        with self._lock:
            self._asked = {one: when for one, when in self._asked.items() if at - when <= REMEMBERED}
            self._asked[connection] = at

    def has_asked_since(self, connection: str | None, at: datetime) -> bool:
        """Whether they asked what waits for them at an instant or later."""
        with self._lock:
            asked = self._asked.get(connection or "")
            return asked is not None and asked >= at

    def take(self) -> Sequence[Spoke]:
        """All of them, oldest first; they are forgotten here."""
        with self._lock:
            words, self._newest = self._newest, {}
        return sorted(words.values(), key=lambda word: word.at)

    def give_back(self, words: Sequence[Spoke]) -> None:
        """They could not be written down: kept for the next time, unless something newer was said."""
        with self._lock:
            self._newest = {(word.connection, word.target): word for word in words} | self._newest
