"""The demo's people on its IRC server: they log in, prove themselves, speak, hear, and play steps."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from support.client import Client
from support.processes import Child, wait_until

from cohortbot.demo.people import Character, Crowd, Heard, Login
from cohortbot.demo.play import play
from cohortbot.demo.story import Hears, Says, Step, TimePasses

HALL = "#cohort-hall"
SOON = timedelta(seconds=10)
AT_ONCE = timedelta(milliseconds=200)

ANNA = Character("anna", "Anna", Login.SASL, "lantern")
CY = Character("cy", "Cy", Login.SASL, "sesame")
KOFI = Character("kofi", "Kofi", Login.IDENTIFY, "harmattan")
BO = Character("bo", "Bo")
CAST = (ANNA, CY, KOFI, BO)


class Ended(Exception):
    pass


def no_time_passes(until: TimePasses) -> None:
    raise AssertionError(until)


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    accounts = [f"--account={who.nick}:{who.password}" for who in CAST if who.password]
    child = Child(
        "demo-ircd", [sys.executable, "-P", "-m", "cohortbot.demo.ircd", "--port=0", *accounts], tmp_path
    )
    printed = wait_until(lambda: child.text() if "\n" in child.text() else "", "the server to print its port")
    yield int(printed)
    child.end(signal.SIGTERM)


@pytest.fixture
def overheard() -> list[Heard]:
    return []


@pytest.fixture
def crowd(port: int, overheard: list[Heard]) -> Iterator[Crowd]:
    crowd = Crowd(CAST, port, lambda: None, overheard.append)
    assert crowd.wait(lambda: crowd.everybody(lambda person: person.ready), SOON)
    crowd.join([HALL])
    nicks = {who.nick for who in CAST}
    assert crowd.wait(lambda: crowd.everybody(lambda person: nicks <= person.seen.get(HALL, set())), SOON)
    yield crowd
    crowd.leave()


@pytest.mark.usefixtures("crowd")
def test_each_proves_the_account_of_their_nick_in_their_own_way(port: int) -> None:
    visitor = Client("127.0.0.1", port, "visitor").register()
    for who in CAST:
        visitor.send(f"WHOIS {who.nick}")
        accounts = [line.params[2] for line in visitor.heard_until(" 318 ") if line.verb == "330"]
        assert accounts == ([who.nick] if who.password else [])
    visitor.close()


def test_what_is_said_is_heard_by_all_others_as_it_came_over_the_wire(
    crowd: Crowd, overheard: list[Heard]
) -> None:
    crowd["cy"].say(HALL, "one: two  three")
    assert crowd.wait(lambda: len(crowd.heard) == 3, SOON)
    assert {one.by for one in crowd.heard} == {"anna", "kofi", "bo"}
    assert {(one.sender, one.target, one.text) for one in crowd.heard} == {("cy", HALL, "one: two  three")}
    assert crowd.heard[0].raw == f":cy!cy@127.0.0.1 PRIVMSG {HALL} :one: two  three"
    assert overheard == crowd.heard


def test_a_line_that_is_not_utf8_is_heard_all_the_same(crowd: Crowd, port: int) -> None:
    visitor = Client("127.0.0.1", port, "visitor").register()
    visitor.send_bytes(b"PRIVMSG bo :gr\xfc\xdfe\r\n")
    assert crowd.wait(lambda: any(one.by == "bo" and "gr" in one.text for one in crowd.heard), SOON)
    visitor.close()


def test_a_step_is_played_when_all_of_it_was_heard(crowd: Crowd) -> None:
    step = Step(
        "Bo greets",
        Says("bo", HALL, "hello, this is bo"),
        (Hears("cy", HALL, ("hello", "bo"), sender="bo"), Hears("anna", HALL, ("hello",), sender="bo")),
        SOON,
    )
    played = play(step, crowd, no_time_passes)
    assert played.missing is None
    assert [one.by for one in played.proof] == ["cy", "anna"]


def test_a_step_names_the_first_thing_that_was_not_heard(crowd: Crowd) -> None:
    heard = Hears("cy", None, ("psst",), sender="bo")
    missing = Hears("cy", None, ("psst", "a secret"), sender="bo")
    played = play(
        Step("Bo whispers", Says("bo", "cy", "psst"), (heard, missing), AT_ONCE), crowd, no_time_passes
    )
    assert played.missing is missing
    assert [one.text for one in played.proof] == ["psst"]


def test_what_was_heard_before_a_step_does_not_count_for_it(crowd: Crowd) -> None:
    crowd["bo"].say(HALL, "hello")
    assert crowd.wait(lambda: len(crowd.heard) == 3, SOON)
    hears = Hears("cy", HALL, ("hello",), sender="bo")
    assert play(
        Step("Kofi coughs", Says("kofi", HALL, "ahem"), (hears,), AT_ONCE), crowd, no_time_passes
    ).missing


def test_one_line_does_not_answer_twice(crowd: Crowd) -> None:
    hears = Hears("cy", HALL, ("hello",), sender="bo")
    step = Step("Bo greets", Says("bo", HALL, "hello"), (hears, hears), AT_ONCE)
    assert play(step, crowd, no_time_passes).missing is hears


def test_a_step_may_let_time_pass(crowd: Crowd) -> None:
    passed: list[TimePasses] = []
    play(Step("It is Thursday", TimePasses.UNTIL_CHECK_IN), crowd, passed.append)
    assert passed == [TimePasses.UNTIL_CHECK_IN]


def test_whoever_interrupts_ends_the_waiting_at_once(port: int) -> None:
    def interrupt() -> None:
        raise Ended

    crowd = Crowd((BO,), port, interrupt, lambda _: None)
    with pytest.raises(Ended):
        crowd.wait(lambda: False, SOON)
    crowd.leave()
