"""What mentors and organizers do with cohorts and people: pure decisions and their outcomes."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Added:
    """`taken` is None when the cohort is full: then they are first in line, no longer held."""

    slug: str
    nick: str
    taken: int | None
    places: int
    again: bool


Outcome = Added | Added
