"""Plays the story: says each line, moves the clock, waits until all that must be heard was heard."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from cohortbot.demo.people import Crowd, Heard
from cohortbot.demo.story import Hears, Says, Step, TimePasses
from cohortbot.domain.casemap import bare


@dataclass(frozen=True, slots=True)
class Played:
    """A step as it went: the lines that prove it, and the first thing that was not heard (None: all was)."""

    step: Step
    proof: Sequence[Heard]
    missing: Hears | None


def play(step: Step, crowd: Crowd, pass_time: Callable[[TimePasses], None]) -> Played:
    """Do the step and wait for each line in turn, at most `step.patience` for it.

    Only what is heard after the step began counts, and no line twice.
    """
    begin = len(crowd.heard)
    match step.does:
        case Says(who, where, text):
            crowd[who].say(where, text)
        case TimePasses() as until:
            pass_time(until)
    proof: list[Heard] = []
    for hears in step.hears:
        found = _await(hears, crowd, begin, proof, step)
        if found is None:
            return Played(step, proof, hears)
        proof.append(found)
    return Played(step, proof, None)


def _await(hears: Hears, crowd: Crowd, begin: int, used: Sequence[Heard], step: Step) -> Heard | None:
    def found() -> Heard | None:
        later = crowd.heard[begin:]
        return next((one for one in later if one not in used and answers(one, hears)), None)

    crowd.wait(lambda: found() is not None, step.patience)
    return found()


def answers(heard: Heard, hears: Hears) -> bool:
    """Whether a message is the one that must be heard: who, from whom, where, and every fact in its order."""
    if (heard.by, heard.sender, heard.target) != (hears.by, hears.sender, hears.target):
        return False
    rest = bare(heard.text)
    for fact in hears.facts:
        _, found, rest = rest.partition(fact)
        if not found:
            return False
    return True
