"""Plain words: what somebody says privately, that is no command, while a round waits for their answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from cohortbot.chatlog.discretion import without_secret
from cohortbot.domain import grammar
from cohortbot.domain.grammar import Args, Command, Line
from cohortbot.domain.message import Message, ToPerson
from cohortbot.domain.model import CohortState, MemberState
from cohortbot.domain.outcomes import Outcome
from cohortbot.domain.refusals import UnknownVerb
from cohortbot.domain.verbs import BY_NAME
from cohortbot.service import checkins, fitting
from cohortbot.service.call import HANDLERS, Call
from cohortbot.service.reply import PasswordNotKept, Reply
from cohortbot.store import cohorts, memberships, questions, rounds

Said = Outcome | Reply | list[Outcome | Reply] | list[Reply]
MakeCall = Callable[[Command], Call]
"""The speaker's call of a command, its arguments not bound yet."""


def carry_out(line: Line, message: Message, slugs: list[str], make: MakeCall) -> Said | Command | UnknownVerb:
    """What a private line without `!` does, or the command that it is after all.

    A bare cohort answers the question «for which?», or takes a place that is offered; what does not fit its
    verb is filed as what the speaker did, while a round waits for that.
    """
    call = make(Command(BY_NAME["did"], line.text))
    waiting = _rounds_that_wait(call)
    if (meant := _bare_cohort(call, line)) is not None:
        return meant
    for reading in fitting.readings(line):
        command = grammar.command(reading, slugs)
        if isinstance(command, Command) and fitting.fits(make(command), unanswered=bool(waiting)):
            return command
    alone = len(line.text.split()) == 1 and fitting.begins_a_verb(line.text)
    if alone or not waiting:
        return grammar.command(line, list(call.names.channels))
    if without_secret(message.text) is not None:
        return Reply(ToPerson(message.nick), PasswordNotKept())
    return checkins.file_plain(call, waiting)


def _rounds_that_wait(call: Call) -> list[str]:
    """The cohorts whose open round has asked the speaker and has no answer of theirs."""
    me = call.speaker.person
    asked = rounds.open_with(call.tx, me.id) if me is not None else []
    found = []
    for one in asked:
        cohort = cohorts.by_id(call.tx, one.cohort_id)
        if cohort.network != call.network or cohort.state is not CohortState.ACTIVE:
            continue
        if call.now < one.closes_at and me is not None and not rounds.has_answered(call.tx, one.id, me.id):
            found.append(cohort.slug)
    return found


def _bare_cohort(call: Call, line: Line) -> Said | None:
    me = call.speaker.person
    slug = line.text.strip().lower().lstrip("#")
    if me is None or slug not in call.names.channels:
        return None
    asked = questions.latest(call.tx, me.id, "which")
    if asked is not None and asked.open(call.now) and asked.text is not None:
        questions.answered(call.tx, asked, call.now)
        return checkins.file_for(call, slug, asked.text)
    one = memberships.live(call.tx, call.cohort(slug).id, me.id)
    if one is None or one.state is not MemberState.OFFERED:
        return None
    joining = replace(call, command=Command(BY_NAME["join"], slug), args=Args(cohorts=(slug,)))
    return HANDLERS["join"](joining)  # type: ignore[return-value]
