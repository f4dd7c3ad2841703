"""The queue: in order of urgency, at the pace of the bucket, and each line's fate told once."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cohortbot.irc.newcomers import Newcomers
from cohortbot.irc.pace import Bucket, Priority
from cohortbot.irc.sender import MOST_NEW, MOST_WAITING, PING_EVERY, RECEIPT_WAIT, Fate, Line, Receipt, Sender


def sender(burst: int = 5, per_second: float = 1.0, *, echoes: bool = False) -> Sender:
    made = Sender(Bucket(burst, per_second, now=0.0))
    made.echoes = echoes
    return made


def texts(lines: list[Line]) -> list[str]:
    return [line.data.decode().rstrip("\r\n") for line in lines]


def drain(from_: Sender, now: float = 0.0) -> list[tuple[float, str]]:
    """All lines with the time each was due at, PINGs answered by nobody."""
    sent: list[tuple[float, str]] = []
    while from_.queued:
        sent += [(now, text) for text in texts(from_.take(now))]
        wait = from_.wait(now)
        now += 0 if wait is None else max(wait, 0.01)
    return sent


def test_answers_go_before_broadcasts_and_these_before_chores() -> None:
    queue = sender(burst=10)
    queue.put(Line(b"WHO #x\r\n", Priority.CHORE))
    queue.say("#x", "prompt", Priority.BROADCAST)
    queue.say("ada", "welcome", Priority.LETTER)
    queue.say("cy", "answer", Priority.ANSWER)
    queue.put(Line(b"PONG :x\r\n", Priority.URGENT))
    assert texts(queue.take(0.0)) == [
        "PONG :x",
        "PRIVMSG cy :answer",
        "PRIVMSG ada :welcome",
        "PRIVMSG #x :prompt",
        "WHO #x",
    ]


def test_an_answer_does_not_wait_behind_a_thousand_prompts() -> None:
    queue = sender()
    for number in range(1000):
        queue.say(f"#c{number}", "Check-in", Priority.BROADCAST)
    queue.take(0.0)
    queue.say("cy", "here", Priority.ANSWER)
    assert texts(queue.take(0.0)) == ["PRIVMSG cy :here"]


def test_sixty_lines_at_once_leave_one_a_second_after_the_burst() -> None:
    queue = sender()
    for number in range(60):
        queue.say("cy", str(number), Priority.ANSWER)
    sent = drain(queue)
    assert [text for _, text in sent] == [f"PRIVMSG cy :{number}" for number in range(60)]
    assert [round(at) for at, _ in sent] == [0] * 5 + list(range(1, 56))


def test_there_is_nothing_to_wait_for_in_an_empty_queue() -> None:
    assert sender().wait(0.0) is None
    assert sender().take(0.0) == []


# Receipts


@pytest.fixture
def fates() -> list[tuple[str, Receipt]]:
    return []


def say(queue: Sender, target: str, text: str, fates: list[tuple[str, Receipt]]) -> None:
    queue.say(target, text, Priority.BROADCAST, lambda receipt: fates.append((text, receipt)))


def test_the_echo_is_the_receipt_and_no_ping_is_sent(fates: list[tuple[str, Receipt]]) -> None:
    queue = sender(echoes=True)
    say(queue, "#x", "one", fates)
    assert texts(queue.take(0.0)) == ["PRIVMSG #x :one"]
    assert fates == []
    queue.echoed("#X", "one")
    assert fates == [("one", Receipt(Fate.RECEIVED))]


def test_an_echo_that_lost_its_colours_vouches_for_the_oldest_line(fates: list[tuple[str, Receipt]]) -> None:
    queue = sender(echoes=True)
    say(queue, "#x", "\x02one", fates)
    queue.take(0.0)
    queue.echoed("#x", "one")
    assert [text for text, _ in fates] == ["\x02one"]


def test_the_echo_of_something_else_vouches_for_nothing(fates: list[tuple[str, Receipt]]) -> None:
    queue = sender(echoes=True)
    say(queue, "#x", "one", fates)
    queue.take(0.0)
    queue.echoed("#y", "one")
    assert fates == []


def test_without_echo_one_ping_behind_a_batch_is_the_receipt(fates: list[tuple[str, Receipt]]) -> None:
    queue = sender(burst=10)
    for text in ("one", "two"):
        say(queue, "#x", text, fates)
    assert texts(queue.take(0.0))[-1] == "PING receipt-1"
    queue.ponged("receipt-1")
    assert fates == [("one", Receipt(Fate.RECEIVED)), ("two", Receipt(Fate.RECEIVED))]


def test_a_ping_comes_at_most_every_tenth_line(fates: list[tuple[str, Receipt]]) -> None:
    queue = sender(burst=100)
    for number in range(25):
        say(queue, "#x", str(number), fates)
    sent = texts(queue.take(0.0))
    assert [place for place, text in enumerate(sent) if text.startswith("PING")] == [PING_EVERY, 21, 27]


def test_a_ping_takes_a_token() -> None:
    queue = sender(burst=5)
    say(queue, "#x", "one", [])
    queue.take(0.0)
    for number in range(5):
        queue.say("cy", str(number), Priority.ANSWER)
    assert len(queue.take(0.0)) == 3


def test_an_error_for_the_target_is_a_failure_though_the_pong_comes(fates: list[tuple[str, Receipt]]) -> None:
    queue = sender(burst=10)
    say(queue, "gone", "one", fates)
    say(queue, "#x", "two", fates)
    queue.take(0.0)
    assert queue.refused("GONE", "401", "No such nick", 0.0)
    queue.ponged("receipt-1")
    assert fates == [("one", Receipt(Fate.REFUSED, "401", "No such nick")), ("two", Receipt(Fate.RECEIVED))]


def test_an_error_that_nobody_waited_for_is_nobodys() -> None:
    assert not sender().refused("cy", "401", "No such nick", 0.0)


def test_a_pong_vouches_for_what_went_before_its_ping_alone(fates: list[tuple[str, Receipt]]) -> None:
    queue = sender(burst=10)
    say(queue, "#x", "one", fates)
    queue.take(0.0)
    say(queue, "#x", "two", fates)
    queue.take(0.0)
    queue.ponged("receipt-1")
    assert [text for text, _ in fates] == ["one"]
    queue.ponged("somebody-elses")
    assert [text for text, _ in fates] == ["one"]
    queue.ponged("receipt-2")
    assert [text for text, _ in fates] == ["one", "two"]


def test_a_lost_connection_tells_what_left_us_from_what_did_not(fates: list[tuple[str, Receipt]]) -> None:
    queue = sender(burst=5)
    for text in ("one", "two", "three"):
        say(queue, "#x", text, fates)
    queue.take(0.0)
    queue.close()
    say(queue, "#x", "four", fates)
    assert [(text, receipt.fate) for text, receipt in fates] == [
        ("one", Fate.UNKNOWN),
        ("two", Fate.UNKNOWN),
        ("three", Fate.UNSENT),
        ("four", Fate.UNSENT),
    ]


def test_a_line_without_a_word_back_is_given_up(fates: list[tuple[str, Receipt]]) -> None:
    queue = sender(echoes=True)
    say(queue, "#x", "one", fates)
    queue.take(1.0)
    queue.expire(RECEIPT_WAIT)
    assert fates == []
    assert queue.wait(RECEIPT_WAIT) == pytest.approx(1.0)
    queue.expire(RECEIPT_WAIT + 1.0)
    assert [receipt.fate for _, receipt in fates] == [Fate.UNKNOWN]


steps = st.one_of(
    st.tuples(st.just("say"), st.sampled_from(["#a", "#b", "cy"])),
    st.tuples(st.just("take"), st.just("")),
    st.tuples(st.just("echo"), st.sampled_from(["#a", "#b", "cy"])),
    st.tuples(st.just("refuse"), st.sampled_from(["#a", "#b", "cy"])),
    st.tuples(st.just("pong"), st.sampled_from(["receipt-1", "receipt-2", "receipt-3"])),
)


@given(st.booleans(), st.lists(steps, max_size=80))
def test_each_line_is_told_of_exactly_once_whatever_happens(
    echoes: bool, story: list[tuple[str, str]]
) -> None:
    queue = sender(burst=3, per_second=2.0, echoes=echoes)
    told: list[int] = []
    said = 0
    for now, (step, word) in enumerate(story):
        match step:
            case "say":
                queue.say(word, str(said), Priority.ANSWER, lambda _, number=said: told.append(number))
                said += 1
            case "take":
                queue.take(float(now))
            case "echo":
                queue.echoed(word, "0")
            case "refuse":
                queue.refused(word, "404", "no", float(now))
            case "pong":
                queue.ponged(word)
    queue.close()
    assert sorted(told) == list(range(said))


def test_more_lines_than_can_be_said_in_half_an_hour_are_not_kept() -> None:
    queue = sender(burst=1)
    fates: list[Receipt] = []
    for number in range(MOST_WAITING + 1):
        queue.say("#c", f"line {number}", Priority.BROADCAST, fates.append)
    assert [receipt.fate for receipt in fates] == [Fate.UNSENT]
    queue.say("cy", "an answer", Priority.ANSWER)
    assert queue.queued == MOST_WAITING + 1


def test_however_many_new_people_wait_for_their_turn_others_are_answered() -> None:
    queue = sender(burst=1000)
    queue.newcomers = Newcomers(exempt=lambda target: target.startswith("#"))
    queue.newcomers.refused("n", 0.0)
    queue.newcomers.met("cy")
    for number in range(MOST_WAITING + MOST_NEW):
        queue.say(f"n{number}", "hello", Priority.ANSWER)
    queue.say("cy", "an answer", Priority.ANSWER)
    queue.say("#c", "another", Priority.ANSWER)
    assert queue.queued == MOST_NEW + 2
    assert texts(queue.take(1.0))[:2] == ["PRIVMSG cy :an answer", "PRIVMSG #c :another"]
