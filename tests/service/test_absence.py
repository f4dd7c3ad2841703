"""Being away: nothing is asked meanwhile, somebody else may stand in, who is back is told what happened."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from support.programme import World, programme

DEPLOY = "#cohort-deploy"
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.fixture
def world(tmp_path: Path, ready_url: str) -> World:
    """deploy with the mentors anna and eve and the mentees cy and bo; spotz is proven and in no cohort."""
    world = programme(tmp_path, ready_url)
    world.say("dora", "cohorts", account="dora")
    for nick in ("anna", "eve"):
        world.say(nick, "mentor deploy", account=nick)
        world.say("dora", f"mentor ok {nick} deploy")
    for nick in ("cy", "bo"):
        world.say(nick, "join deploy", account=nick)
        world.enter(nick, DEPLOY)
    world.say("spotz", "join patch", account="spotz")
    hush(world)
    return world


def hush(world: World) -> None:
    """Pass over what the outbox has said so far."""
    for target in (DEPLOY, "anna", "eve", "dora", "cy", "bo", "spotz"):
        world.heard(target)


def test_away_says_until_when_who_is_left_and_who_is_asked(world: World) -> None:
    said = world.say("anna", "away until 7 Dec cover spotz")
    assert said[0] == (
        "anna you are away until 7 Dec (Europe/Berlin): nothing is asked meanwhile; «back» ends it"
    )
    assert said[1].startswith("anna deploy: mentors there: e\u2060ve, nobody")
    assert said[1].endswith("; spotz is asked to cover")
    [asked] = world.heard("spotz")
    assert asked == (
        "anna is away until 7 Dec and asks you to cover in deploy: «cover yes» or «cover no»; "
        "until then you may what a mentor there may"
    )


@pytest.mark.parametrize(
    ("words", "refusal"),
    [
        ("away until 1 Jan 2020", "is past"),
        ("away until soonish", "«soonish» is no date"),
        ("away cover cy", "cy is a mentee of deploy"),
        ("away cover anna", "nobody covers for themselves"),
        ("away cover nobodyatall", "nobodyatall"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_changes(world: World, words: str, refusal: str) -> None:
    [said] = world.say("anna", words)
    assert refusal in said
    assert world.say("anna", "back") == ["anna you were not away, so nothing was changed"]


def test_a_cover_has_the_rights_and_the_blockers_from_yes_to_the_end_of_the_absence(world: World) -> None:
    world.say("cy", "!stuck cinder exits 1", channel=DEPLOY)
    world.say("anna", "take 1")
    world.say("anna", "away until 7 Dec cover spotz")
    assert "for mentors of deploy" in world.say("spotz", "complete cy deploy")[0]
    [covering] = world.say("spotz", "cover yes")
    assert covering == (
        "spotz you cover for anna in deploy until 7 Dec; yours to help with: #1; «cover no» ends it"
    )
    assert world.heard("anna") == ["spotz covers for you until 7 Dec, and has what you had taken"]
    assert any("spotz" in line for line in world.heard("cy"))
    assert "congratulations" in " ".join(world.say("spotz", "complete bo deploy") + world.heard(DEPLOY))
    world.say("anna", "back")
    assert any("you do not cover for anna in deploy any more" in line for line in world.heard("spotz"))
    assert "for mentors of deploy" in world.say("spotz", "complete cy deploy")[0]


def test_an_absence_ends_with_its_last_day_and_the_mentor_is_told_what_happened(world: World) -> None:
    world.say("anna", "tz Berlin")
    world.say("anna", "away until 30 Nov")
    world.pass_time(4 * HOUR)
    world.say("cy", "did the identity service")
    world.say("bo", "!stuck horizon shows 500", channel=DEPLOY)
    world.say("cy", "done deploy")
    hush(world)
    world.pass_time(4 * DAY + 6 * HOUR)  # Monday 22:00 UTC, 23:00 in Berlin
    assert world.heard("anna") == []
    world.pass_time(HOUR)
    assert world.heard("anna") == []  # it is midnight there
    world.pass_time(8 * HOUR)
    told = world.heard("anna")
    assert "since Thu 26 Nov 13:00 Europe/Berlin:" in told
    [deploy] = [line for line in told if line.startswith("deploy: ")]
    assert "round 1: 2 of 2 answered" in deploy
    assert "stuck: #1 of bo" in deploy
    assert "waiting for a mentor's word: cy" in deploy


def test_nobody_is_asked_anything_while_away(world: World) -> None:
    world.say("cy", "away until 7 Dec")
    world.pass_time(4 * HOUR)
    world.heard("bo")
    world.pass_time(24 * HOUR)
    assert not any("have answered" in line for line in world.heard("cy"))
    assert any("have answered" in line for line in world.heard("bo"))


def test_who_was_away_when_a_round_opened_is_not_counted(world: World) -> None:
    world.say("cy", "away until 7 Dec")
    world.pass_time(4 * HOUR)
    assert "answered 0 of 1" in world.say("anna", "checkin deploy")[0]


def test_an_absence_without_a_day_is_two_weeks_and_then_asked_about(world: World) -> None:
    assert "until 10 Dec" in world.say("anna", "away")[0]
    hush(world)
    world.pass_time(15 * DAY)
    [asked] = [line for line in world.heard("anna") if "two weeks" in line]
    assert "«yes» makes it two more" in asked
    assert "until 25 Dec" in world.say("anna", "yes")[0]


def test_without_a_cover_what_they_had_taken_is_open_again(world: World) -> None:
    world.say("cy", "!stuck cinder exits 1", channel=DEPLOY)
    world.say("anna", "take 1")
    hush(world)
    assert "open again: #1" in world.say("anna", "away until 7 Dec")[-1]
    assert world.heard("eve") == ["deploy: anna is not there any more; open again: #1 of cy; «take 1»"]
    assert world.heard("cy") == [
        "your blocker #1 is open again: anna is not there any more; the mentors know"
    ]


def test_a_cover_who_says_no_is_told_to_the_absent_and_to_organizers(world: World) -> None:
    world.say("anna", "away until 7 Dec cover spotz")
    assert "you do not cover for anna" in world.say("spotz", "cover no")[0]
    assert any("spotz does not cover for you" in line for line in world.heard("anna"))
    assert any("nobody stands in for anna in deploy until 7 Dec" in line for line in world.heard("dora"))


def test_a_cover_who_does_not_answer_is_asked_again_after_a_day_and_then_organizers_know(
    world: World,
) -> None:
    world.say("anna", "away until 20 Dec cover spotz")
    world.heard("spotz")
    world.pass_time(DAY)
    world.pass_time(20 * HOUR)  # with the digest of the next day
    [again] = [line for line in world.heard("spotz") if "asks you to cover" in line]
    assert "asked Thu 26 Nov" in again
    assert not any("has not answered" in line for line in world.heard("dora"))
    world.pass_time(DAY + 4 * HOUR)
    [told] = [line for line in world.heard("dora") if "has not answered" in line]
    assert "nobody stands in for anna in deploy until 20 Dec: spotz, asked" in told
    world.pass_time(2 * DAY)
    assert not any("asks you to cover" in line for line in world.heard("spotz"))


def test_who_stands_in_cannot_hand_that_on(world: World) -> None:
    world.say("anna", "away until 7 Dec cover eve")
    world.say("eve", "cover yes")
    assert "a cover is not handed on" in world.say("eve", "away until 5 Dec cover spotz")[0]


def test_who_is_away_themselves_cannot_cover(world: World) -> None:
    world.say("spotz", "away until 5 Dec")
    assert "spotz is away until 5 Dec" in world.say("anna", "away cover spotz")[0]


def test_a_cover_who_goes_away_ends_their_cover_and_organizers_know(world: World) -> None:
    world.say("anna", "away until 7 Dec cover spotz")
    world.say("spotz", "cover yes")
    hush(world)
    world.say("spotz", "away until 5 Dec")
    assert any("nobody stands in for anna" in line for line in world.heard("dora"))
    assert "for mentors of deploy" in world.say("spotz", "complete cy deploy")[0]


def test_a_mentor_sets_a_mentee_away_who_is_told(world: World) -> None:
    assert "cy is away until 7 Dec" in world.say("anna", "away cy until 7 Dec exams")[0]
    [told] = world.heard("cy")
    assert told.startswith("anna has set you away until 7 Dec (exams)")
    assert "no mentee of yours" in world.say("anna", "away spotz until 7 Dec")[0]
    assert "spotz is away" in world.say("dora", "away spotz until 7 Dec")[0]


def test_organizers_hear_once_that_fewer_than_two_mentors_are_there(world: World) -> None:
    world.say("anna", "away until 7 Dec")
    [told] = world.heard("dora")
    assert told.startswith("deploy: only eve is there to mentor")
    assert "away: anna until 7 Dec" in told
    world.say("anna", "back")
    world.pass_time(HOUR)
    world.say("anna", "away until 7 Dec")
    assert len(world.heard("dora")) == 1


def test_a_mentor_who_leaves_hands_over_what_they_had_taken(world: World) -> None:
    world.say("cy", "!stuck cinder exits 1", channel=DEPLOY)
    world.say("anna", "take 1")
    hush(world)
    world.say("anna", "leave deploy")
    assert any("open again: #1 of cy" in line for line in world.heard("eve"))


# --- what waits on a person


def test_an_unconfirmed_done_is_said_again_to_mentors_then_to_organizers_and_ends_with_the_first(
    world: World,
) -> None:
    world.say("cy", "done deploy https://example.org/cy")
    hush(world)
    world.pass_time(DAY)
    world.pass_time(20 * HOUR)
    for mentor in ("anna", "eve"):
        [again] = [line for line in world.heard(mentor) if "cy is done" in line]
        assert "and waits since Thu 26 Nov 13:00 Europe/Berlin" in again
    assert not any("cy is done" in line for line in world.heard("dora"))
    world.pass_time(DAY + 4 * HOUR)
    world.say("eve", "complete cy deploy")
    world.pass_time(DAY)
    assert not any("cy is done" in line for nick in ("dora", "anna") for line in world.heard(nick))


def test_a_volunteer_whom_nobody_answers_is_told_of_again(world: World) -> None:
    world.say("spotz", "mentor deploy")
    hush(world)
    world.pass_time(DAY)
    world.pass_time(20 * HOUR)
    [again] = [line for line in world.heard("eve") if "spotz volunteers" in line]
    assert "waits since" in again
    world.pass_time(2 * DAY)
    world.pass_time(DAY)
    assert sum("spotz volunteers" in line for line in world.heard("dora")) == 1
    world.pass_time(3 * DAY)
    assert not any("spotz volunteers" in line for nick in ("dora", "eve") for line in world.heard(nick))


def test_an_offer_passes_over_who_is_away_and_they_keep_their_place(world: World) -> None:
    world.say("zoe", "join deploy", account="zoe")
    world.say("yan", "join deploy", account="yan")
    world.say("zoe", "away 2w")
    world.say("cy", "leave deploy")
    assert any("join deploy" in line for line in world.heard("yan"))
    assert "zoe deploy: 1st on its waitlist" in world.say("zoe", "me")[0]
    world.say("yan", "leave deploy")
    assert world.heard("zoe") == []
    world.say("zoe", "back")
    assert any("join deploy" in line for line in world.heard("zoe"))


def test_who_stands_in_takes_no_seat_there(world: World) -> None:
    world.say("cy", "leave deploy")
    world.say("anna", "away until 7 Dec cover spotz")
    world.say("spotz", "cover yes")
    assert "you mentor deploy" in world.say("spotz", "join deploy")[0]
    world.say("anna", "back")
    assert "joined deploy" in world.say("spotz", "join deploy")[0]


def test_me_says_who_is_away_who_covers_and_who_waits_for_an_answer(world: World) -> None:
    world.say("anna", "away until 7 Dec cover spotz")
    assert "anna asks you to cover: «cover yes» or «cover no»" in world.say("spotz", "me")[1]
    mine = world.say("anna", "me")
    assert "cover: waiting for spotz since Thu 26 Nov 12:00 UTC" in mine[1]
    assert "away until 7 Dec («back» ends it)" in mine[2]
    world.say("spotz", "cover yes")
    assert "deploy: cover for anna until 7 Dec" in world.say("spotz", "me")[0]
    assert "spotz covers for you" in world.say("anna", "me")[1]
    world.say("anna", "back")
    assert "cover" not in " ".join(world.say("spotz", "me"))


def test_a_volunteer_sees_since_when_they_wait(world: World) -> None:
    world.say("zoe", "mentor deploy", account="zoe")
    assert (
        "deploy mentor: waiting for a mentor's or organizer's word since Thu 26 Nov 12:00 UTC"
        in (world.say("zoe", "me")[1])
    )


def test_help_and_who_know_of_covers(world: World) -> None:
    world.say("zoe", "cohorts", account="zoe")
    world.say("anna", "away until 7 Dec cover zoe")
    assert "cover yes|no" in world.say("zoe", "help")[0]
    world.say("zoe", "cover yes")
    assert "checkin [c] · take NICK|ID [c] · complete" in world.say("zoe", "help")[0]
    assert world.say("zoe", "who")[0].startswith("zoe deploy: mentors")
    assert "back" in world.say("anna", "help")[0]


def test_who_says_who_is_away_until_when_and_who_stands_in(world: World) -> None:
    world.say("anna", "away until 7 Dec cover spotz")
    world.say("cy", "away until 5 Dec")
    [said] = world.say("eve", "who deploy")
    assert "mentors a\u2060nna (away until 7 Dec) and e\u2060ve; " in said
    assert "mentees (2 of 2) c\u2060y (away until 5 Dec) and b\u2060o" in said
    world.say("spotz", "cover yes")
    [said] = world.say("eve", "who deploy")
    assert "a\u2060nna (away until 7 Dec: s\u2060potz stands in) and e\u2060ve" in said
    assert world.say("bo", "who anna")[0].startswith(
        "bo a\u2060nna (away until 7 Dec: s\u2060potz stands in) — deploy"
    )
    world.say("anna", "back")
    assert "mentors a\u2060nna and e\u2060ve; " in world.say("eve", "who deploy")[0]


def test_a_welcome_calls_no_mentor_awake_who_is_away(world: World) -> None:
    world.say("anna", "away until 7 Dec")
    world.say("dora", "cohort set deploy places 4")
    world.say("dee", "join deploy", account="dee")
    [mentors] = [line for line in world.heard("dee") if line.startswith("mentors: ")]
    assert mentors.startswith("mentors: eve (awake now: eve); anna is away until 7 Dec — next check-in")
    world.say("eve", "away until 8 Dec")
    world.say("fay", "join deploy", account="fay")
    [mentors] = [line for line in world.heard("fay") if line.startswith("mentors: ")]
    assert mentors.startswith("mentors: anna is away until 7 Dec; eve is away until 8 Dec — next check-in")


def test_who_turns_out_to_be_who_is_away_stands_in_no_more(world: World) -> None:
    world.say("anna", "away until 7 Dec cover spotz")
    world.say("spotz", "cover yes")
    world.say("ziggy", "join patch")
    world.say("ziggy", "away until 5 Dec")
    hush(world)
    world.say("dora", "merge ziggy into spotz")
    assert any("nobody stands in for anna" in line for line in world.heard("dora"))
    assert "for mentors of deploy" in world.say("spotz", "complete cy deploy")[0]
    assert "away until 5 Dec" in world.say("spotz", "me")[-1]
