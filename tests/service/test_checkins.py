"""One check-in, end to end, on both databases: opened, answered, looked at, closed, missed."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select
from support.programme import World, programme

from cohortbot import service
from cohortbot.domain.message import Message, Unproven
from cohortbot.service import rounds
from cohortbot.store.engine import reading, transaction
from cohortbot.store.tables import answer, blocker, roster, round_

DEPLOY = "#cohort-deploy"
TO_THE_CHECKIN = timedelta(
    hours=4
)  # the world begins on a Thursday at 12:00 UTC; deploy meets at 17:00 in Berlin


@pytest.fixture
def world(tmp_path: Path, ready_url: str) -> World:
    """deploy with the mentor anna (also an organizer's word away: dora) and the mentees cy and bo."""
    world = programme(tmp_path, ready_url)
    world.say("dora", "cohorts", account="dora")
    world.say("dora", "mentor deploy")
    world.say("anna", "mentor deploy", account="anna")
    world.say("dora", "mentor ok anna deploy")
    world.say("dora", "leave deploy")
    world.wire.channels[DEPLOY] |= {"anna", "cy", "bo"}
    for nick in ("cy", "bo"):
        world.say(nick, "join deploy", account=nick)
    hush(world)
    return world


def hush(world: World) -> None:
    """Pass over what the outbox has said so far."""
    for target in (DEPLOY, "anna", "dora", "cy", "bo"):
        world.heard(target)


def open_round(world: World) -> None:
    world.pass_time(TO_THE_CHECKIN)
    hush(world)


def rows(world: World, table: object) -> int:
    with reading(world.app.engine) as tx:
        return int(tx.scalar(select(func.count()).select_from(table)) or 0)


# --- who answers


@pytest.mark.parametrize(
    ("text", "target", "needed"),
    [
        ("deploy did wrote it", None, True),
        ("did wrote it", None, True),
        ("cohorts", None, False),
        ("!ping", DEPLOY, False),
        ("deploy did wrote it", DEPLOY, False),
    ],
)
def test_an_answer_behind_a_cohorts_name_waits_for_proof_like_any(
    world: World, text: str, target: str | None, needed: bool
) -> None:
    said = Message(
        network="labnet",
        nick="cy",
        connection="c9",
        proof=Unproven(),
        target=target,
        text=text,
        at=world.now,
        msgid="m999",
        bot_nick="cohortbot",
        line=None,
    )
    assert service.needs_proof(world.app, said, world.wire) is needed


# --- when


def test_an_answer_before_the_check_in_is_kept_for_it_and_said_so_privately(world: World) -> None:
    for channel in (DEPLOY, None):
        assert world.say("cy", "!did wrote", channel=channel) == [
            "cy no check-in of deploy is open: kept for the next one, Thu 26 Nov 17:00 Europe/Berlin; "
            "«undo» takes it back"
        ]
    open_round(world)
    assert "answered 1 of 2" in world.say("anna", "checkin")[0]
    assert "did wrote" in world.say("cy", "me last")[0]


@pytest.mark.parametrize("mark", ["same", "skip exams"])
def test_words_take_the_place_of_same_and_of_skip(world: World, mark: str) -> None:
    open_round(world)
    world.say("cy", mark)
    assert world.say("cy", "me last") == [f"cy deploy, round 1: {mark}"]
    world.say("cy", "next the network")
    assert world.say("cy", "me last") == ["cy deploy, round 1: next the network"]


def test_what_is_kept_for_the_next_round_can_be_taken_back(world: World) -> None:
    world.say("cy", "did wrote")
    assert world.say("cy", "undo") == ["cy took back what waited for the next check-in of deploy"]
    open_round(world)
    assert "answered 0 of 2" in world.say("anna", "checkin")[0]


def test_while_a_check_in_is_open_when_says_the_next_one_too_in_both_zones(world: World) -> None:
    open_round(world)
    world.say("cy", "tz Tokyo")
    assert world.say("cy", "when") == [
        "cy deploy: check-in 1 is open until Mon 30 Nov 01:00 Asia/Tokyo (Sun 29 Nov 16:00 UTC); "
        "next check-in Fri 4 Dec 01:00 Asia/Tokyo (Thu 3 Dec 16:00 UTC)"
    ]


def test_a_check_in_held_early_is_not_announced_again_as_the_next(world: World) -> None:
    world.say("anna", "checkin")
    world.say("anna", "yes")
    for text in ("when", "cohort"):
        said = " ".join(world.say("cy", text))
        assert "next check-in Thu 3 Dec 17:00 Europe/Berlin" in said
        assert "26 Nov 17:00" not in said


# --- opening


def test_a_round_opens_at_the_cohorts_local_time_with_one_line(world: World) -> None:
    world.pass_time(TO_THE_CHECKIN - timedelta(seconds=1))
    assert world.heard(DEPLOY) == []
    world.pass_time(timedelta(seconds=1))
    [line] = world.heard(DEPLOY)
    assert line.startswith("[deploy 1] Check-in")
    assert all(verb in line for verb in ("!did", "!next", "!stuck", "!same", "!skip"))
    assert line.endswith("open until Sun 29 Nov 17:00 Europe/Berlin")


def test_however_often_the_clock_ticks_there_is_one_round_and_one_prompt(world: World) -> None:
    open_round(world)
    for _ in range(3):
        world.pass_time(timedelta(seconds=1))
    assert rows(world, round_) == 1
    assert world.heard(DEPLOY) == []


def test_the_roster_is_frozen_when_the_round_opens(world: World) -> None:
    open_round(world)
    world.say("cy", "leave deploy")
    world.say("eve", "join deploy", account="eve")
    assert rows(world, roster) == 2
    assert "answered 0 of 2, 2 not yet" in world.say("anna", "checkin deploy")[0]


def test_a_prompt_whose_sending_died_is_not_said_again_but_what_is_true_either_way(world: World) -> None:
    world.pass_time(TO_THE_CHECKIN)
    [parcel] = service.outbox.claim(world.app, world.now, world.wire, [])
    assert not parcel.again
    [line] = world.heard(DEPLOY)
    assert line.startswith("round 1 of deploy is open until Sun 29 Nov 17:00 Europe/Berlin")


def test_what_is_true_either_way_is_said_once_though_its_sending_dies_too(world: World) -> None:
    world.pass_time(TO_THE_CHECKIN)
    for again in (False, True):
        [parcel] = service.outbox.claim(world.app, world.now, world.wire, [])
        assert parcel.again is again
    assert world.heard(DEPLOY) == []


def test_what_is_in_hand_is_not_taken_again_however_much_time_goes_by(world: World) -> None:
    world.pass_time(TO_THE_CHECKIN)
    [parcel] = service.outbox.claim(world.app, world.now, world.wire, [])
    world.pass_time(timedelta(hours=1))
    assert service.outbox.claim(world.app, world.now, world.wire, parcel.ids) == []


def test_a_late_round_says_so(world: World) -> None:
    world.pass_time(TO_THE_CHECKIN + timedelta(hours=35))
    [line] = world.heard(DEPLOY)
    assert line.startswith("[deploy 1] Check-in") and "late" in line


def test_missed_rounds_take_a_number_and_organizers_are_told_once(world: World) -> None:
    world.pass_time(TO_THE_CHECKIN + timedelta(days=14, hours=37))
    world.pass_time(timedelta(seconds=1))
    assert world.heard(DEPLOY) == []
    [line] = world.heard("dora")
    assert line.startswith("deploy, rounds 1, 2 and 3 were missed")
    world.pass_time(timedelta(days=7) - timedelta(hours=37))
    assert world.heard(DEPLOY)[0].startswith("[deploy 4] Check-in")


def test_a_prompt_that_nobody_could_hear_expires_with_its_round(world: World) -> None:
    world.pass_time(TO_THE_CHECKIN)
    world.pass_time(timedelta(hours=72))
    assert [line for line in world.heard(DEPLOY) if "Check-in" in line] == []


# --- answering


def test_a_channel_answer_is_answered_privately_with_its_link_and_after_three_not_at_all(
    world: World,
) -> None:
    open_round(world)
    for number in range(3):
        [line] = world.say("cy", f"!did step {number}", channel=DEPLOY)
        assert line.startswith(
            "cy your answer to deploy, round 1 is noted: https://m.example.org/logs/labnet/"
        )
        assert "#L" in line
    assert world.say("cy", "!did step 4 | next 5", channel=DEPLOY) == []
    assert "answered 1 of 2" in world.say("anna", "checkin")[0]


def test_past_line_1000_the_link_says_which_part_of_the_day(world: World) -> None:
    open_round(world)
    world._ids = iter(range(1500, 1600))  # type: ignore[assignment]
    [line] = world.say("cy", "!same", channel=DEPLOY)
    assert line.endswith("/2026-11-26?line=1500#L1500")


def test_a_private_answer_gets_one_line_and_stays_private(world: World) -> None:
    open_round(world)
    [line] = world.say("cy", "did the network | stuck my manager is away")
    assert line.startswith("cy noted for deploy, round 1, and blocker #1")
    [shown] = world.say("anna", "!checkin", channel=DEPLOY)
    assert "answered 1 of 2, 1 not yet; stuck: #1;" in shown
    assert "manager" not in shown and "cy" not in shown.removeprefix(DEPLOY)
    with reading(world.app.engine) as tx:
        assert set(tx.scalars(select(answer.c.private))) == {True}
        assert set(tx.scalars(select(answer.c.log_line))) == {None}
        assert tx.scalar(select(blocker.c.private)) is True


@pytest.mark.parametrize("said", ["same", "skip", "skip exams"])
def test_same_and_skip_are_answers(world: World, said: str) -> None:
    open_round(world)
    assert "deploy, round 1" in world.say("cy", said)[0]
    assert "answered 1 of 2" in world.say("anna", "checkin")[0]


def test_being_stuck_gets_a_number_in_the_channel(world: World) -> None:
    open_round(world)
    said = world.say("cy", "!did ps | grep x | stuck cinder exits 1", channel=DEPLOY)
    assert said[0].startswith(f"{DEPLOY} cy: blocker #1;")
    with reading(world.app.engine) as tx:
        texts = dict(tx.execute(select(answer.c.part, answer.c.text)).all())
    assert texts == {"did": "ps | grep x", "stuck": "cinder exits 1"}


def test_being_stuck_needs_no_open_round(world: World) -> None:
    assert world.say("cy", "!stuck cinder", channel=DEPLOY) == [
        f"{DEPLOY} cy: blocker #1; whoever can help says «take 1»"
    ]
    assert world.say("cy", "stuck nova")[0].startswith("cy blocker #2 of deploy: only its mentors")
    assert rows(world, answer) == 0


def test_mentors_may_answer_and_are_not_counted(world: World) -> None:
    open_round(world)
    assert "deploy, round 1" in world.say("anna", "did reviews")[0]
    assert "answered 0 of 2" in world.say("anna", "checkin")[0]


def test_a_message_that_is_delivered_twice_is_filed_once(world: World) -> None:
    open_round(world)
    message = Message(
        network="labnet",
        nick="cy",
        connection=world.wire.connection("cy"),
        proof=world.wire.proof(world.wire.connection("cy")),
        target=None,
        text="did x | stuck y",
        at=world.now,
        msgid="the same",
        bot_nick="cohortbot",
    )
    replies = [service.handle(world.app, message, world.wire, lambda _: None) for _ in range(2)]
    assert replies[0] == replies[1]
    assert (rows(world, answer), rows(world, blocker)) == (2, 1)


def test_a_bare_slug_answers_for_which_cohort_it_was(world: World) -> None:
    world.say("cy", "join patch")
    world.say("dora", "checkin patch")
    open_round(world)
    world.say("cy", "did x | next y")
    assert "patch, round 1" in world.say("cy", "patch")[0]
    assert world.say("cy", "me last") == ["cy patch, round 1: did x | next y"]
    assert "filed as what you did for deploy, round 1" in world.say("cy", "patch is fun, deploy is not")[0]


def test_plain_words_of_who_waits_in_two_cohorts_are_asked_about(world: World) -> None:
    world.say("cy", "join patch")
    world.say("dora", "checkin patch")
    open_round(world)
    assert "for which cohort?" in world.say("cy", "read the whole guide")[0]
    assert "deploy, round 1" in world.say("cy", "deploy")[0]


def test_a_slug_before_the_verb_says_which_of_several(world: World) -> None:
    world.say("cy", "join patch")
    world.say("dora", "checkin patch")
    open_round(world)
    [line] = world.say("cy", "did x")
    assert "«deploy» or «patch», said to me privately, files it; «deploy did …» says it at once" in line
    assert "patch, round 1" in world.say("cy", "patch did x")[0]


@pytest.mark.parametrize(
    ("nick", "said", "expected"),
    [
        ("cy", "did", "did was not understood"),
        ("cy", "did x | same", "same was not understood"),
        ("cy", "did " + "x" * 401, "that answer has 401 characters, 400 fit"),
        ("eve", "did x", "you are in no cohort yet"),
        ("eve", "deploy did x", "you are in no cohort yet"),
    ],
)
def test_what_is_not_filed_says_why(world: World, nick: str, said: str, expected: str) -> None:
    assert world.say(nick, said)[0].startswith(f"{nick} {expected}")
    assert rows(world, answer) == 0


def test_in_a_channel_who_is_not_in_its_cohort_hears_how_to_join(world: World) -> None:
    open_round(world)
    assert "«join deploy»" in world.say("eve", "!did x", channel=DEPLOY)[0]


def test_a_quiet_cohort_carries_no_link(world: World) -> None:
    world.say("dora", "add cy secret")
    world.say("dora", "checkin secret")
    hush(world)
    [line] = world.say("cy", "!same", channel="#cohort-secret")
    assert line == "cy your answer to secret, round 1 is noted"


def test_where_everyone_must_be_proven_the_unproven_do_not_answer(tmp_path: Path, sqlite_url: str) -> None:
    world = programme(tmp_path, sqlite_url)
    world.say("cy", "join deploy")
    world.pass_time(TO_THE_CHECKIN)
    assert "deploy, round 1" in world.say("cy", "did x")[0]
    stricter = world.app.config.identity.model_copy(update={"require_proven": "everyone"})
    world.app.live.swap(replace(world.app.config, identity=stricter))
    assert world.say("cy", "did x")[0].startswith("cy «did» needs to know that it is you")


# --- by hand


def test_a_mentor_opens_one_far_from_the_schedule_at_once(world: World) -> None:
    open_round(world)
    world.pass_time(timedelta(hours=72))
    hush(world)
    assert world.say("anna", "!checkin", channel=DEPLOY) == [
        f"{DEPLOY} anna: opened check-in 2 of deploy for 2 mentees, until Wed 2 Dec 17:00 Europe/Berlin"
    ]
    assert world.heard(DEPLOY)[0].startswith("[deploy 2] Check-in")


def test_one_that_would_take_a_slot_is_asked_about_and_takes_it(world: World) -> None:
    [line] = world.say("anna", "checkin")
    assert "stand for the scheduled one of Thu 26 Nov 17:00 Europe/Berlin" in line and "«yes»" in line
    assert world.say("anna", "yes")[0].startswith("anna opened check-in 1 of deploy")
    world.pass_time(TO_THE_CHECKIN)
    assert [line for line in world.heard(DEPLOY) if "Check-in" in line] != []
    assert rows(world, round_) == 1
    assert "nothing I asked you is open" in world.say("anna", "yes")[0]


def test_at_night_it_is_asked_about(world: World) -> None:
    world.pass_time(TO_THE_CHECKIN + timedelta(hours=72, minutes=1))
    world.pass_time(timedelta(hours=6))
    assert "night" in world.say("anna", "checkin")[0]
    assert world.say("anna", "no") == ["anna no check-in of deploy was opened"]
    assert rows(world, round_) == 1


def test_a_question_is_open_for_ten_minutes(world: World) -> None:
    world.say("anna", "checkin")
    world.pass_time(timedelta(minutes=10))
    assert "nothing I asked you is open" in world.say("anna", "yes")[0]


def test_without_a_schedule_a_round_is_open_for_the_usual_time(world: World) -> None:
    world.say("ada", "join patch", account="ada")
    assert world.say("dora", "checkin patch")[0].endswith("until Sun 29 Nov 12:00 UTC")


def test_a_mentor_of_several_is_shown_a_line_for_each(world: World) -> None:
    world.say("anna", "mentor patch")
    world.say("dora", "mentor ok anna patch")
    said = world.say("anna", "checkin")
    assert said == [
        "anna deploy: no check-in is open, the next one is Thu 26 Nov 17:00 Europe/Berlin",
        "anna patch: no check-in is open, none is planned",
    ]
    assert rows(world, round_) == 0


def test_a_check_in_is_for_mentors(world: World) -> None:
    assert "is for mentors of deploy" in world.say("cy", "checkin deploy")[0]
    assert "needs to know that it is you" in world.say("eve", "checkin deploy")[0]


# --- closing


def test_it_closes_with_a_digest_and_mentors_alone_hear_who_was_silent(world: World) -> None:
    open_round(world)
    world.say("cy", "!stuck cinder", channel=DEPLOY)
    world.say("anna", "did reviews")
    world.pass_time(timedelta(hours=72))
    [digest] = world.heard(DEPLOY)
    assert "1 of 2 answered" in digest and "(#1)" in digest
    assert digest.endswith("https://m.example.org/c/deploy/rounds/1")
    assert "bo" not in digest
    assert "deploy, round 1: no answer from bo" in world.heard("anna")
    assert world.heard("cy") == []
    assert world.say("bo", "did x") == [
        "bo round 1 of deploy is over: kept as a late answer to it; «undo» takes it back"
    ]


def test_when_everybody_answered_nobody_is_named(world: World) -> None:
    open_round(world)
    world.say("cy", "same")
    world.say("bo", "same")
    world.pass_time(timedelta(hours=72))
    assert "2 of 2 answered; nobody is stuck" in world.heard(DEPLOY)[0]
    assert world.heard("anna") == []


def test_an_answer_at_the_closing_instant_is_too_late(world: World) -> None:
    open_round(world)
    cy = world.wire.connection("cy")
    message = Message("labnet", "cy", cy, Unproven(), None, "did x", world.now, "m", "cohortbot")
    late = replace(message, proof=world.wire.proof(cy), at=world.now + timedelta(hours=72))
    [reply] = service.handle(world.app, late, world.wire, lambda _: None)
    assert type(reply.outcome).__name__ == "AnswerLate"


def test_a_round_is_closed_once(world: World) -> None:
    open_round(world)
    with reading(world.app.engine) as tx:
        [now_open] = service.rounds.rounds.due_to_close(tx, "labnet", world.now + timedelta(days=4))

    def close() -> bool:
        at: datetime = world.now
        return transaction(world.app.engine, lambda tx: rounds.close_round(world.app, tx, now_open, at))

    assert [close(), close()] == [True, False]
    assert len(world.heard(DEPLOY)) == 1
