"""What people ask, in words."""

from __future__ import annotations

from cohortbot.domain.asking import Outcome
from cohortbot.texts.voice import Voice


def say(outcome: Outcome, voice: Voice) -> list[str]:
    raise AssertionError((outcome, voice))
