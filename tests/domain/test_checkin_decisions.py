"""Which cohort an answer is for, what is no answer, and when a check-in by hand asks first."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from cohortbot.domain.checkins import (
    AskFirst,
    MyCohort,
    OpenNow,
    Parts,
    decide_checkin,
    decide_cohort,
    decide_parts,
)
from cohortbot.domain.model import Part
from cohortbot.domain.refusals import BadUsage, NoOpenRound, NotInAny, NotInIt, TooLong, WhichCohort

SOON = datetime(2026, 11, 26, 16, tzinfo=UTC)
LATER = datetime(2026, 12, 1, 16, tzinfo=UTC)
DEPLOY = MyCohort("deploy", open=True, next_at=LATER, zone="UTC")
PATCH = MyCohort("patch", open=False, next_at=SOON, zone="UTC")
TALK = MyCohort("talk", open=True, next_at=None, zone="UTC")
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
        pytest.param(DID, None, [PATCH], NoOpenRound("patch", SOON, "UTC"), id="none is open"),
        pytest.param(DID, "patch", [DEPLOY, PATCH], NoOpenRound("patch", SOON, "UTC"), id="the named is not"),
        pytest.param(DID, "talk", [DEPLOY], NotInIt("talk"), id="not in the named"),
        pytest.param(DID, None, [], NotInAny(), id="in none at all"),
        pytest.param(STUCK, None, [PATCH], PATCH, id="stuck needs no open round"),
        pytest.param(STUCK, "patch", [DEPLOY, PATCH], PATCH, id="stuck, named, needs none either"),
        pytest.param(STUCK, None, [DEPLOY, PATCH], DEPLOY, id="stuck goes where a round is open"),
        pytest.param(
            STUCK,
            None,
            [PATCH, MyCohort("coa", open=False, next_at=None, zone="UTC")],
            WhichCohort("stuck", ("patch", "coa")),
            id="stuck, several and none open",
        ),
        pytest.param(
            DID + STUCK, None, [PATCH], NoOpenRound("patch", SOON, "UTC"), id="did and stuck need a round"
        ),
    ],
)
def test_which_cohort_an_answer_is_for(
    parts: Parts, named: str | None, mine: list[MyCohort], expected: object
) -> None:
    assert decide_cohort(parts, named, mine) == expected


def test_of_several_without_a_round_the_soonest_is_named() -> None:
    mine = [
        MyCohort("coa", open=False, next_at=None, zone="UTC"),
        MyCohort("talk", open=False, next_at=LATER, zone="UTC"),
        PATCH,
    ]
    assert decide_cohort(DID, None, mine) == NoOpenRound("patch", SOON, "UTC")


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
