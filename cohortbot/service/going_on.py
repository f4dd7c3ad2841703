"""A line that begins with `...`: more words of what its speaker has just answered."""

from __future__ import annotations

from functools import partial

from cohortbot.domain import grammar
from cohortbot.domain.checkins import AnswerContinued, BlockerContinued
from cohortbot.domain.message import Message
from cohortbot.domain.model import Part, Person
from cohortbot.domain.refusals import TooLong
from cohortbot.service import helping
from cohortbot.service.app import App
from cohortbot.service.call import Call, Refused
from cohortbot.service.reply import Reply
from cohortbot.store import blockers, cohorts, held, rounds, unfinished
from cohortbot.store.blockers import Step
from cohortbot.store.unfinished import Unfinished


def is_for_us(app: App, message: Message) -> bool:
    """In a channel only from who has answered there within the last minute: from others it is chat."""
    if message.target is None or grammar.going_on(message.text) is None:
        return False  # privately every line is
    return app.lately.has_answered(message, app.limits.go_on)


def carry_out(call: Call, words: str) -> list[Reply] | None:
    """Append; None when there is nothing to go on from. Delivered again it changes nothing.

    Privately one line says to what; in a channel nothing is said, as of any answer.
    """
    me, target = call.speaker.person, call.message.target
    if me is None:
        return None
    before = unfinished.newest(call.tx, me.id, call.now - call.app.limits.go_on, target)
    if before is None or before.part is Part.SAME:
        return None
    if not _done_before(call):
        _append(call, me, before, words)
    call.after_commit.append(partial(call.app.lately.answered, call.message, call.app.limits.go_on))
    return [call.here(_outcome(call, before))] if target is None else []


def _done_before(call: Call) -> bool:
    msgid = call.message.msgid
    return rounds.filed(call.tx, msgid) or held.is_held(call.tx, msgid) or blockers.has_step(call.tx, msgid)


def _append(call: Call, me: Person, before: Unfinished, words: str) -> None:
    text = f"{before.text} {words}".strip()
    if len(text) > call.app.limits.text:
        raise Refused(TooLong("answer", call.app.limits.text, len(text)))
    message, parts = call.message, ((before.part, text),)
    said = {"private": message.target is None, "at": call.now, "msgid": message.msgid, "line": message.line}
    if before.round_id is not None:
        rounds.file(call.tx, before.round_id, me.id, parts, continues=before.msgid, **said)  # type: ignore[arg-type]
    elif before.blocker_alone is None:
        held.hold(call.tx, before.cohort_id, me.id, parts, continues=before.msgid, **said)  # type: ignore[arg-type]
    if before.part is Part.STUCK:
        _tell_more(call, me, before, text, words)
    helping.note_named(call.tx, cohorts.by_id(call.tx, before.cohort_id), me.id, parts, call.now)


def _tell_more(call: Call, me: Person, before: Unfinished, text: str, words: str) -> None:
    """What they are stuck on, too, unless it was solved meanwhile."""
    one = blockers.by_msgid(call.tx, before.msgid)
    if one is None or one.state not in blockers.UNSOLVED:
        return
    blockers.change(call.tx, one.id, text=text)
    message = call.message
    blockers.add_step(
        call.tx, one.id, Step.ADDED, me.id, call.now, msgid=message.msgid, line=message.line, text=words
    )


def _outcome(call: Call, before: Unfinished) -> AnswerContinued | BlockerContinued:
    if before.blocker_alone is not None:
        return BlockerContinued(before.blocker_alone)
    number = rounds.by_id(call.tx, before.round_id).number if before.round_id is not None else None
    return AnswerContinued(cohorts.by_id(call.tx, before.cohort_id).slug, number)
