"""Solved blockers, in words."""

from __future__ import annotations

from datetime import date

from cohortbot.domain.casemap import quiet
from cohortbot.domain.dates import day_said
from cohortbot.domain.solved import AnswerFound, AnswersFound, MaybeLike, Outcome
from cohortbot.texts.voice import Voice, shortened


def say(outcome: Outcome, voice: Voice) -> list[str]:
    match outcome:
        case AnswersFound(words, found=()):
            return [
                f"nothing that was solved has all of «{shortened(words)}» in it: try fewer words, "
                "or ask people with «stuck …»"
            ]
        case AnswersFound(_, found, more, path, today):
            lines = [_answer(one, today, voice) for one in found]
            where = f": {voice.link(path)}" if path is not None else ""
            return [*lines, f"and {more} more{where}"] if more else lines
        case MaybeLike(answer, today):
            return [f"maybe like {_answer(answer, today, voice)}"]


def _answer(one: AnswerFound, today: date, voice: Voice) -> str:
    helped = f": {shortened(one.how, 120)}" if one.how is not None else ""
    where = f": {voice.link(one.path)}" if one.path is not None else ""
    by = f"{quiet(one.solved_by)}, {day_said(one.solved_on, today)}"
    return f"#{one.number} of {one.slug}: «{shortened(one.text)}»{helped} (solved by {by}){where}"
