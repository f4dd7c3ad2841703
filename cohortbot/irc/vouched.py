"""Accounts out of our sight (no shared channel) for which the server has vouched a moment ago.

Such a proof is good for the words that follow a command; later the server is asked anew, under the nick that
the account spoke as last, and ever more rarely while nobody is there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

GOOD_FOR = 10.0  # seconds: nobody tells us when somebody out of sight leaves or changes nick
FIRST_WAIT, LONGEST_WAIT = 20.0, 600.0  # seconds between two questions about one account
MOST_QUESTIONS = 1.0  # seconds between two questions about anybody
MOST_FRESH = 1_000  # accounts, after which those that are not fresh any more are forgotten


@dataclass(slots=True)
class _Sought:
    nick: str
    again_at: float
    wait: float


class Vouched:
    """Who was proven when, and whom to ask about next; times are monotonic seconds."""

    def __init__(self, fold: Callable[[str], str]) -> None:
        self._fold = fold
        self._nicks: dict[str, tuple[str, float]] = {}
        self._sought: dict[str, _Sought] = {}
        self._next_question = 0.0

    def vouch(self, account: str, nick: str, now: float) -> None:
        """The server says that `nick` is logged in to `account`."""
        key = self._fold(account)
        if len(self._nicks) >= MOST_FRESH:
            self._nicks = {other: held for other, held in self._nicks.items() if now < held[1]}
        self._nicks[key] = (nick, now + GOOD_FOR)
        self._sought.pop(key, None)

    def nick_of(self, account: str, now: float) -> str | None:
        """The nick of `account`, while the server's word is fresh."""
        nick, until = self._nicks.get(self._fold(account), ("", 0.0))
        return nick if now < until else None

    def may_seek(self, account: str, nick: str, now: float) -> bool:
        """Whether to ask now who `nick` is, in search of `account`; who asks is counted as having asked."""
        key = self._fold(account)
        sought = self._sought.get(key)
        if now < self._next_question or (sought is not None and now < sought.again_at):
            return False
        wait = FIRST_WAIT if sought is None else min(2 * sought.wait, LONGEST_WAIT)
        self._sought[key] = _Sought(self._fold(nick), now + wait, wait)
        self._next_question = now + MOST_QUESTIONS
        return True

    def came(self, nick: str) -> None:
        """Somebody came into sight under `nick`: if that is whom we seek, ask again without delay."""
        for sought in self._sought.values():
            if sought.nick == self._fold(nick):
                sought.again_at, sought.wait = 0.0, FIRST_WAIT

    def gone(self, nick: str) -> None:
        """Whoever bore this nick has left it."""
        key = self._fold(nick)
        self._nicks = {account: held for account, held in self._nicks.items() if self._fold(held[0]) != key}
