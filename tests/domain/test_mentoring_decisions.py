"""Who may reach a blocker, who may take or solve it, and who may volunteer."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from cohortbot.domain.mentoring import (
    Bystander,
    Confirm,
    Propose,
    decide_mentor,
    decide_reach,
    decide_solve,
    decide_take,
)
from cohortbot.domain.model import Blocker, BlockerState, Membership, MemberState, Role
from cohortbot.domain.refusals import (
    AlreadySolved,
    AlreadyTaken,
    BlockerStale,
    MenteeCannotMentor,
    MentorsOnly,
    NoSuchBlocker,
    OwnBlocker,
)

NOW = datetime(2026, 11, 26, 16, tzinfo=UTC)
CY, BO, ANNA = 1, 2, 3

PUBLIC = Blocker(
    id=12,
    cohort_id=1,
    person_id=CY,
    round_id=None,
    text="lvm",
    private=False,
    state=BlockerState.OPEN,
    opened_at=NOW,
    taken_by=None,
    taken_at=None,
    solved_by=None,
    solved_at=None,
    how=None,
    line=None,
    open_since=NOW,
    told=0,
    taker_asked_at=None,
    named_at=NOW,
    asked_at=None,
)
PRIVATE = replace(PUBLIC, private=True)
TAKEN = replace(PUBLIC, state=BlockerState.TAKEN, taken_by=ANNA)
SOLVED = replace(PUBLIC, state=BlockerState.SOLVED, solved_by=ANNA)

OWNER = Bystander(CY, member=True, mentor=False, organizer=False)
MEMBER = Bystander(BO, member=True, mentor=False, organizer=False)
MENTOR = Bystander(ANNA, member=True, mentor=True, organizer=False)
ORGANIZER = Bystander(BO, member=False, mentor=False, organizer=True)
STRANGER = Bystander(BO, member=False, mentor=False, organizer=False)

_MENTORS_ONLY = MentorsOnly("deploy", "take", ("anna",))
_NONE_THERE = NoSuchBlocker(12, (7,))


@pytest.mark.parametrize(
    ("one", "who", "refusal"),
    [
        pytest.param(PUBLIC, MEMBER, None, id="public: any member"),
        pytest.param(PUBLIC, ORGANIZER, None, id="public: an organizer"),
        pytest.param(PUBLIC, STRANGER, _NONE_THERE, id="public: nobody else"),
        pytest.param(PRIVATE, MENTOR, None, id="private: a mentor"),
        pytest.param(PRIVATE, OWNER, None, id="private: its person"),
        pytest.param(PRIVATE, MEMBER, _MENTORS_ONLY, id="private: no other member"),
        pytest.param(PRIVATE, ORGANIZER, _MENTORS_ONLY, id="private: no organizer"),
        pytest.param(PRIVATE, STRANGER, _NONE_THERE, id="private: a stranger hears of none"),
        pytest.param(replace(PUBLIC, state=BlockerState.UNDONE), MENTOR, _NONE_THERE, id="taken back"),
    ],
)
def test_who_may_reach_a_blocker(one: Blocker, who: Bystander, refusal: object) -> None:
    assert decide_reach(one, who, "take", "deploy", ("anna",), (7,)) == refusal


@pytest.mark.parametrize(
    ("one", "by", "refusal"),
    [
        pytest.param(PUBLIC, BO, None, id="open"),
        pytest.param(PUBLIC, CY, OwnBlocker(12), id="one's own"),
        pytest.param(TAKEN, ANNA, None, id="taken by oneself"),
        pytest.param(TAKEN, BO, AlreadyTaken(12, "anna"), id="taken by another"),
        pytest.param(SOLVED, BO, AlreadySolved(12, "anna"), id="solved"),
        pytest.param(replace(PUBLIC, state=BlockerState.STALE), BO, BlockerStale(12, "cy"), id="stale"),
    ],
)
def test_who_may_take_a_blocker(one: Blocker, by: int, refusal: object) -> None:
    assert decide_take(one, by, owner="cy", taker="anna", solver="anna") == refusal


@pytest.mark.parametrize(
    ("one", "by", "refusal"),
    [(TAKEN, BO, None), (PUBLIC, CY, None), (SOLVED, ANNA, None), (SOLVED, BO, AlreadySolved(12, "anna"))],
)
def test_who_may_solve_a_blocker(one: Blocker, by: int, refusal: object) -> None:
    assert decide_solve(one, by, solver="anna") == refusal


def _membership(role: Role, state: MemberState) -> Membership:
    return Membership(
        id=1,
        cohort_id=1,
        person_id=ANNA,
        role=role,
        state=state,
        state_since=NOW,
        joined_at=NOW,
        line_rank=1,
        line_since=NOW,
        held=False,
        offered_until=None,
        first_until=None,
        absent_since=None,
        told_how_to_enter=False,
        done_at=None,
        done_url=None,
        claim_word=None,
        claim_until=None,
        lapse_warnings=0,
        spoke_at=None,
        silent_rounds=0,
        asked_at=None,
        quiet_since=None,
        stay_at=None,
    )


@pytest.mark.parametrize(
    ("mine", "organizer", "expected"),
    [
        pytest.param(None, False, Propose(), id="waits for a word"),
        pytest.param(None, True, Confirm(), id="an organizer needs none"),
        pytest.param((Role.MENTOR, MemberState.PROPOSED), False, None, id="has volunteered already"),
        pytest.param((Role.MENTOR, MemberState.PROPOSED), True, Confirm(), id="became an organizer since"),
        pytest.param((Role.MENTOR, MemberState.ACTIVE), True, None, id="mentors it already"),
        pytest.param((Role.MENTEE, MemberState.WAITING), True, MenteeCannotMentor("deploy"), id="a mentee"),
    ],
)
def test_who_may_volunteer(mine: tuple[Role, MemberState] | None, organizer: bool, expected: object) -> None:
    one = _membership(*mine) if mine is not None else None
    assert decide_mentor("deploy", one, organizer=organizer) == expected
