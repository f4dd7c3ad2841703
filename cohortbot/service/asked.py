"""«yes» and «no»: the answers to the last thing that the bot asked somebody, and to no older one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum

from cohortbot.domain.outcomes import Outcome
from cohortbot.domain.refusals import BadUsage, NothingAsked
from cohortbot.service.call import Call, Refused, handles
from cohortbot.service.reply import Reply
from cohortbot.store import questions
from cohortbot.store.questions import Question


class Word(StrEnum):
    YES = "yes"
    NO = "no"


Said = Outcome | Reply | Sequence[Outcome | Reply]
Answer = Callable[[Call, Question], Said]
"""Does what the word means for one question, as things are now; a refusal leaves the question open."""

_ANSWERS: dict[tuple[str, Word], Answer] = {}


_WITH_MORE: set[str] = set()


def answers(kind: str, word: Word, *, more: bool = False) -> Callable[[Answer], Answer]:
    """Registers the one function that carries out `word` to a question of `kind` (store.questions.ask).

    `more`: words may follow it, and the function reads them.
    """

    def register(answer: Answer) -> Answer:
        _ANSWERS[kind, word] = answer
        if more:
            _WITH_MORE.add(kind)
        return answer

    return register


@handles(Word.YES)
@handles(Word.NO)
def yes_or_no(call: Call) -> Said:
    me = call.speaker.person
    last = questions.latest(call.tx, me.id) if me is not None else None
    if last is None or not last.open(call.now):
        raise Refused(NothingAsked(call.verb.name))
    answer = _ANSWERS.get((last.kind, Word(call.verb.name)))
    if answer is None:  # it is answered by its own words
        raise Refused(NothingAsked(call.verb.name))
    if call.args.text is not None and last.kind not in _WITH_MORE:
        raise Refused(BadUsage(call.verb.name, call.verb.usage))
    questions.answered(call.tx, last, call.now)
    return answer(call, last)
