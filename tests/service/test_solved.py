"""`answers`: what somebody has solved before, found in chat."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from support.programme import World, programme

DEPLOY, PATCH, SECRET = "#cohort-deploy", "#cohort-patch", "#cohort-secret"


@pytest.fixture
def world(tmp_path: Path, ready_url: str) -> World:
    """anna mentors deploy and secret; cy is in deploy, mallory in secret."""
    made = programme(tmp_path, ready_url)
    for slug in ("deploy", "secret"):
        made.say("anna", f"!mentor {slug}", account="anna", channel=f"#cohort-{slug}")
        made.say("dora", f"!mentor ok anna {slug}", account="dora")
    made.say("cy", "!join deploy", account="cy", channel=DEPLOY)
    made.say("mallory", "!join secret", channel=SECRET)
    return made


def solve(world: World, nick: str, text: str, how: str, channel: str | None = DEPLOY) -> None:
    mark = "!" if channel else ""
    [said] = world.say(nick, f"{mark}stuck {text}", channel=channel)[:1]
    number = re.findall(r"#(\d+)", said)[0]
    world.pass_time(timedelta(hours=1))
    world.say("anna", f"{mark}unstuck {number} {how}", channel=channel)


def test_answers_names_what_helped_who_solved_it_when_and_where_to_read_it(world: World) -> None:
    solve(world, "cy", "cinder-volume exits 1", "the filter in lvm.conf")
    assert world.say("zoe", "!answers cinder lvm", channel=PATCH) == [
        "#cohort-patch zoe: #1 of deploy: «cinder-volume exits 1»: the filter in lvm.conf "
        "(solved by a⁠nna, 26 Nov): "
        "https://m.example.org/c/deploy/answers?at=1#a1"
    ]


def test_at_most_three_lines_newest_first_and_a_link_to_the_rest(world: World) -> None:
    for number in range(4):
        solve(world, "cy", f"lvm trouble {number}", "patience")
    said = world.say("zoe", "answers lvm")
    assert [line.split("«")[1].split("»")[0] for line in said[:2]] == ["lvm trouble 3", "lvm trouble 2"]
    assert said[2].endswith("and 2 more: https://m.example.org/answers?q=lvm")
    assert len(said) == 3


def test_what_was_said_in_private_or_is_not_solved_is_never_found(world: World) -> None:
    solve(world, "cy", "lvm in private", "its filter", channel=None)
    world.say("cy", "!stuck lvm, still", channel=DEPLOY)
    [said] = world.say("zoe", "answers lvm")
    assert "nothing that was solved has all of «lvm»" in said


def test_of_a_closed_cohort_its_people_hear_in_private_and_its_channel(world: World) -> None:
    solve(world, "mallory", "lvm of the quiet one", "its filter", channel=SECRET)
    assert "nothing" in world.say("zoe", "answers lvm")[0]
    assert "nothing" in world.say("mallory", "!answers lvm", channel=DEPLOY)[0]
    for said in (world.say("mallory", "answers lvm"), world.say("mallory", "!answers lvm", channel=SECRET)):
        assert "«lvm of the quiet one»: its filter" in said[0]
        assert "https://" not in said[0]


def test_without_words_it_is_said_what_to_type(world: World) -> None:
    [said] = world.say("zoe", "answers")
    assert "answers WORDS" in said


def test_one_that_is_taken_back_is_found_no_more(world: World) -> None:
    solve(world, "cy", "lvm trouble", "patience")
    assert "patience" in world.say("zoe", "answers lvm")[0]
    world.say("anna", "undo")
    assert "nothing" in world.say("zoe", "answers lvm")[0]


ALIKE = "!stuck cinder-volume stops at start, excluded by a filter"


def maybe(said: list[str]) -> list[str]:
    return [line for line in said if "maybe like" in line]


def test_a_new_one_that_is_like_a_solved_one_is_answered_with_it(world: World) -> None:
    solve(world, "cy", "cinder-volume exits 1 at start, excluded by something", "the filter in lvm.conf")
    [number, hint] = world.say("cy", ALIKE, channel=DEPLOY)[:2]
    assert "blocker #2" in number
    assert hint == (
        f"{DEPLOY} cy: maybe like #1 of deploy: «cinder-volume exits 1 at start, excluded by something»: the "
        "filter in lvm.conf (solved by a\N{WORD JOINER}nna, 26 Nov): "
        "https://m.example.org/c/deploy/answers?at=1#a1"
    )


def test_the_hint_is_given_in_private_too_and_not_for_other_trouble(world: World) -> None:
    solve(world, "cy", "cinder-volume exits 1 at start, excluded by something", "the filter in lvm.conf")
    assert len(maybe(world.say("cy", ALIKE[1:]))) == 1
    assert maybe(world.say("cy", "!stuck the volume is too slow", channel=DEPLOY)) == []


def test_a_hint_never_names_what_is_private_or_of_a_closed_cohort_to_others(world: World) -> None:
    solve(world, "mallory", ALIKE.removeprefix("!stuck "), "lvm.conf", channel=SECRET)
    solve(world, "cy", ALIKE.removeprefix("!stuck "), "lvm.conf, in private", channel=None)
    assert maybe(world.say("cy", ALIKE, channel=DEPLOY)) == []
    [hint] = maybe(world.say("mallory", ALIKE, channel=SECRET))
    assert "of secret" in hint
    assert "https://" not in hint
