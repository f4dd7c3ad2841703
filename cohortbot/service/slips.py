"""Slips in a cohort's own channel: a member is asked privately what they meant, and «yes» files it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from cohortbot.domain import grammar, slips
from cohortbot.domain.checkins import SlipAsked, SlipLeft
from cohortbot.domain.grammar import Args, Command, Line
from cohortbot.domain.refusals import BadUsage
from cohortbot.domain.verbs import ANSWER_VERBS
from cohortbot.service import fitting
from cohortbot.service.asked import Said, Word, answers
from cohortbot.service.call import HANDLERS, Call, Refused, addressed
from cohortbot.service.reply import Reply
from cohortbot.store import cohorts, memberships, questions
from cohortbot.store.questions import Question


def ask(line: Line, make: Callable[[Command], Call]) -> list[Reply]:
    """One private line, if the mended one fits and its speaker is a member; else silence."""
    meant = slips.mended(line.text)
    command = grammar.command(Line(meant, bang=True)) if meant is not None else None
    if meant is None or not isinstance(command, Command):
        return []
    call = make(command)
    me, here = call.speaker.person, call.names.here
    if me is None or here is None or not _fits(call):
        return []
    cohort = call.cohort(here)
    if memberships.live(call.tx, cohort.id, me.id) is None:
        return []
    until = call.now + call.app.limits.question
    questions.ask(
        call.tx, "slip", me.id, call.now, until, cohort=cohort.id, text=meant, line=call.message.line
    )
    return [call.privately(SlipAsked(cohort.channel, meant))]


def _fits(call: Call) -> bool:
    if call.verb.name in ANSWER_VERBS:
        return not isinstance(grammar.answers(call.verb.name, call.command.rest), BadUsage)
    return fitting.fits(call, unanswered=False)


@answers("slip", Word.YES)
def carry_out(call: Call, question: Question) -> Said:
    """As if it had been said so, where and when it was said."""
    assert question.cohort_id is not None and question.text is not None  # `ask`
    cohort = cohorts.by_id(call.tx, question.cohort_id)
    command = grammar.command(Line(question.text, bang=True))
    assert isinstance(command, Command)  # `ask` has seen it
    names = replace(call.names, here=cohort.slug)
    message = replace(call.message, text=question.text)
    if command.verb.name in ANSWER_VERBS:  # an answer is as public as the line that it mends
        message = replace(message, target=cohort.channel, line=question.line)
    args = grammar.bind(command.verb, command.rest, names)
    if not isinstance(args, Args):
        raise Refused(args)
    meant = replace(call, command=command, message=message, names=names, args=args)
    return addressed(HANDLERS[command.verb.name](meant), message)


@answers("slip", Word.NO)
def leave_it(_call: Call, question: Question) -> SlipLeft:
    return SlipLeft(question.text or "")
