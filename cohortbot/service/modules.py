"""Loads every module that registers handlers or words for the outbox: the list of use cases."""

from __future__ import annotations

from importlib import import_module

_USE_CASES = (
    "absences",
    "announcing",
    "answers",
    "asked",
    "asking",
    "auditing",
    "blockers",
    "checkins",
    "complaints",
    "coverage",
    "covers",
    "daysoff",
    "ending",
    "erasing",
    "exporting",
    "goals",
    "handover",
    "hearing",
    "helping",
    "membership",
    "mentoring",
    "missed",
    "offers",
    "organizing",
    "programme",
    "reloading",
    "reminding",
    "replanning",
    "reporting",
    "revoking",
    "rounds",
    "showing",
    "silence",
    "skipping",
    "undo",
)


def load() -> None:
    """Import them all; each registers itself with `@handles` or `@composes`."""
    for name in _USE_CASES:
        import_module(f"cohortbot.service.{name}")
