"""Mentors, blockers and goals, in words."""

from __future__ import annotations

from cohortbot.domain.mentoring import Outcome
from cohortbot.texts.voice import Voice


def say(outcome: Outcome, voice: Voice) -> list[str]:
    raise AssertionError((outcome, voice))
