"""What a server would not deliver: which line it was, and whether it is said again, given back or kept."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from cohortbot.irc import wire
from cohortbot.irc.pace import Bucket, Priority
from cohortbot.irc.sender import Fate, Line, Receipt, Sender
from cohortbot.irc.unheard import target_of

# As the servers' own sources have them; `{}` is the target.
REFUSALS = {
    "401": "bot {} :No such nick/channel",
    "404": "bot {} :Cannot send to channel",
    "477": "bot {} :You need to be identified to a registered account to message this user",
    "486": "bot :Cannot send to user (+b) -- You must identify to a registered nick to private message {}",
    "531": "bot {} :You are not permitted to send private messages to this user",
    "707": "bot {} :Targets changing too fast, message dropped",
    "716": "bot {} :is in +g mode (server-side ignore)",
}
each_refusal = pytest.mark.parametrize("code", REFUSALS)


class Talk:
    """A queue, what became of its words, and the answers that it could not bring home."""

    def __init__(self, *, echoes: bool = False) -> None:
        self.fates: list[tuple[str, Receipt]] = []
        self.unheard: list[tuple[list[str], str]] = []
        self.queue = Sender(Bucket(100, 100.0, now=0.0), unheard=self._keep)
        self.queue.echoes = echoes

    def _keep(self, lines: Sequence[Line], code: str) -> None:
        self.unheard.append(([line.text for line in lines], code))

    def say(self, target: str, *texts: str) -> None:
        """Something out of the outbox."""
        told = lambda receipt: self.fates.append((texts[0], receipt))  # noqa: E731
        self.queue.say_all(target, texts, Priority.LETTER, told)

    def answer(self, target: str, *texts: str) -> None:
        self.queue.say_all(target, texts, Priority.ANSWER)

    def sent(self, now: float = 0.0) -> list[str]:
        return [line.data.decode().rstrip("\r\n") for line in self.queue.take(now)]

    def refuse(self, code: str, target: str, now: float = 0.0) -> None:
        message = wire.parse(f":s {code} {REFUSALS[code].format(target)}")
        assert message is not None
        self.queue.refused(target_of(message), code, "no", now)

    def became(self) -> list[tuple[str, Fate]]:
        return [(text, receipt.fate) for text, receipt in self.fates]


@each_refusal
def test_a_refusal_is_about_the_oldest_line_to_its_target_and_no_other(code: str) -> None:
    talk = Talk()
    talk.say("dee", "to dee")
    talk.say("cy", "first")
    talk.say("cy", "second")
    talk.sent()
    talk.refuse(code, "CY")
    talk.queue.ponged("receipt-2")
    assert talk.became() == [
        ("first", Fate.REFUSED),
        ("to dee", Fate.RECEIVED),
        ("second", Fate.RECEIVED),
    ]


@each_refusal
def test_with_echo_a_refusal_comes_in_the_place_of_one(code: str) -> None:
    talk = Talk(echoes=True)
    for text in ("first", "second", "third"):
        talk.say("cy", text)
    talk.sent()
    talk.queue.echoed("cy", "first")
    talk.refuse(code, "cy")
    talk.queue.echoed("cy", "third")
    assert talk.became() == [
        ("first", Fate.RECEIVED),
        ("second", Fate.REFUSED),
        ("third", Fate.RECEIVED),
    ]


def test_between_two_words_to_one_person_goes_a_ping_that_tells_their_refusals_apart() -> None:
    talk = Talk()
    talk.say("cy", "first")
    talk.say("dee", "to dee")
    talk.say("cy", "second")
    assert talk.sent() == [
        "PRIVMSG cy :first",
        "PRIVMSG dee :to dee",
        "PING receipt-1",
        "PRIVMSG cy :second",
        "PING receipt-2",
    ]
    talk.queue.ponged("receipt-1")
    talk.refuse("716", "cy")
    assert talk.became() == [("first", Fate.RECEIVED), ("to dee", Fate.RECEIVED), ("second", Fate.REFUSED)]


@each_refusal
def test_of_several_lines_one_refusal_refuses_all_and_says_whether_some_were_heard(code: str) -> None:
    talk = Talk(echoes=True)
    talk.say("cy", "one", "two", "three")
    talk.sent()
    talk.queue.echoed("cy", "one")
    talk.refuse(code, "cy")
    talk.queue.echoed("cy", "three")
    assert talk.fates == [("one", Receipt(Fate.REFUSED, code, "no", partly=True))]


def test_an_answer_refused_for_pace_is_said_again_in_its_place_after_a_minute() -> None:
    talk = Talk(echoes=True)
    talk.answer("cy", "one", "two")
    talk.sent()
    talk.refuse("707", "cy")
    talk.refuse("707", "cy")
    assert talk.sent(1.0) == []
    assert talk.sent(70.0) == ["PRIVMSG cy :one"]
    talk.queue.echoed("cy", "one")
    assert talk.sent(70.0) == ["PRIVMSG cy :two"]
    assert talk.unheard == []


@pytest.mark.parametrize("code", ["477", "486", "531", "716"])
def test_an_answer_that_settings_keep_from_somebody_is_kept_for_them(code: str) -> None:
    talk = Talk(echoes=True)
    talk.answer("cy", "for you alone")
    talk.sent()
    talk.refuse(code, "cy")
    assert talk.unheard == [(["for you alone"], code)]
    assert talk.sent(100.0) == []
