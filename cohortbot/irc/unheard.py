"""What the server would not deliver: whom it was for, and the answers that wait until they ask for them."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from weakref import WeakSet

from cohortbot.domain.undelivered import WHY, Why
from cohortbot.irc import wire
from cohortbot.irc.line import Line
from cohortbot.irc.people import Connection, People

MOST = 12  # lines kept for one person


def target_of(refusal: wire.Message) -> str:
    """`:server 716 me target :words`; ngircd says `:server 486 me :… to private message target`."""
    if len(refusal.params) > 2:
        return refusal.param(1)
    return refusal.text.rpartition(" ")[2]


class Unheard:
    """Answers that the settings of whom they were for keep from them.

    They are kept while our connection and theirs last. `tell` is called once a connection of theirs, with the
    numeric of the refusal: they can be told in a channel that something waits.
    """

    def __init__(
        self, fold: Callable[[str], str], people: People, tell: Callable[[Connection, str], None]
    ) -> None:
        self._fold = fold
        self._people = people
        self._tell = tell
        self._told: WeakSet[Connection] = WeakSet()
        self._kept: dict[str, deque[str]] = {}

    def keep(self, lines: Sequence[Line], code: str) -> None:
        """Take in what a numeric refused; of those who are not in sight nothing is kept."""
        nick = lines[0].target
        person = self._people.find(nick)
        if person is None or WHY.get(code) is Why.ABSENT:
            return
        self._kept.setdefault(self._fold(nick), deque(maxlen=MOST)).extend(line.text for line in lines)
        if person not in self._told:
            self._told.add(person)
            self._tell(person, code)

    def count(self, nick: str) -> int:
        """How many lines wait for them."""
        return len(self._kept.get(self._fold(nick), ()))

    def take(self, nick: str) -> Sequence[str]:
        """The lines that wait for them, oldest first; they are kept no more."""
        return self._kept.pop(self._fold(nick), ())

    def gone(self, nick: str) -> None:
        """They left: nothing is kept for who comes next under that nick."""
        self._kept.pop(self._fold(nick), None)

    def renamed(self, old: str, new: str) -> None:
        kept = self._kept.pop(self._fold(old), None)
        if kept is not None:
            self._kept[self._fold(new)] = kept
