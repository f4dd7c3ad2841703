"""The thread that carries out what people ask: in which order, and how much waits at most."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from support.processes import wait_until
from support.puppet import Puppet, Words

from cohortbot.domain.message import Message, Unproven
from cohortbot.irc.handler import MOST_ASKED, MOST_ENTERED, Handler
from cohortbot.irc.work import Entered

AT = datetime(2026, 11, 26, tzinfo=UTC)


@dataclass
class Told:
    """A handler with a programme of a few words behind it, and all that it said."""

    said: list[str] = field(default_factory=list)
    worked: int = 0

    def __post_init__(self) -> None:
        nobody: Any = None  # the puppet asks the wire nothing
        self.puppet = Puppet([], notice=True)
        self.handler = Handler(self.puppet, nobody, self._say, self._worked)

    def _worked(self) -> None:
        self.worked += 1

    def _say(self, words: Sequence[Any]) -> None:
        self.said += [one.text for one in words if isinstance(one, Words)]

    def all(self, works: int) -> list[str]:
        """All that is said by the end of so many pieces of work."""
        self.handler.start()
        wait_until(lambda: self.worked == works, "the end of all work")
        self.handler.stop(5)
        return self.said


@pytest.fixture
def told() -> Told:
    return Told()


def message(text: str) -> Message:
    return Message("net", "cy", "1", Unproven(), None, text, AT, text, "bot")


def entered(number: int) -> Entered:
    return Entered("net", f"#c{number}", "bo", "2", Unproven(), AT)


def test_who_asks_is_answered_before_anybody_is_told_of_the_channel_they_entered(told: Told) -> None:
    for work in (entered(1), message("say 1"), entered(2), message("hi")):
        told.handler.put(work)
    assert told.all(4) == [
        "line 0",
        "you said hi",
        "#c1 is logged, Unproven",
        "#c2 is logged, Unproven",
    ]


def test_who_entered_while_the_database_is_away_is_told_later_and_keeps_nobody_waiting(told: Told) -> None:
    told.puppet.away = 2
    for work in (entered(1), message("hi"), entered(2)):
        told.handler.put(work)
    assert told.all(5) == ["you said hi", "#c1 is logged, Unproven", "#c2 is logged, Unproven"]


def test_there_is_room_for_who_asks_however_many_enter(told: Told, caplog: pytest.LogCaptureFixture) -> None:
    for number in range(MOST_ENTERED + 1):
        told.handler.put(entered(number))
    told.handler.put(message("hi"))
    said = told.all(MOST_ENTERED + 1)
    assert said[0] == "you said hi"
    assert len(said) == MOST_ENTERED + 1
    assert "too much to do at once: Entered of bo" in caplog.text


def test_more_than_can_ever_be_answered_is_lost_aloud(told: Told, caplog: pytest.LogCaptureFixture) -> None:
    for _ in range(MOST_ASKED + 2):
        told.handler.put(message("hi"))
    assert len(told.all(MOST_ASKED)) == MOST_ASKED
    assert caplog.text.count("too much to do at once") == 1
