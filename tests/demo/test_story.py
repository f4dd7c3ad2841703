"""The demo's story as data, its plan in time, and what is printed of it."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from cohortbot.config import load
from cohortbot.demo.people import Heard, Login
from cohortbot.demo.play import Played, answers
from cohortbot.demo.show import COLOUR, PLAIN, Show, palette
from cohortbot.demo.stage import JUST_BEFORE, Plan, config
from cohortbot.demo.story import AFTERWARDS, BOT, CAST, CHANNELS, STORY, Hears, Says, Step, TimePasses

AT = datetime(2026, 11, 26, 16, 0, 1, 23456, tzinfo=UTC)
NICKS = {who.nick for who in CAST}
SAYINGS = [step.does for step in (*STORY, *AFTERWARDS) if isinstance(step.does, Says)]


def heard(text: str, *, by: str = "cy", sender: str = BOT, target: str = "#cohort-deploy") -> Heard:
    return Heard(by, sender, target, text, f":{sender}!u@h PRIVMSG {target} :{text}", AT)


# ---- The story


def test_everybody_who_speaks_or_listens_is_of_the_six() -> None:
    assert len(CAST) == 6
    assert {one.who for one in SAYINGS} == NICKS
    assert {hears.by for step in STORY for hears in step.hears} <= NICKS


def test_every_step_of_the_story_must_be_heard() -> None:
    assert all(step.hears and all(hears.facts for hears in step.hears) for step in STORY)
    assert all(hears.sender == BOT for step in STORY for hears in step.hears)


def test_what_is_said_goes_to_a_channel_of_the_demo_or_to_the_bot() -> None:
    assert {one.where for one in SAYINGS} <= {*CHANNELS, BOT}


def test_no_cohort_is_flooded_with_unproven_joins() -> None:
    unproven = {who.nick for who in CAST if who.login is Login.NONE}
    for slug in ("deploy", "patch"):
        joins = [one for one in SAYINGS if one.who in unproven and "join" in one.text and slug in one.text]
        assert len({one.who for one in joins}) <= 2, "a visitor without an account would be held, not seated"


# ---- Time


@given(st.timedeltas(timedelta(0), timedelta(days=800)))
def test_whenever_the_demo_starts_its_check_in_is_ahead_and_in_working_hours(later: timedelta) -> None:
    now = AT + later
    plan = Plan.after(now)
    assert timedelta(minutes=10) < plan.slot - now <= timedelta(minutes=12)
    assert plan.slot.second == plan.slot.microsecond == 0
    assert 9 <= plan.slot.astimezone(ZoneInfo(plan.zone)).hour <= 19
    assert plan.instant(TimePasses.UNTIL_CHECK_IN) == plan.slot - JUST_BEFORE


@pytest.mark.parametrize("hour", range(24))
def test_the_demos_config_is_without_fault(tmp_path: Path, hour: int) -> None:
    file = tmp_path / "config.yaml"
    plan = Plan.after(AT.replace(hour=hour))
    file.write_text(yaml.safe_dump(config(plan, 6667, 8080)))
    loaded = load(file)
    checkin = loaded.cohorts["deploy"].checkin
    assert checkin is not None and checkin.weekday == plan.slot.weekday()
    assert {cohort.channel for cohort in loaded.cohorts.values()} == set(CHANNELS)


# ---- Hearing

JOINED = Hears("cy", "#cohort-deploy", ("cy", "joined deploy (1 of 2)"))


@pytest.mark.parametrize(
    ("one", "fits"),
    [
        (heard("cy: joined deploy (1 of 2)"), True),
        (heard("c\u2060y: joined deploy (1 of 2) — /join"), True),
        (heard("joined deploy (1 of 2), cy"), False),
        (heard("cy: joined deploy (2 of 2)"), False),
        (heard("cy: joined deploy (1 of 2)", sender="bo"), False),
        (heard("cy: joined deploy (1 of 2)", by="bo"), False),
        (heard("cy: joined deploy (1 of 2)", target="cy"), False),
    ],
    ids=["as said", "a quiet nick", "other order", "other fact", "other sender", "other ear", "in private"],
)
def test_a_line_answers_if_sender_place_and_facts_in_order_are_right(one: Heard, fits: bool) -> None:
    assert answers(one, JOINED) is fits


def test_a_private_answer_is_one_to_the_hearer() -> None:
    assert answers(heard("round 1 of deploy", target="cy"), Hears("cy", None, ("round 1",)))


# ---- Printing


def show(colours: object = PLAIN) -> tuple[Show, io.StringIO]:
    out = io.StringIO()
    return Show(out, colours, BOT, tuple(who.nick for who in CAST)), out  # type: ignore[arg-type]


def test_a_pipe_gets_plain_lines_and_a_terminal_colour() -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    assert palette(io.StringIO(), {}) is PLAIN
    assert palette(Terminal(), {}) is COLOUR
    assert palette(Terminal(), {"NO_COLOR": "1"}) is palette(Terminal(), {"TERM": "dumb"}) is PLAIN
    stream, out = show()
    stream.step(STORY[0])
    stream.overheard(heard("cy: \x02joined\x02 \x1b[31mdeploy", by=CAST[0].nick))
    assert "\033" not in out.getvalue() and "\x02" not in out.getvalue()
    assert "joined deploy" in out.getvalue()


def test_the_bot_is_shown_once_however_many_hear_it_and_the_cast_not_again() -> None:
    stream, out = show()
    for who in CAST:
        stream.overheard(heard("[deploy 1] Check-in", by=who.nick))
        stream.overheard(heard("!same", by=who.nick, sender="cy"))
        stream.overheard(heard("hello, I just watch", by=who.nick, sender="visitor"))
    stream.overheard(heard("your place", by="dee", target="dee"))
    said = [line.partition("<")[2] for line in out.getvalue().splitlines()]
    assert said == [f"{BOT}> [deploy 1] Check-in", "visitor> hello, I just watch", f"{BOT}> your place"]


def test_a_proof_is_the_raw_line_with_hearer_sender_and_time() -> None:
    stream, out = show()
    one = heard("cy: joined deploy (1 of 2)")
    stream.proof(Played(STORY[3], [one], None))
    assert out.getvalue() == f"  16:00:01.023Z cy heard cohortbot: {one.raw}\n"


def test_a_failure_names_the_step_and_what_was_missing() -> None:
    stream, out = show()
    stream.failed(Step("Cy signs up", Says("cy", "#cohort-deploy", "!join deploy")), JOINED)
    said = out.getvalue()
    assert said.startswith("step failed: Cy signs up\n")
    assert "«joined deploy (1 of 2)»" in said and "cy did not hear" in said and "10 s" in said
