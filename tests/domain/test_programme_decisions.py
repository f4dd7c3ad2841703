"""What organizers type, taken apart, and what they may do, decided without a database."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cohortbot.domain.grammar import Names
from cohortbot.domain.model import Cohort, CohortState, Membership, MemberState, Person, Role
from cohortbot.domain.programme import (
    CohortTurned,
    decide_move,
    decide_remove,
    decide_turn,
    title_and_model,
    typed_edits,
)
from cohortbot.domain.refusals import (
    CohortRests,
    FullFor,
    MentorCannotBeMentee,
    NoSuchCohort,
    NotMemberOf,
    NotUnproven,
    Refusal,
)

NOW = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
NAMES = Names({"deploy": "#cohort-deploy", "patch": "#cohort-patch", "home": "#cohort-home"})


@pytest.mark.parametrize(
    ("text", "title", "model"),
    [
        ("Deploy a cloud", "Deploy a cloud", None),
        ("Deploy again like deploy", "Deploy again", "deploy"),
        ("Deploy again LIKE #cohort-deploy", "Deploy again", "deploy"),
        ("Feels like home", "Feels", "home"),
        ("A talk like no other", "A talk like no other", None),
        ("like deploy", "like deploy", None),
        ("Work like ants like patch", "Work like ants", "patch"),
    ],
)
def test_a_title_may_end_with_the_cohort_to_be_like(text: str, title: str, model: str | None) -> None:
    assert title_and_model(text, NAMES) == (title, model)


def test_a_slip_in_the_name_of_the_model_is_refused_with_the_nearest() -> None:
    assert title_and_model("Deploy again like depoly", NAMES) == NoSuchCohort("depoly", ("deploy",))


@pytest.mark.parametrize(
    ("text", "edits"),
    [
        ("places 9", (("places", "9"),)),
        ("Places  9 | checkin.time 18:00", (("places", "9"), ("checkin.time", "18:00"))),
        ("steps", (("steps", ""),)),
        ("goal ps|grep works", (("goal", "ps|grep works"),)),
        ("goal one thing | ", (("goal", "one thing"),)),
        (" | ", ()),
    ],
)
def test_edits_are_keys_with_values_between_bars(text: str, edits: tuple[tuple[str, str], ...]) -> None:
    assert typed_edits(text) == edits


words = st.text(st.characters(exclude_characters="|", exclude_categories=["Z", "C"]), min_size=1)


@given(st.lists(st.tuples(words.map(str.lower).filter(lambda key: key == key.lower()), words), max_size=5))
def test_joined_edits_come_apart_again(edits: list[tuple[str, str]]) -> None:
    assert typed_edits(" | ".join(f"{key} {value}" for key, value in edits)) == tuple(edits)


def cohort(slug: str = "deploy", state: CohortState = CohortState.ACTIVE) -> Cohort:
    return Cohort(
        id=1,
        slug=slug,
        network="labnet",
        title=slug,
        goal=slug,
        channel=f"#{slug}",
        channel_key=None,
        places=2,
        mentors_wanted=3,
        public=True,
        steps=(),
        next_slugs=(),
        ends=None,
        question=None,
        schedule=None,
        badge=None,
        state=state,
        state_since=NOW,
        state_by=None,
        due_from=NOW,
    )


def person(account: str | None = None) -> Person:
    return Person(1, "labnet", "cy", "cy", account, None, None, None, nudges=True, word_at=None)


def membership(role: Role = Role.MENTEE, state: MemberState = MemberState.ACTIVE) -> Membership:
    return Membership(
        id=1,
        cohort_id=1,
        person_id=1,
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


A, P, X = CohortState.ACTIVE, CohortState.PAUSED, CohortState.ARCHIVED


@pytest.mark.parametrize(
    ("state", "to", "outcome"),
    [
        (A, P, None),
        (A, X, None),
        (P, A, None),
        (P, X, None),
        (X, A, None),
        (A, A, CohortTurned("deploy", A, NOW, "dora", "UTC", again=True)),
        (P, P, CohortTurned("deploy", P, NOW, "dora", "UTC", again=True)),
        (X, X, CohortTurned("deploy", X, NOW, "dora", "UTC", again=True)),
        (X, P, CohortRests("deploy", X, NOW, "dora", "UTC")),
    ],
)
def test_cohorts_turn(state: CohortState, to: CohortState, outcome: CohortTurned | Refusal | None) -> None:
    assert decide_turn(cohort(state=state), to, "dora", "UTC") == outcome


MENTEE, MENTOR = membership(), membership(Role.MENTOR)
OFFERED = membership(state=MemberState.OFFERED)
WAITING = membership(state=MemberState.WAITING)


@pytest.mark.parametrize(
    ("there", "mine", "free", "refusal"),
    [
        (MENTEE, None, 1, None),
        (WAITING, None, 1, None),
        (MENTEE, WAITING, 1, None),
        (MENTEE, None, 0, FullFor("patch", 2, "cy")),
        (MENTEE, OFFERED, 0, None),
        (MENTEE, MENTEE, 0, None),
        (None, MENTEE, 0, None),
        (None, None, 1, NotMemberOf("cy", "deploy", "mentee")),
        (MENTOR, None, 1, NotMemberOf("cy", "deploy", "mentee")),
        (MENTEE, MENTOR, 1, MentorCannotBeMentee("patch", "cy")),
    ],
)
def test_a_mentee_moves_where_there_is_a_place(
    there: Membership | None, mine: Membership | None, free: int, refusal: Refusal | None
) -> None:
    decided = decide_move(
        person(), cohort(), there, cohort("patch"), mine, free=free, rests_by=None, zone="UTC"
    )
    assert decided == refusal


def test_nobody_is_moved_into_a_cohort_that_rests() -> None:
    to = cohort("patch", P)
    decided = decide_move(person(), cohort(), MENTEE, to, None, free=1, rests_by="dora", zone="UTC")
    assert decided == CohortRests("patch", P, NOW, "dora", "UTC")


@pytest.mark.parametrize(
    ("one", "account", "organizer", "may"),
    [
        (MENTEE, None, False, True),
        (MENTEE, "cy", False, False),
        (MENTOR, "cy", False, False),
        (MENTEE, "cy", True, True),
        (MENTOR, "cy", True, True),
    ],
)
def test_a_mentor_removes_the_unproven_alone(
    one: Membership, account: str | None, organizer: bool, may: bool
) -> None:
    decided = decide_remove(cohort(), one, person(account), organizer=organizer)
    assert decided == (None if may else NotUnproven("cy", "deploy"))
