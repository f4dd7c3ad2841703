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
    programme,
    refusals,
    reminding,
    reporting,
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
    | refusals.Refusal
)
