"""Loads every module that registers handlers or words for the outbox: the list of use cases."""

from __future__ import annotations

from importlib import import_module

_USE_CASES = (
    "absences",
    "asked",
    "asking",
    "auditing",
    "blockers",
    "checkins",
    "coverage",
    "covers",
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
    "reporting",
    "revoking",
    "rounds",
    "showing",
    "silence",
    "undo",
)


def load() -> None:
    """Import them all; each registers itself with `@handles` or `@composes`."""
    for name in _USE_CASES:
        import_module(f"cohortbot.service.{name}")
