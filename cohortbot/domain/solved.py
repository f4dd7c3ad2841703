"""Solved blockers as answers, and the outcomes. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Solved:
    """A public blocker that is solved, as far as words go: what it was, and what helped if that was said."""

    id: int
    cohort_id: int
    text: str
    how: str | None


# --- outcomes


@dataclass(frozen=True, slots=True)
class AnswerFound:
    """`how` is None where nobody said what helped; `path` is its page, None in a closed cohort."""

    number: int
    slug: str
    text: str
    how: str | None
    solved_by: str
    solved_on: date
    path: str | None


@dataclass(frozen=True, slots=True)
class AnswersFound:
    """The newest found for `words`; `path` has the `more` others, None where no page has them all."""

    words: str
    found: tuple[AnswerFound, ...]
    more: int
    path: str | None
    today: date


@dataclass(frozen=True, slots=True)
class MaybeLike:
    """What somebody has just got stuck on may be what another was stuck on before."""

    answer: AnswerFound
    today: date


Outcome = AnswersFound | MaybeLike
