"""The week, in words: a line a cohort."""

from __future__ import annotations

from cohortbot.domain import dates
from cohortbot.domain.model import CohortState
from cohortbot.domain.reporting import CohortWeek, Outcome
from cohortbot.texts.voice import count


def say(outcome: Outcome) -> list[str]:
    return [_cohort(one) for one in outcome.cohorts]


def _cohort(one: CohortWeek) -> str:
    state = "" if one.state is CohortState.ACTIVE else f" [{one.state}]"
    said = [_checkins(one), _stuck(one), f"{one.present} of {count(one.mentors, 'mentor')} present"]
    said.append(f"{one.taken} of {count(one.places, 'place')} taken")
    if one.waiting:
        said.append(f"{one.waiting} waiting")
    if one.finished:
        said.append(f"{one.finished} finished")
    return f"{one.slug}{state}: {'; '.join(said)}"


def _checkins(one: CohortWeek) -> str:
    if one.checkins is None:
        return "no check-in this week"
    met = "met" if one.met else "not met"
    return f"{met}, {one.checkins.answered} of {one.checkins.asked} answered"


def _stuck(one: CohortWeek) -> str:
    if one.oldest is None:
        return "nobody stuck"
    number, age = one.oldest
    return f"{count(one.stuck, 'blocker')} open, the oldest #{number} for {dates.span(age)}"
