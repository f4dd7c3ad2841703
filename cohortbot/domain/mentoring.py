"""Mentors, blockers, and goals reached: pure decisions and their outcomes."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MentorProposed:
    """Somebody volunteers; `mentors` and organizers can confirm them."""

    slug: str
    nick: str
    again: bool = False


Outcome = MentorProposed | MentorProposed
