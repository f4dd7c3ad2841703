"""Taking back one's own latest deed, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from support.programme import World, programme

from cohortbot import service
from cohortbot.domain.message import Message
from cohortbot.store.engine import reading
from cohortbot.store.tables import answer, award, blocker, membership, round_

DEPLOY = "#cohort-deploy"
TO_THE_CHECKIN = timedelta(hours=4)


@pytest.fixture
def world(tmp_path: Path, ready_url: str) -> World:
    """The mentor anna, the mentees cy and bo, and eve on the waitlist of deploy."""
    world = programme(tmp_path, ready_url)
    world.say("dora", "cohorts", account="dora")
    world.say("anna", "mentor deploy", account="anna")
    world.say("dora", "mentor ok anna deploy")
    for nick in ("cy", "bo", "eve"):
        world.say(nick, "join deploy", account=nick)
    hush(world)
    return world


def hush(world: World) -> None:
    for target in (DEPLOY, "anna", "dora", "cy", "bo", "eve"):
        world.heard(target)


def state_of(world: World, nick: str) -> str:
    return world.say(nick, "me")[0].removeprefix(f"{nick} ")


def blocker_state(world: World) -> str | None:
    with reading(world.app.engine) as tx:
        return tx.scalar(select(blocker.c.state))


def test_nothing_done_is_nothing_to_take_back(world: World) -> None:
    assert "nothing of yours in the last 10 minutes" in world.say("cy", "undo")[0]
    assert "nothing of yours in the last 10 minutes" in world.say("nobody", "undo")[0]


def test_after_ten_minutes_a_deed_stands(world: World) -> None:
    world.say("cy", "!stuck cinder", channel=DEPLOY)
    world.pass_time(timedelta(minutes=10, seconds=1))
    assert "nothing of yours" in world.say("cy", "undo")[0]


def test_answers_are_taken_back_one_by_one(world: World) -> None:
    world.pass_time(TO_THE_CHECKIN)
    world.say("cy", "!did one", channel=DEPLOY)
    world.say("cy", "!did two | stuck there", channel=DEPLOY)
    [line] = world.say("cy", "!undo", channel=DEPLOY)
    assert line.startswith(f"{DEPLOY} cy: took back your answer to deploy, round 1 and blocker #1")
    assert line.endswith("what you said before counts again")
    assert blocker_state(world) == "undone"
    assert "you have not answered it now" in world.say("cy", "undo")[0]
    assert "answered 0 of 2" in world.say("anna", "checkin")[0]
    with reading(world.app.engine) as tx:
        assert None not in set(tx.scalars(select(answer.c.undone_at)))


def test_a_private_answer_is_not_spoken_of_in_the_channel(world: World) -> None:
    world.pass_time(TO_THE_CHECKIN)
    world.say("cy", "did one")
    assert world.say("cy", "!undo", channel=DEPLOY)[0].startswith("cy took back your answer to deploy")


def test_a_blocker_is_taken_back_unless_it_was_solved(world: World) -> None:
    world.say("cy", "!stuck cinder", channel=DEPLOY)
    assert world.say("cy", "undo") == ["cy took back blocker #1: it is gone from the list"]
    assert "no blocker #1" in world.say("bo", "take 1")[0]
    world.say("cy", "!stuck nova", channel=DEPLOY)
    world.say("bo", "unstuck 2")
    assert "#2 is solved already, by bo" in world.say("cy", "undo")[0]


def test_take_and_unstuck_are_taken_back_in_turn(world: World) -> None:
    world.say("cy", "!stuck cinder", channel=DEPLOY)
    world.say("bo", "take 1")
    world.say("bo", "unstuck 1 so")
    assert world.say("bo", "undo") == ["bo took back your unstuck: #1 is taken by bo again"]
    assert blocker_state(world) == "taken"
    assert world.say("bo", "undo") == ["bo took back your take: #1 is open again"]
    assert blocker_state(world) == "open"


def test_done_is_taken_back_and_asks_nobody_any_more(world: World) -> None:
    world.say("cy", "done")
    assert world.say("cy", "undo") == ["cy took back your done: you go on in deploy"]
    assert world.heard("anna") == []
    assert "waiting for a mentor" not in "".join(world.say("cy", "me"))


def test_a_check_in_that_nobody_has_answered_is_skipped_and_its_slot_due_again(world: World) -> None:
    world.say("anna", "checkin")
    world.say("anna", "yes")
    [line] = world.say("anna", "undo")
    assert line.startswith(
        "anna check-in 1 of deploy was taken back and counts as skipped; the next one is Thu 26"
    )
    assert len(world.heard(DEPLOY)) == 1
    world.pass_time(TO_THE_CHECKIN)
    assert world.heard(DEPLOY)[0].startswith("[deploy 2] Check-in")
    with reading(world.app.engine) as tx:
        assert tx.execute(select(round_.c.number, round_.c.state).order_by(round_.c.number)).all() == [
            (1, "skipped"),
            (2, "open"),
        ]


def test_a_check_in_that_was_answered_stays(world: World) -> None:
    world.say("anna", "checkin")
    world.say("anna", "yes")
    world.say("cy", "same")
    assert "deploy, round 1 has been answered, so it stays" in world.say("anna", "undo")[0]


# --- complete


def test_a_completion_is_taken_back_with_the_place_that_was_only_offered_on(world: World) -> None:
    world.say("anna", "complete cy deploy")
    assert "a place in deploy is free" in world.heard("eve")[0]
    hush(world)
    [line] = world.say("anna", "undo")
    assert line.endswith("and the badge with it: cy has the place again")
    assert state_of(world, "cy").startswith("deploy: mentee (2 of 2)")
    assert state_of(world, "eve").startswith("deploy: 1st on its waitlist")
    assert world.heard("eve") == [
        "the place in deploy that was offered to you was not free after all: 1st on its waitlist"
    ]
    assert world.heard("cy")[0].startswith("your completion of deploy was taken back")
    assert world.heard(DEPLOY)[0].startswith("cy's completion of deploy was taken back")
    with reading(world.app.engine) as tx:
        assert tx.scalar(select(award.c.revoked_at)) is not None


def test_an_offer_that_was_not_said_yet_is_never_heard_of(world: World) -> None:
    world.say("anna", "complete cy deploy")
    world.say("anna", "undo")
    assert world.heard("eve") == []
    assert not any("congratulations" in line for line in world.heard(DEPLOY))


def test_where_the_place_is_taken_the_mentee_goes_first_on_the_waitlist(world: World) -> None:
    world.say("dora", "add zoe deploy", account="dora")
    world.say("zoe", "join deploy", account="zoe")
    world.say("anna", "complete cy deploy")
    world.say("eve", "join deploy")
    [line] = world.say("anna", "undo")
    assert line.endswith("the place is taken by now: cy has the 1st place on its waitlist")
    assert state_of(world, "zoe").startswith("deploy: 2nd on its waitlist")
    with reading(world.app.engine) as tx:
        states = sorted(tx.scalars(select(membership.c.state).where(membership.c.role == "mentee")))
    assert states == ["active", "active", "waiting", "waiting"]


def test_completed_again_after_an_undo_there_is_a_new_badge(world: World) -> None:
    world.say("anna", "complete cy deploy")
    world.say("anna", "undo")
    assert "has completed deploy: https://m.example.org/b/" in world.say("anna", "complete cy deploy")[0]
    with reading(world.app.engine) as tx:
        assert len(tx.scalars(select(award.c.public_id)).all()) == 2


def test_an_undo_that_is_delivered_twice_takes_back_one_deed(world: World) -> None:
    world.say("cy", "!stuck one", channel=DEPLOY)
    world.say("cy", "!stuck two", channel=DEPLOY)
    connection = world.wire.connection("cy")
    proof = world.wire.proof(connection)
    undo = Message("labnet", "cy", connection, proof, None, "undo", world.now, "once", "cohortbot")
    replies = [service.handle(world.app, undo, world.wire, lambda _: None) for _ in range(2)]
    assert replies[0] == replies[1]
    later = replace(undo, msgid="again")
    assert service.handle(world.app, later, world.wire, lambda _: None) != replies[0]
