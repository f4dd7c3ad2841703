"""What `undo` finds: the newest deed that still stands."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from cohortbot.domain.deeds import UNDONE, Deed, latest_standing, undone_by, undone_detail


@dataclass(frozen=True)
class Row:
    kind: str
    round_id: int | None = None
    detail: str | None = None
    blocker_id: int | None = None
    membership_id: int | None = None
    award_id: int | None = None


def test_what_undo_does_not_know_is_passed_over() -> None:
    answered = Row(Deed.ANSWERED, 5)
    assert latest_standing([Row("joined"), answered, Row(Deed.TAKEN)]) is answered


def test_two_answers_of_one_round_are_taken_back_one_by_one() -> None:
    first, second = Row(Deed.ANSWERED, 5), Row(Deed.ANSWERED, 5)
    undone = Row(UNDONE, 5, detail=undone_detail(Deed.ANSWERED, "m1"))
    assert latest_standing([undone, second, first]) is first
    assert latest_standing([undone, undone, second, first]) is None


def test_the_row_of_an_undo_names_the_deed_and_its_own_message() -> None:
    assert undone_by(undone_detail(Deed.TAKEN, "a msgid")) == (Deed.TAKEN, "a msgid")
    assert undone_by(None) == ("", "")


def test_nothing_done_is_nothing_to_take_back() -> None:
    assert latest_standing([]) is None


@given(st.lists(st.one_of(st.none(), st.tuples(st.sampled_from(Deed), st.integers(1, 2))), max_size=20))
def test_deeds_and_undos_behave_like_a_pile(said: list[tuple[Deed, int] | None]) -> None:
    """None stands for an `undo`, anything else for a deed."""
    rows: list[Row] = []
    pile: list[Row] = []
    for one in said:
        standing = latest_standing(reversed(rows))
        assert standing is (pile[-1] if pile else None)
        if one is not None:
            pile.append(Row(one[0], one[1]))
            rows.append(pile[-1])
        elif standing is not None:
            pile.pop()
            rows.append(Row(UNDONE, standing.round_id, detail=undone_detail(Deed(standing.kind), "m1")))
