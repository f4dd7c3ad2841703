"""Sign up, on both databases: places, waitlists, offers, the brake, claims."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from support.programme import World, programme

from cohortbot import service
from cohortbot.domain.membership import PlaceOffered
from cohortbot.domain.message import Urgency

DEPLOY = "#cohort-deploy"


@pytest.fixture
def world(tmp_path: Path, ready_url: str) -> World:
    return programme(tmp_path, ready_url)


@pytest.fixture
def no_services(tmp_path: Path, ready_url: str) -> World:
    return programme(tmp_path, ready_url, services=False)


def test_joining_from_elsewhere_says_where_one_stands_and_how_to_enter(world: World) -> None:
    assert world.say("cy", "!join deploy") == ["cy joined deploy (1 of 2) — /join #cohort-deploy"]
    assert world.heard(DEPLOY) == ["cy joined deploy (1 of 2)"]


def test_who_joins_in_the_channel_is_not_announced_there_again(world: World) -> None:
    world.wire.channels[DEPLOY].add("cy")
    assert world.say("cy", "!join", channel=DEPLOY) == [f"{DEPLOY} cy: joined deploy (1 of 2)"]
    assert world.heard(DEPLOY) == []


def test_several_cohorts_get_one_reply(world: World) -> None:
    for nick in ("ada", "bo"):
        world.say(nick, "join deploy", account=nick)
    [line] = world.say("cy", "!join deploy patch taxes")
    assert line.startswith("cy deploy is full: 1st on its waitlist; joined patch (1 of 8); no cohort taxes")
    assert "there are deploy and patch" in line
    assert "secret" not in line


def test_joining_twice_says_where_one_stands(world: World) -> None:
    world.say("cy", "join deploy")
    assert world.say("cy", "join deploy")[0].startswith("cy you are in deploy (1 of 2)")


def test_the_welcome_carries_all_that_a_newcomer_needs(world: World) -> None:
    world.say("anna", "tz Berlin", account="anna")
    world.say("cy", "join deploy")
    said = "\n".join(world.heard("cy"))
    assert "A cloud of your own answers on its address" in said
    assert "Thu 26 Nov 17:00" in said and "tz " in said
    assert "/join #cohort-deploy" in said
    assert "logged" in said and "https://m.example.org/logs/labnet/%23cohort-deploy/" in said
    assert "NickServ" in said and "claim " in said
    assert world.heard("cy") == []


def test_a_freed_place_is_offered_to_the_first_in_line_and_held(world: World) -> None:
    for nick in ("ada", "bo", "cy", "dan"):
        world.say(nick, "join deploy", account=nick)
    world.heard("cy")
    assert "offered to the next" in world.say("ada", "leave deploy")[0]
    [offer] = world.heard("cy")
    assert "deploy" in offer and "join deploy" in offer and "leave deploy" in offer
    # It counts as taken: whoever comes now waits behind dan.
    assert world.say("eli", "join deploy", account="eli") == ["eli deploy is full: 2nd on its waitlist"]
    assert world.say("cy", "join deploy")[0].startswith("cy joined deploy (2 of 2)")


def test_an_offer_that_runs_out_passes_on_and_its_person_may_come_back_first(world: World) -> None:
    for nick in ("ada", "bo", "cy", "dan"):
        world.say(nick, "join deploy", account=nick)
    world.say("ada", "leave deploy")
    world.heard("cy"), world.heard("dan")
    world.pass_time(timedelta(hours=73))
    assert "run out" in world.heard("cy")[0]
    assert "join deploy" in world.heard("dan")[0]
    world.say("eli", "join deploy", account="eli")
    assert world.say("cy", "join deploy") == ["cy deploy is full: 1st on its waitlist"]


def test_an_offer_passed_on_goes_to_the_next(world: World) -> None:
    for nick in ("ada", "bo", "cy", "dan"):
        world.say(nick, "join deploy", account=nick)
    world.say("ada", "leave deploy")
    assert "passed the place in deploy on" in world.say("cy", "leave deploy")[0]
    assert "join deploy" in world.heard("dan")[0]


def test_many_unproven_joins_are_held_where_there_are_services(world: World) -> None:
    world.say("anna", "help", account="anna")  # an account was seen: the network has services
    world.say("anna", "me")
    for number in range(3):
        assert "joined patch" in world.say(f"new{chr(97 + number)}", "join patch")[0]
    assert world.say("cy", "join patch") == ["cy patch: held until you identify or a mentor says add cy"]
    assert "1st on its waitlist (held until you identify)" in world.say("cy", "me")[0]
    # Proof seats them while a place is free.
    assert world.say("cy", "join patch", account="cy")[0].startswith("cy you are in patch (4 of 8)")


def test_nobody_is_held_where_nobody_could_identify(no_services: World) -> None:
    for number in range(5):
        assert "joined patch" in no_services.say(f"new{chr(97 + number)}", "join patch")[0]


def test_a_made_up_nick_takes_no_seat(world: World) -> None:
    [line] = world.say("Guest123", "join deploy")
    assert "/nick" in line and "joined" not in line


def test_what_a_connection_claimed_becomes_its_accounts(world: World) -> None:
    world.say("cy", "join deploy")
    assert world.say("cy", "me", account="cyril")[0].startswith("cy deploy: mentee (1 of 2)")
    world.wire.gone("cy")
    assert "in no cohort" in world.say("cy", "me")[0] or "belongs to" in world.say("cy", "me")[0]


def test_a_later_account_of_that_nick_inherits_nothing_without_the_word(world: World) -> None:
    world.say("cy", "join deploy")
    word = _claim_word(world.heard("cy"))
    world.wire.gone("cy")
    assert "in no cohort yet" in world.say("cy", "me", account="cy")[0]
    assert "is yours here too now" in world.say("cy", f"claim {word}")[0]
    assert world.say("cy", "me")[0].startswith("cy deploy: mentee (1 of 2)")


def test_a_claim_word_works_once_and_gives_the_next(world: World) -> None:
    world.say("cy", "join deploy")
    word = _claim_word(world.heard("cy"))
    [line] = world.say("web17x", f"claim {word}")
    assert "claim " in line
    assert "claims nothing" in world.say("mallory", f"claim {word}")[0]
    assert world.say("web17x", "me")[0].startswith("web17x deploy: mentee")
    assert "in no cohort" in world.say("cy", "me")[0]


def _claim_word(lines: list[str]) -> str:
    said = " ".join(lines)
    return said.split("«claim ")[1].split("»")[0]


def test_an_impostor_under_somebodys_nick_does_nothing_and_is_told_why(world: World) -> None:
    world.say("anna", "join deploy", account="anna")
    world.wire.gone("anna")
    for nick in ("anna", "anna_", "anna`2", "anna|away"):
        [line] = world.say(nick, "leave deploy")
        assert "belongs to anna" in line and "/nick" in line
        world.wire.gone(nick)
    assert world.say("anna", "me", account="anna")[0].startswith("anna deploy: mentee (1 of 2)")


def test_one_connection_is_one_person_whatever_nicks_it_tries(world: World) -> None:
    world.say("cy", "join deploy")
    world.wire.rename("cy", "cyril")
    assert world.say("cyril", "join deploy")[0].startswith("cyril you are in deploy (1 of 2)")
    # And the nick that claimed is theirs while they are here.
    assert "belongs to cy" in world.say("cy", "leave deploy")[0]


def test_unproven_seats_lapse_after_two_warnings(world: World) -> None:
    world.say("anna", "me", account="anna")
    world.say("cy", "join deploy")
    world.heard("cy")
    world.pass_time(timedelta(days=7, minutes=1))
    world.wire.channels[DEPLOY].add("cy")
    assert any("ends" in line and "NickServ" in line for line in world.heard("cy"))
    world.pass_time(timedelta(days=5))
    assert any("ends" in line for line in world.heard("cy"))
    world.pass_time(timedelta(days=2))
    assert any("has ended" in line for line in world.heard("cy"))
    assert "in no cohort" in world.say("cy", "me")[0]


def test_who_was_never_in_the_channel_is_told_once_how_to_enter(world: World) -> None:
    world.say("cy", "join deploy", account="cy")
    world.heard("cy")
    world.pass_time(timedelta(days=3, minutes=1))
    assert any("/join #cohort-deploy" in line for line in world.heard("cy"))
    world.pass_time(timedelta(days=4))
    assert not any("/join #cohort-deploy" in line for line in world.heard("cy"))


def test_words_wait_for_a_connection_that_may_hear_them(world: World) -> None:
    for nick in ("ada", "bo", "cy"):
        world.say(nick, "join deploy", account=nick)
    world.wire.gone("cy")
    world.say("ada", "leave deploy")
    world.wire.connection("cy")  # somebody under that nick, not proven
    assert world.heard("cy") == []
    world.say("cy", "me", account="cy")
    assert any("a place in deploy is free" in line for line in world.heard("cy"))


@pytest.mark.parametrize("text", ["cohortbot:", "cohortbot, "])
def test_who_says_the_bots_name_alone_is_told_of_help(world: World, text: str) -> None:
    [line] = world.say("cy", text, channel=DEPLOY)
    assert line == "#cohort-deploy cy: yes? Nothing followed my name; «help» lists what you can do"


def test_a_closed_cohort_is_named_in_no_other_channel_whoever_asks(world: World) -> None:
    world.say("dora", "add cy secret", account="dora")
    world.say("cy", "join secret", account="cy")
    world.say("dora", "add cy secret")
    assert "secret" in world.say("cy", "cohorts")[0]
    for speaker in ("cy", "dora"):
        for text in ("!cohorts", "!who cy", "!cohort sec", "!link 99"):
            said = world.say(speaker, text, channel="#cohort-patch")
            assert "secret" not in " ".join(said).lower().replace("cohort sec", ""), (speaker, text)
    assert "A quiet one" in world.say("cy", "!cohort", channel="#cohort-secret")[0]


def test_a_closed_cohort_does_not_exist_for_others(world: World) -> None:
    assert "no cohort secret" in world.say("cy", "join secret")[0]
    assert "secret" not in world.say("cy", "cohorts")[0]
    assert "joined secret" in world.say("dora", "join secret", account="dora")[0]


REFUSALS: dict[str, tuple[str, list[str]]] = {
    "no such cohort": ("join deplyo", ["no cohort deplyo", "deploy"]),
    "not in it": ("leave deploy", ["not in deploy", "join deploy"]),
    "in none": ("stuck on everything", ["no cohort yet", "cohorts"]),
    "not identified": ("checkin deploy", ["checkin", "NickServ"]),
    "bad usage": ("tz", ["tz PLACE"]),
    "nothing to undo": ("undo", ["taken back", "10 minutes", "me"]),
    "nothing asked": ("yes", ["yes", "help"]),
    "unknown verb": ("joim deploy", ["joim", "join"]),
    "no such place": ("tz atlantis", ["atlantis"]),
}


@pytest.mark.parametrize(("line", "facts"), REFUSALS.values(), ids=REFUSALS.keys())
def test_every_refusal_says_what_why_and_what_to_type(world: World, line: str, facts: list[str]) -> None:
    said = " ".join(world.say("cy", line))
    assert [fact for fact in facts if fact not in said] == [], said


def test_chat_and_other_bots_commands_are_passed_over(world: World) -> None:
    for line in ("hello", "!weather berlin", "join deploy", "cohortbots: join deploy", "!", "!!!"):
        assert world.say("cy", line, channel=DEPLOY) == []
    world.wire.bots.add("robot")
    assert world.say("robot", "join deploy") == []


@pytest.mark.parametrize("line", ["cohortbot: cohorts", "cohortbot, cohorts", "!cohorts", "!COHORTS"])
def test_the_bot_is_addressed_in_several_ways(world: World, line: str) -> None:
    [said] = world.say("cy", line, channel=DEPLOY)
    assert said.startswith(f"{DEPLOY} cy: deploy: 2 of 2 free")


def test_too_many_commands_are_answered_once_then_ignored(world: World) -> None:
    answers = [world.say("cy", "cohorts") for _ in range(25)]
    assert [len(lines) for lines in answers] == [1] * 21 + [0] * 4
    assert "slower, please" in answers[20][0]
    world.pass_time(timedelta(seconds=61))
    assert "deploy" in world.say("cy", "cohorts")[0]


@pytest.mark.parametrize("reader", ["cy", "Çağla", "[x]", "{y}"])
def test_nicks_of_any_kind_sign_up(world: World, reader: str) -> None:
    assert "joined patch" in world.say(reader, "join patch")[0]


def test_what_a_mentor_had_taken_is_open_again_when_they_leave(world: World) -> None:
    world.say("dora", "mentor deploy", account="dora")
    world.say("cy", "join deploy", account="cy")
    world.say("cy", "!stuck cinder exits 1", channel=DEPLOY)
    world.say("dora", "!take cy", channel=DEPLOY)
    world.say("dora", "leave deploy")
    world.say("dora", "mentor deploy")
    assert "#1" in " ".join(world.say("dora", "!take 1", channel=DEPLOY))


def test_an_offer_goes_before_other_peoples_welcomes(world: World) -> None:
    for nick in ("ada", "bo", "cy"):
        world.say(nick, "join deploy", account=nick)
    for nick in ("eli", "fay", "gil"):
        world.say(nick, "join patch", account=nick)
    world.say("ada", "leave deploy")
    first, *others = service.outbox.claim(world.app, world.now, world.wire, [])
    assert (type(first.outcome), first.urgency) == (PlaceOffered, Urgency.AT_ONCE)
    assert Urgency.AT_ONCE not in {parcel.urgency for parcel in others}


def test_what_was_said_already_perhaps_is_tried_alone(world: World) -> None:
    for nick in ("ada", "bo"):
        world.say(nick, "join deploy", account=nick)
    died = service.outbox.claim(world.app, world.now, world.wire, [])
    alone = [service.outbox.claim(world.app, world.now, world.wire, []) for _ in died]
    assert [[parcel.ids for parcel in parcels] for parcels in alone] == [[parcel.ids] for parcel in died]
    assert service.outbox.claim(world.app, world.now, world.wire, []) == []
