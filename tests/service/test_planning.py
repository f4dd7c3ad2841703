"""The plan of check-ins is edited, left out, skipped and ended, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from support.programme import World, again, programme

from cohortbot import service
from cohortbot.domain.model import RoundState
from cohortbot.store import cohorts, rounds
from cohortbot.store.engine import reading

DEPLOY = "#cohort-deploy"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
STEP = 4 * HOUR


@pytest.fixture
def world(tmp_path: Path, ready_url: str) -> World:
    """Anna mentors deploy, ada sits in it; it is Thursday noon, five hours before the check-in."""
    world = programme(tmp_path, ready_url)
    world.say("dora", "help", account="dora")
    world.say("anna", "mentor deploy", account="anna")
    world.say("dora", "mentor ok anna deploy")
    world.say("ada", "join deploy", account="ada")
    for target in ("dora", "anna", "ada", DEPLOY):
        world.heard(target)
    return world


def until(world: World, at: datetime) -> None:
    """In steps that meet each check-in, what people hear on the way being heard."""
    while world.now < at:
        world.pass_time(min(STEP, at - world.now))
        world.heard("nobody")  # all that is due by now is said


def utc(day: int, hour: int, month: int = 12) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=UTC)


def states(world: World, slug: str = "deploy") -> list[RoundState]:
    with reading(world.app.engine) as tx:
        cohort = cohorts.by_slug(tx, slug)
        assert cohort is not None
        found = [rounds.numbered(tx, cohort.id, number) for number in range(1, 20)]
    return [one.state for one in found if one is not None]


def prompts(lines: list[str]) -> list[str]:
    return [line[: line.index("]") + 1] for line in lines if line.startswith("[")]


# --- edits


def test_a_day_moved_to_tomorrow_does_not_ask_twice(world: World) -> None:
    until(world, utc(26, 17, 11))
    assert prompts(world.heard(DEPLOY)) == ["[deploy 1]"]
    [said] = world.say("dora", "cohort set deploy checkin.day friday")
    assert "next check-in Fri 4 Dec 17:00 Europe/Berlin, not Thu 3 Dec 17:00 Europe/Berlin" in said
    told = "deploy: the next check-in is Fri 4 Dec 17:00 Europe/Berlin, not Thu 3 Dec 17:00 Europe/Berlin"
    assert f"{told} as planned before" in world.heard(DEPLOY)
    until(world, utc(3, 17))
    assert prompts(world.heard(DEPLOY)) == []
    until(world, utc(4, 17))
    assert prompts(world.heard(DEPLOY)) == ["[deploy 2]"]


def test_an_edit_in_the_channel_is_not_said_there_twice(world: World) -> None:
    world.say("dora", "!cohort set deploy checkin.time 18:00", channel=DEPLOY)
    assert world.heard(DEPLOY) == []


def test_an_edit_that_moves_nothing_is_not_said_in_the_channel(world: World) -> None:
    [said] = world.say("dora", "cohort set deploy checkin.skip 2026-12-31")
    assert said == "dora deploy: checkin.skip 2026-12-31; next check-in Thu 26 Nov 17:00 Europe/Berlin"
    assert world.heard(DEPLOY) == []


def test_what_was_due_while_the_bot_was_down_is_asked_before_the_file_s_edit(
    world: World, tmp_path: Path
) -> None:
    assert states(world) == []
    file = tmp_path / "config.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace('"17:00"', '"16:00"'), encoding="utf-8")
    later = again(tmp_path, at=utc(26, 18, 11))
    service.apply_config(later.app, later.now)
    assert states(later) == [RoundState.OPEN]
    heard = later.heard(DEPLOY)
    assert prompts(heard) == ["[deploy 1]"]
    assert "(late: I was away when it was due)" in heard[0]


# --- dates left out


def test_a_date_left_out_takes_no_number_and_moves_no_other(world: World) -> None:
    world.say("dora", "cohort set deploy checkin.skip 2026-12-03")
    until(world, utc(11, 0))
    assert prompts(world.heard(DEPLOY)) == ["[deploy 1]", "[deploy 2]"]
    assert states(world) == [RoundState.CLOSED, RoundState.OPEN]


def test_days_off_are_for_all_cohorts(world: World) -> None:
    [said] = world.say("dora", "days-off 26 Nov 27 Nov Thanksgiving")
    assert (
        said
        == "dora no check-ins on 26 Nov to 27 Nov; next check-ins now: deploy Thu 3 Dec 17:00 Europe/Berlin"
    )
    assert any("not Thu 26 Nov 17:00" in line for line in world.heard(DEPLOY))
    assert world.say("dora", "days-off") == [
        "dora days off, without check-ins: 26 Nov to 27 Nov (Thanksgiving)"
    ]
    until(world, utc(27, 0, 11))
    assert prompts(world.heard(DEPLOY)) == []


def test_a_day_off_taken_back_when_it_is_past_is_not_missed(world: World) -> None:
    world.say("dora", "days-off 26 Nov")
    until(world, utc(26, 18, 11))
    [said] = world.say("dora", "days-off 26 Nov off")
    assert said == "dora check-ins again on 26 Nov"
    world.pass_time(HOUR)
    assert states(world) == []


def test_days_off_said_twice_are_so_already(world: World) -> None:
    world.say("dora", "days-off 24 Dec")
    assert world.say("dora", "days-off 24 Dec") == ["dora no check-ins on 24 Dec, as before"]


def test_days_off_of_the_file_and_of_chat_the_last_edit_wins(world: World, tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    plain = file.read_text(encoding="utf-8")
    named = "organizers: [dora]\n  days_off: [2026-12-24]"
    file.write_text(plain.replace("organizers: [dora]", named), encoding="utf-8")
    service.reload(world.app, world.now)
    assert world.say("dora", "days-off") == ["dora days off, without check-ins: 24 Dec"]
    world.say("dora", "days-off 24 Dec off")
    service.reload(world.app, world.now)  # the file says what it said
    assert world.say("dora", "days-off")[0].startswith("dora no days off are planned")
    file.write_text(plain, encoding="utf-8")
    service.reload(world.app, world.now)
    world.say("dora", "days-off 31 Dec")
    service.reload(world.app, world.now)
    assert world.say("dora", "days-off") == ["dora days off, without check-ins: 31 Dec"]


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("days-off soon", "soon"),
        ("days-off 2026-11-25", "2026-11-25"),
        ("days-off 2026-12-24 2026-12-20", "2026-12-20"),
        ("days-off 2026-12-24 2027-12-24", "2027-12-24"),
    ],
)
def test_dates_that_cannot_be_are_refused(world: World, typed: str, why: str) -> None:
    [said] = world.say("dora", typed)
    assert why in said
    assert world.say("dora", "days-off")[0].startswith("dora no days off are planned")


def test_days_off_are_the_organizers_business(world: World) -> None:
    assert "for organizers" in world.say("anna", "!days-off 24 Dec", channel=DEPLOY)[0]


# --- skip-round


def test_the_next_check_in_is_called_off_and_keeps_its_number(world: World) -> None:
    [said, channel] = world.say("anna", "skip-round deploy we meet in person")
    assert said == (
        "anna deploy: check-in 1 of Thu 26 Nov 17:00 Europe/Berlin is skipped (we meet in person); "
        "the next one is Thu 3 Dec 17:00 Europe/Berlin"
    )
    assert channel.startswith(
        f"{DEPLOY} deploy: check-in 1 of Thu 26 Nov 17:00 Europe/Berlin is skipped by anna"
    )
    [again_] = world.say("anna", "skip-round deploy")
    assert "check-in 1 of Thu 26 Nov 17:00 Europe/Berlin is skipped already" in again_
    until(world, utc(4, 0))
    assert prompts(world.heard(DEPLOY)) == ["[deploy 2]"]
    assert states(world) == [RoundState.SKIPPED, RoundState.OPEN]


def test_the_open_check_in_is_called_off_and_not_asked_again(world: World) -> None:
    until(world, utc(26, 17, 11))
    [said] = world.say("anna", "!skip-round", channel=DEPLOY)
    assert (
        said == f"{DEPLOY} anna: deploy: check-in 1 is skipped; the next one is Thu 3 Dec 17:00 Europe/Berlin"
    )
    until(world, utc(2, 0))
    assert not any("deploy, round 1" in line for line in world.heard("ada"))
    assert states(world) == [RoundState.SKIPPED]


def test_a_mentee_calls_nothing_off(world: World) -> None:
    assert "«skip-round» is for mentors of deploy" in world.say("ada", "!skip-round", channel=DEPLOY)[0]


# --- nobody to ask, nobody to tell, nobody who answers


def test_an_empty_roster_is_asked_nothing_and_organizers_hear_it_once(world: World) -> None:
    world.say("ada", "leave deploy")
    until(world, utc(12, 0))
    heard = world.heard("dora")
    assert prompts(world.heard(DEPLOY)) == []
    assert states(world) == []
    assert len([line for line in heard if "a check-in was due, but it has no mentee" in line]) == 1
    world.say("ada", "join deploy")
    until(world, utc(18, 0))
    assert states(world) == [RoundState.OPEN]


def test_a_check_in_by_hand_with_nobody_to_ask_is_refused(world: World) -> None:
    world.say("ada", "leave deploy")
    assert "it has no mentee yet" in world.say("anna", "checkin deploy")[0]
    assert states(world) == []


def test_who_was_silent_is_told_to_organizers_where_nobody_mentors(world: World) -> None:
    world.say("anna", "leave deploy")
    until(world, utc(30, 12, 11))
    assert any("no answer from ada" in line for line in world.heard("dora"))


def test_after_two_rounds_without_an_answer_organizers_are_asked_once_what_is_wrong(world: World) -> None:
    until(world, utc(30, 12, 11))
    assert not any("What is wrong" in line for line in world.heard("dora"))
    until(world, utc(21, 12))
    assert len([line for line in world.heard("dora") if "What is wrong there" in line]) == 1


# --- the cohort's own question, and what comes next


def test_a_cohort_asks_its_own_question(world: World) -> None:
    world.say("dora", "cohort set deploy checkin.question Which services answer by now?")
    until(world, utc(26, 17, 11))
    [prompt] = world.heard(DEPLOY)
    assert prompt.startswith("[deploy 1] Check-in: Which services answer by now? Say !did … | !next …")
    assert (
        "has 201 characters, 200 fit"
        in world.say("dora", f"cohort set deploy checkin.question {'x' * 201}")[0]
    )


def test_what_a_cohort_names_as_next_is_suggested_first(world: World) -> None:
    world.say("dora", "cohort new talk Give a talk")
    world.say("dora", "cohort set deploy next talk")
    world.say("anna", "complete ada deploy")
    steps = "\n".join(world.heard("ada"))
    assert 0 < steps.index("«join talk»") < steps.index("«join patch»")


@pytest.mark.parametrize("slug", ["tlak", "deploy"])
def test_only_another_cohort_comes_next(world: World, slug: str) -> None:
    [said] = world.say("dora", f"cohort set deploy next {slug}")
    assert f"next: '{slug}' is no other cohort; there are patch, secret; nothing was changed" in said


# --- a run ends


def test_a_run_ends_and_the_next_begins_with_those_who_stay(world: World) -> None:
    world.say("bo", "join deploy", account="bo")
    world.say("cy", "join deploy", account="cy")  # waits
    world.say("dora", "cohort set deploy ends 2026-12-17")
    until(world, utc(4, 12))
    told = {nick: world.heard(nick) for nick in ("ada", "anna", "cy")}
    for nick, lines in told.items():
        assert len([line for line in lines if "deploy ends on 17 Dec" in line]) == 1, nick
    until(world, utc(17, 12))
    channel = world.heard(DEPLOY)
    assert prompts(channel) == ["[deploy 1]", "[deploy 2]", "[deploy 3]"]  # none on the day itself
    assert any("this run of deploy has ended" in line for line in channel)
    assert any("«stay deploy» keeps your place" in line for line in world.heard("ada"))
    until(world, utc(18, 12))
    [summary] = [line for line in world.heard("dora") if "deploy has ended" in line]
    assert "3 check-ins held, 0 badges given" in summary
    assert "0 of 2 seated stay so far, 1 waiting" in summary

    assert "this run of deploy has ended" in world.say("eve", "join deploy", account="eve")[0]
    assert "has ended" in world.say("dora", "cohort resume deploy")[0]
    stays = "ada your place in deploy {} yours for the next run"
    assert world.say("ada", "stay deploy") == [stays.format("stays")]
    assert world.say("ada", "stay deploy") == [stays.format("is")]

    world.say("dora", "cohort set deploy ends 2027-03-04")
    assert any("the next run of deploy begins now, until 4 Mar" in line for line in world.heard(DEPLOY))
    world.pass_time(DAY)
    assert any("you had not said «stay»" in line for line in world.heard("bo"))
    assert any("deploy" in line for line in world.heard("cy"))  # the place that bo had
    until(world, utc(24, 17))
    assert prompts(world.heard(DEPLOY)) == ["[deploy 4]"]


def test_an_end_that_is_not_ahead_is_refused(world: World) -> None:
    [said] = world.say("dora", "cohort set deploy ends 2026-11-26")
    assert "ends: '2026-11-26' is not ahead; nothing was changed" in said
