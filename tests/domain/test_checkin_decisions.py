"""Which cohort an answer is for, what is no answer, and when a check-in by hand asks first."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from cohortbot.domain.checkins import (
    AskFirst,
    ItsRound,
    MyCohort,
    OpenNow,
    Parts,
    decide_checkin,
    decide_cohort,
    decide_parts,
    decide_round,
)
from cohortbot.domain.model import Part, Round, RoundState
from cohortbot.domain.refusals import BadUsage, NotInAny, NotInIt, TooLong, WhichCohort

NOW = datetime(2026, 11, 26, 16, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
DEPLOY = MyCohort("deploy", open=True)
PATCH = MyCohort("patch", open=False)
TALK = MyCohort("talk", open=True)
DID: Parts = ((Part.DID, "x"),)
STUCK: Parts = ((Part.STUCK, "x"),)


@pytest.mark.parametrize(
    ("parts", "named", "mine", "expected"),
    [
        pytest.param(DID, None, [DEPLOY, PATCH], DEPLOY, id="the only one with an open round"),
        pytest.param(DID, "talk", [DEPLOY, TALK], TALK, id="the one that was named"),
        pytest.param(
            DID, None, [DEPLOY, TALK], WhichCohort("did", ("deploy", "talk")), id="several are open"
        ),
        pytest.param(DID, None, [PATCH], PATCH, id="the only one, though none is open"),
        pytest.param(DID, "patch", [DEPLOY, PATCH], PATCH, id="the named one, though it is not open"),
        pytest.param(DID, "talk", [DEPLOY], NotInIt("talk"), id="not in the named"),
        pytest.param(DID, None, [], NotInAny(), id="in none at all"),
        pytest.param(STUCK, None, [PATCH], PATCH, id="stuck needs no open round"),
        pytest.param(STUCK, "patch", [DEPLOY, PATCH], PATCH, id="stuck, named, needs none either"),
        pytest.param(STUCK, None, [DEPLOY, PATCH], DEPLOY, id="stuck goes where a round is open"),
        pytest.param(
            STUCK,
            None,
            [PATCH, MyCohort("coa", open=False)],
            WhichCohort("stuck", ("patch", "coa")),
            id="stuck, several and none open",
        ),
    ],
)
def test_which_cohort_an_answer_is_for(
    parts: Parts, named: str | None, mine: list[MyCohort], expected: object
) -> None:
    assert decide_cohort(parts, named, mine) == expected


def a_round(state: RoundState, closed_before: timedelta) -> Round:
    """One that was to close so long before NOW."""
    closes_at = NOW - closed_before
    return Round(5, 1, 5, state, closes_at - 3 * DAY, closes_at, None, late=False)


@pytest.mark.parametrize(
    ("open_now", "last", "next_in", "expected"),
    [
        pytest.param(True, None, None, ItsRound(5, 5, late=False), id="the open one"),
        pytest.param(False, a_round(RoundState.CLOSED, DAY), 2 * DAY, ItsRound(5, 5, late=True), id="late"),
        pytest.param(
            False, a_round(RoundState.CLOSED, DAY), None, ItsRound(5, 5, late=True), id="late, none planned"
        ),
        pytest.param(
            False, a_round(RoundState.CLOSED, 4 * DAY), 2 * DAY, None, id="four days ago: for the next"
        ),
        pytest.param(False, a_round(RoundState.CLOSED, DAY), DAY, None, id="the next is a day off: for that"),
        pytest.param(
            False, a_round(RoundState.CLOSED, DAY), DAY + HOUR, ItsRound(5, 5, late=True), id="a day and more"
        ),
        pytest.param(False, a_round(RoundState.MISSED, DAY), 2 * DAY, None, id="what was missed takes none"),
        pytest.param(False, None, None, None, id="before the first"),
    ],
)
def test_which_round_an_answer_belongs_to(
    open_now: bool, last: Round | None, next_in: timedelta | None, expected: ItsRound | None
) -> None:
    now_open = a_round(RoundState.OPEN, -DAY) if open_now else None
    next_at = NOW + next_in if next_in is not None else None
    assert decide_round(NOW, now_open, last, next_at) == expected


@pytest.mark.parametrize(
    ("parts", "refusal"),
    [
        (DID + STUCK, None),
        (((Part.SAME, ""),), None),
        (((Part.SKIP, "exams"),), None),
        ((*DID, (Part.SAME, "")), BadUsage("same", "same")),
        (((Part.SKIP, ""), *DID), BadUsage("skip", "skip [why]")),
        (((Part.DID, "x" * 11),), TooLong("answer", 10, 11)),
    ],
)
def test_what_is_no_answer(parts: Parts, refusal: object) -> None:
    assert decide_parts(parts, limit=10) == refusal


@pytest.mark.parametrize(
    ("slot", "night", "asked", "expected"),
    [
        (None, False, False, OpenNow(None)),
        (None, True, False, AskFirst(True, None)),
        (date(2026, 11, 26), False, False, AskFirst(False, date(2026, 11, 26))),
        (date(2026, 11, 26), True, True, OpenNow(date(2026, 11, 26))),
    ],
)
def test_a_check_in_by_hand_asks_at_night_and_before_it_takes_a_slot(
    slot: date | None, night: bool, asked: bool, expected: object
) -> None:
    assert decide_checkin(slot, night=night, asked=asked) == expected
