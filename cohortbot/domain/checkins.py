"""Rounds and answers: pure decisions and their outcomes."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NothingOpenToAnswer:
    """A «yes» or «no» that nothing waits for."""


Outcome = NothingOpenToAnswer | NothingOpenToAnswer
