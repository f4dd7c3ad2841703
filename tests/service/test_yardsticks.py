"""The yardsticks of tests/yardsticks, said to the real service: answers, commands, slips, and chat."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import select
from support.programme import World, programme
from support.report import REPORT

from cohortbot.domain.limits import Limits
from cohortbot.domain.verbs import ANSWER_VERBS, BY_NAME
from cohortbot.service.call import HANDLERS, Call
from cohortbot.store.engine import reading
from cohortbot.store.tables import answer

YARDSTICKS = Path(__file__).parents[1] / "yardsticks"
NOW = datetime(2026, 11, 26, 18, 30, tzinfo=UTC)
DEPLOY = "#cohort-deploy"
COHORTS = """
deploy:
  title: Deploy a cloud
  goal: A cloud answers
  checkin: {day: thursday, time: "18:30", starts: 2026-11-26}
patch: {title: First patch, goal: It is merged}
bug: {title: A bug, goal: It is fixed}
talk: {title: A talk, goal: It is given}
coa: {title: The exam, goal: It is passed}
"""
# What only a later version has a verb for, or a second word of one: judged from then on.
KNOWN = frozenset(BY_NAME) | {name.split()[0] for name in BY_NAME}


def load(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((YARDSTICKS / f"{name}.yaml").read_text(encoding="utf-8"))
    return loaded


PLAIN, SLIPS, CHAT = load("plain_words"), load("slips"), load("chat")


class Scene:
    """The scene of the yardsticks, the same before each line: cy has not answered the open round."""

    def __init__(self, world: World, file: Path) -> None:
        self._world = world
        self._file = file
        self._as_it_was = file.with_suffix(".before")
        world.app.engine.dispose()
        shutil.copy(file, self._as_it_was)
        self.verbs: list[str] = []

    def again(self) -> None:
        self._world.app.engine.dispose()
        for end in ("-wal", "-shm"):
            self._file.with_name(self._file.name + end).unlink(missing_ok=True)
        shutil.copy(self._as_it_was, self._file)
        self.verbs.clear()

    def say(self, by: str, line: str, channel: str | None = None) -> list[str]:
        return self._world.say(by, line, channel=channel)

    def filed(self) -> list[tuple[str, str | None]]:
        """Every part of every answer, as (part, text)."""
        query = select(answer.c.part, answer.c.text).order_by(answer.c.id)
        with reading(self._world.app.engine) as tx:
            return [(row.part, row.text) for row in tx.execute(query)]


@pytest.fixture
def scene(tmp_path: Path, sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    world = programme(tmp_path, sqlite_url, at=NOW, cohorts=COHORTS, limits=Limits(commands=1_000_000))
    world.say("olga", "cohorts", account="dora")
    for nick in ("anna", "kofi"):
        world.say(nick, "mentor deploy", account=nick)
        world.say("olga", f"mentor ok {nick} deploy")
    for nick in ("bo", "dee", "cy", "eve"):
        world.say(nick, "join deploy", account=nick)
    world.say("eve", "leave deploy")
    world.say("eve", "join patch")
    world.say("wanda", "cohorts", account="wanda")
    world.wire.bots.add("gitbot")
    for number in range(1, 13):
        nick = {7: "bo", 12: "cy"}.get(number, "dee")
        world.say(nick, f"!stuck on number {number}", channel=DEPLOY)
        if nick == "dee":
            world.say("dee", f"unstuck {number}")
    world.pass_time(timedelta(0))  # the check-in that is due now opens
    made = Scene(world, tmp_path / "cohortbot.db")

    def noting(verb: str) -> Any:
        handler = HANDLERS[verb]

        def note(call: Call) -> Any:
            made.verbs.append(verb)
            return handler(call)

        return note

    for verb in list(HANDLERS):
        monkeypatch.setitem(HANDLERS, verb, noting(verb))
    yield made


def judged(kind: str, wrong: Sequence[str], total: int) -> None:
    """Says how many of a kind were right, and fails with those that were not."""
    REPORT.add(
        "yardsticks: plain words, slips, chat", f"{kind}: {total - len(wrong)} right, {len(wrong)} wrong"
    )
    assert list(wrong) == []


# --- plain words


def _is_right(scene: Scene, line: str, must: str, heard: Sequence[str]) -> bool:
    filed = scene.filed()
    if must == "did" and not line.lower().startswith("did "):
        return filed[:1] == [("did", line.split(" | next ")[0].removeprefix("cohortbot: "))]
    if must in ANSWER_VERBS:
        return bool(filed) and filed[0][0] == must
    return filed == [] and (must != "usage" or bool(heard))


@pytest.mark.parametrize("section", ["answers", "commands", "usage", "debatable"])
def test_privately_a_command_is_what_fits_and_everything_else_an_answer(scene: Scene, section: str) -> None:
    wrong = []
    lines = [each for each in PLAIN[section] if section != "commands" or _exists(each["must"])]
    lines = [each for each in lines if section == "commands" or _exists_yet(each)]
    for each in lines:
        scene.again()
        heard = scene.say("cy", each["line"])
        if not _is_right(scene, each["line"], each["must"], heard):
            wrong.append(f"{each['line']!r} must {each['must']}: {scene.filed()} {scene.verbs} {heard}")
    judged(section, wrong, len(lines))


def _exists(verb: str) -> bool:
    return verb in KNOWN or verb in ("did", "usage", "nothing")


def _exists_yet(each: dict[str, str]) -> bool:
    """Whether the verb that a line is about is one by now; «report is written» is an answer until it is."""
    if each["must"] in ("did", "nothing"):
        return True
    return each["line"].split()[0].lower().rstrip(".,:;!?") in KNOWN or each["must"] in ANSWER_VERBS


# --- slips


@pytest.mark.parametrize("section", ["slips", "collisions", "nothing", "strangers", "elsewhere"])
def test_a_members_slip_in_their_own_channel_is_mended_privately_and_nobody_elses(
    scene: Scene, section: str
) -> None:
    wrong = []
    for each in SLIPS[section]:
        scene.again()
        by = each.get("by", "cy")
        heard = scene.say(by, each["line"], channel=each.get("in", DEPLOY))
        if each["mended"] is None:
            right = heard == []
        else:
            right = len(heard) == 1 and heard[0].startswith(f"{by} ") and f"“{each['mended']}”" in heard[0]
            right = right and "nothing was filed" in heard[0] and scene.filed() == []
        if not right:
            wrong.append(f"{each['line']!r} by {by}: {heard}, mended should be {each['mended']!r}")
    judged(section, wrong, len(SLIPS[section]))


def test_yes_to_a_slip_files_it_as_if_it_had_been_said_so(scene: Scene) -> None:
    wrong, lines = [], [each["mended"] for each in SLIPS["slips"] if each["mended"]]
    for slip in [each for each in SLIPS["slips"] if each["mended"]]:
        scene.again()
        scene.say("cy", slip["line"], channel=DEPLOY)
        heard = scene.say("cy", "yes")
        verb = slip["mended"].split()[0].lstrip("!").lower()
        if scene.verbs[-1:] != [verb] or (verb in ANSWER_VERBS) != bool(scene.filed()):
            wrong.append(f"{slip['line']!r}: {scene.verbs} {scene.filed()} {heard}")
    judged("«yes» to a slip", wrong, len(lines))


# --- chat


def test_talk_in_a_channel_is_never_filed_and_never_answered(scene: Scene) -> None:
    wrong = []
    said = [each for each in CHAT["chat"] if each.get("kind", "message") == "message"]
    for each in said:
        scene.again()
        heard = scene.say(each.get("by", "cy"), each["line"], channel=DEPLOY)
        if heard or scene.filed() or Counter(scene.verbs):
            wrong.append(f"{each['line']!r}: {heard} {scene.filed()} {scene.verbs}")
    judged("chat", wrong, len(said))
