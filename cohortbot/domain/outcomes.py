"""Every outcome there is: what a use case may answer, and `texts` must have words for."""

from __future__ import annotations

from cohortbot.domain import (
    absence,
    asking,
    checkins,
    hearing,
    helping,
    membership,
    mentoring,
    privacy,
    programme,
    refusals,
    reminding,
    reporting,
    running,
    solved,
)

Outcome = (
    membership.Outcome
    | asking.Outcome
    | absence.Outcome
    | checkins.Outcome
    | mentoring.Outcome
    | programme.Outcome
    | hearing.Outcome
    | reminding.Outcome
    | reporting.Outcome
    | helping.Outcome
    | running.Outcome
    | solved.Outcome
    | privacy.Outcome
    | refusals.Refusal
)
