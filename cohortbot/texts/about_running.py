"""Runs of a cohort and days off, in words."""

from __future__ import annotations

from datetime import date
from typing import assert_never

from cohortbot.domain.dates import day_said
from cohortbot.domain.running import (
    DaysOff,
    DaysOffSet,
    EndsSoon,
    NextRunAsked,
    NextRunBegins,
    Outcome,
    RunEnded,
    RunSummary,
    SeatNotKept,
    StaysForNextRun,
)
from cohortbot.texts.voice import at, count, listed

_SHOWN = 8  # days off in one line
_MOVED = 3  # cohorts named one by one


def say(outcome: Outcome) -> list[str]:
    match outcome:
        case EndsSoon(slug, day, zone):
            return [
                f"{slug} ends on {day_said(day, day)} ({zone}): no check-ins from then on; "
                f"finished before that? «done {slug}» asks for your badge"
            ]
        case RunEnded(slug):
            return [f"this run of {slug} has ended: thank you all! There are no check-ins until the next one"]
        case NextRunAsked(slug):
            return [
                f"this run of {slug} has ended: «stay {slug}» keeps your place for the next one, "
                f"«leave {slug}» passes it on; with neither it is free when the next run begins"
            ]
        case StaysForNextRun(slug, again):
            return [f"your place in {slug} {'is' if again else 'stays'} yours for the next run"]
        case RunSummary():
            return [_summary(outcome)]
        case NextRunBegins(slug, ends):
            return [f"the next run of {slug} begins now{_until(ends)}"]
        case SeatNotKept(slug, ends):
            return [
                f"the next run of {slug} begins{_until(ends)}, and you had not said «stay», so your place is free "
                f"for the next in line; «join {slug}» puts you first in line"
            ]
        case DaysOff():
            return [_listed(outcome)]
        case DaysOffSet():
            return [_set(outcome)]
        case _:
            assert_never(outcome)


def _until(ends: date | None) -> str:
    return f", until {day_said(ends, ends)}" if ends is not None else ""


def _summary(one: RunSummary) -> str:
    return (
        f"{one.slug} has ended: {count(one.met, 'check-in')} held, {count(one.awarded, 'badge')} given, "
        f"{count(one.unsolved, 'blocker')} not solved, {one.staying} of {one.seated} seated stay so far, "
        f"{one.waiting} waiting; «cohort set {one.slug} ends DATE» (or none) begins the next run with those who stay"
    )


def _listed(one: DaysOff) -> str:
    if not one.days:
        return "no days off are planned; «days-off DATE [DATE] [why]» plans some"
    days = [
        _days(first, last, one.today) + (f" ({why})" if why else "") for first, last, why in one.days[:_SHOWN]
    ]
    more = f", and {len(one.days) - _SHOWN} more" if len(one.days) > _SHOWN else ""
    return f"days off, without check-ins: {', '.join(days)}{more}"


def _days(first: date, last: date, today: date) -> str:
    return day_said(first, today) + (f" to {day_said(last, today)}" if last != first else "")


def _set(one: DaysOffSet) -> str:
    days = _days(one.first, one.last, one.today)
    state = "no check-ins" if one.off else "check-ins again"
    said = f"{state} on {days}" + (", as before" if one.again else "")
    if one.moved:
        named = [
            f"{slug} {at(next_at, zone) if next_at is not None else 'none'}"
            for slug, next_at, zone in one.moved[:_MOVED]
        ]
        rest = [f"{len(one.moved) - _MOVED} more"] if len(one.moved) > _MOVED else []
        said += f"; next check-ins now: {listed([*named, *rest])}"
    return said
