"""What `cohortbot check` finds: one line each, ok or the fault with its mend."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Grade(Enum):
    """A NOTE is worth knowing and fails nothing."""

    OK = "ok"
    NOTE = "note"
    FAULT = "FAULT"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of `check`: `about` is what was looked at; a fault's `said` holds what would mend it."""

    grade: Grade
    about: str
    said: str

    def __str__(self) -> str:
        return f"{self.grade.value:<6} {self.about + ':':<10} {self.said}"


def ok(about: str, said: str) -> Finding:
    return Finding(Grade.OK, about, said)


def note(about: str, said: str) -> Finding:
    return Finding(Grade.NOTE, about, said)


def fault(about: str, said: str) -> Finding:
    return Finding(Grade.FAULT, about, said)
