"""One check-in: what people answer, and the mentor who opens it or looks at it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial

from cohortbot.domain import grammar, schedule, zones
from cohortbot.domain.checkins import (
    AnswerFiled,
    AnswerHeld,
    AnswerLate,
    AnswerNoted,
    AskFirst,
    BlockerOpened,
    CheckinDeclined,
    CheckinOpened,
    CheckinOverview,
    CheckinQuestion,
    CheckinStatus,
    ItsRound,
    MyCohort,
    NoCheckinOpen,
    OpenNow,
    Parts,
    decide_checkin,
    decide_cohort,
    decide_parts,
    decide_round,
)
from cohortbot.domain.deeds import Deed
from cohortbot.domain.grammar import Command
from cohortbot.domain.model import Cohort, CohortState, MemberState, Part, Person, Round, RoundState
from cohortbot.domain.refusals import (
    BadUsage,
    CohortRests,
    NobodyAsked,
    NotIdentified,
    NotInAny,
    NotInIt,
    WhichCohort,
)
from cohortbot.domain.schedule import Slot
from cohortbot.domain.verbs import BY_NAME
from cohortbot.service import answers as solved
from cohortbot.service import helping
from cohortbot.service.asked import Word, answers
from cohortbot.service.call import Call, Refused, handles
from cohortbot.service.logpaths import public_path
from cohortbot.service.offers import next_checkin
from cohortbot.service.reply import Reply
from cohortbot.service.rounds import open_rounds, opening, stuck_in, whom_to_ask
from cohortbot.store import blockers, cohorts, held, memberships, questions, rounds
from cohortbot.store.questions import Question

# --- answers


@handles("did")
@handles("next")
@handles("stuck")
@handles("same")
@handles("skip")
def answer(call: Call) -> list[Reply]:
    """File one line of answers, private when said in private. Delivered again it changes nothing."""
    parts = _parts(call)
    me = _may_answer(call)
    meant = _cohort_meant(call, me, parts)
    if isinstance(meant, WhichCohort):
        return _ask_which(call, me, meant, f"{call.verb.name} {call.command.rest}".strip())
    return _answer(call, me, meant, parts)


def file_plain(call: Call, slugs: Sequence[str]) -> list[Reply]:
    """Words that are no command, as what the speaker did, for the one of `slugs` or the one that they say."""
    me = _may_answer(call)
    if len(slugs) > 1:
        return _ask_which(call, me, WhichCohort("did", tuple(slugs)), f"did {call.command.rest}")
    return _answer(call, me, call.cohort(slugs[0]), _parts(call), plain=True)


def file_for(call: Call, slug: str, line: str) -> list[Reply]:
    """A line of answers of which it was asked for which cohort it is."""
    verb, _, rest = line.partition(" ")
    meant = replace(call, command=Command(BY_NAME[verb], rest, cohort=slug))
    return answer(meant)  # type: ignore[return-value]


def _parts(call: Call) -> Parts:
    parts = grammar.answers(call.verb.name, call.command.rest)
    if isinstance(parts, BadUsage):
        raise Refused(parts)
    if refusal := decide_parts(parts, call.app.limits.text):
        raise Refused(refusal)
    return parts


def _ask_which(call: Call, me: Person, which: WhichCohort, line: str) -> list[Reply]:
    """The line is kept for ten minutes: the bare name of a cohort files it."""
    questions.ask(call.tx, "which", me.id, call.now, call.now + call.app.limits.question, text=line)
    return [call.here(which)]


def _answer(call: Call, me: Person, cohort: Cohort, parts: Parts, *, plain: bool = False) -> list[Reply]:
    one = _round_of(call, cohort)
    if not _done_before(call):
        _file(call, cohort, one, me, parts)
    call.after_commit.append(partial(call.app.lately.answered, call.message, call.app.limits.go_on))
    return _said(call, cohort, one, me, parts, plain=plain)


def _round_of(call: Call, cohort: Cohort) -> ItsRound | None:
    """None: it waits for the next one."""
    next_at = next_checkin(call.tx, cohort, call.now)
    last = rounds.newest(call.tx, cohort.id)
    if last is not None and last.state is RoundState.OPEN and call.now >= last.closes_at:
        last = replace(last, state=RoundState.CLOSED)  # the clock has yet to notice
    return decide_round(call.now, _open_now(call, cohort), last, next_at)


def _may_answer(call: Call) -> Person:
    if not call.speaker.proven and call.app.config.identity.require_proven == "everyone":
        raise Refused(NotIdentified(call.verb.name, call.message.proof))
    me = call.speaker.person
    if me is None:
        raise Refused(NotInIt(call.names.here) if call.names.here else NotInAny())
    return me


def _cohort_meant(call: Call, me: Person, parts: Parts) -> Cohort | WhichCohort:
    named = call.command.cohort or call.names.here
    mine = {one.slug: one for one in _where_i_answer(call, me)}
    awake = [one for one in mine.values() if one.state is CohortState.ACTIVE]
    if resting := [one for one in mine.values() if one not in awake and (one.slug == named or not awake)]:
        _refuse_if_resting(call, resting[0])
    candidates = [MyCohort(one.slug, _open_now(call, one) is not None) for one in awake]
    meant = decide_cohort(parts, named, candidates)
    if isinstance(meant, WhichCohort):
        return meant
    if not isinstance(meant, MyCohort):
        raise Refused(meant)
    return mine[meant.slug]


def _refuse_if_resting(call: Call, cohort: Cohort) -> None:
    if cohort.state is not CohortState.ACTIVE:
        by = call.nick_of(cohort.state_by)
        raise Refused(CohortRests(cohort.slug, cohort.state, cohort.state_since, by, call.zone(cohort)))


def _where_i_answer(call: Call, me: Person) -> list[Cohort]:
    """Where somebody is mentee or mentor, and where an open round has asked them."""
    seated = {one.cohort_id for one in memberships.live_of(call.tx, me.id) if one.state is MemberState.ACTIVE}
    asked = {one.cohort_id for one in rounds.open_with(call.tx, me.id)}
    return [one for one in cohorts.all_of(call.tx, call.network) if one.id in seated | asked]


def _open_now(call: Call, cohort: Cohort) -> Round | None:
    """The round that is open at the time of arrival; one whose end the clock has yet to notice is not."""
    one = rounds.open_of(call.tx, cohort.id)
    return one if one is not None and call.now < one.closes_at else None


def _done_before(call: Call) -> bool:
    msgid = call.message.msgid
    filed = rounds.filed(call.tx, msgid) or held.is_held(call.tx, msgid)
    return filed or blockers.by_msgid(call.tx, msgid) is not None


def _stuck_alone(parts: Parts) -> bool:
    """What somebody is stuck on needs no round."""
    return [part for part, _ in parts] == [Part.STUCK]


def _file(call: Call, cohort: Cohort, one: ItsRound | None, me: Person, parts: Parts) -> None:
    message = call.message
    private = message.target is None
    said = {"private": private, "at": call.now, "msgid": message.msgid, "line": message.line}
    if one is not None:
        rounds.file(call.tx, one.id, me.id, parts, **said)  # type: ignore[arg-type]
    elif not _stuck_alone(parts):
        held.hold(call.tx, cohort.id, me.id, parts, **said)  # type: ignore[arg-type]
    helping.note_named(call.tx, cohort, me.id, parts, call.now)
    stuck_on = dict(parts).get(Part.STUCK)
    number = None
    if stuck_on is not None:
        number = blockers.make(
            call.tx,
            cohort_id=cohort.id,
            person_id=me.id,
            round_id=one.id if one is not None else None,
            text=stuck_on,
            private=private,
            now=call.now,
            msgid=message.msgid,
            line=message.line,
        )
    call.record(
        _deed(one, parts),
        person=me.id,
        cohort=cohort.id,
        round_=one.id if one is not None else None,
        blocker=number,
    )


def _deed(one: ItsRound | None, parts: Parts) -> Deed:
    if one is not None:
        return Deed.ANSWERED
    return Deed.STUCK if _stuck_alone(parts) else Deed.HELD


def _said(
    call: Call, cohort: Cohort, one: ItsRound | None, me: Person, parts: Parts, *, plain: bool
) -> list[Reply]:
    """In a channel only a blocker's number is said, and a receipt in private for somebody's first answers.

    That an answer was late, or waits for the next round, is said privately each time. What may help with a
    blocker is said where that was.
    """
    blocker = blockers.by_msgid(call.tx, call.message.msgid)
    number = blocker.id if blocker is not None else None
    said = list(_receipts(call, cohort, one, me, parts, number, plain=plain))
    maybe = solved.like(call, blocker.text) if blocker is not None else None
    return [*said, call.here(maybe)] if maybe is not None else said


def _receipts(
    call: Call,
    cohort: Cohort,
    one: ItsRound | None,
    me: Person,
    parts: Parts,
    number: int | None,
    *,
    plain: bool,
) -> Iterator[Reply]:
    private = call.message.target is None
    if one is not None and private and not one.late:
        yield call.here(AnswerFiled(cohort.slug, one.number, number, plain=plain))
        return
    if number is not None and (not private or _stuck_alone(parts)):
        yield call.here(BlockerOpened(cohort.slug, number, private))
    if one is None:
        if not _stuck_alone(parts):
            next_at = next_checkin(call.tx, cohort, call.now)
            yield call.privately(AnswerHeld(cohort.slug, next_at, call.zone(cohort), number))
    elif one.late:
        if not (private and _stuck_alone(parts)):
            yield call.privately(AnswerLate(cohort.slug, one.number, number))
    elif rounds.channel_answers(call.tx, me.id) <= call.app.limits.link_receipts:
        path = public_path(call.app, cohort, call.message.line)
        yield call.privately(AnswerNoted(cohort.slug, one.number, path))


# --- checkin


@handles("checkin")
def checkin(call: Call) -> CheckinStatus | CheckinOverview | CheckinOpened | CheckinQuestion:
    """Shows the open round, else opens one; asks first at night, or if a scheduled one would be taken."""
    call.require_proof()
    if call.args.cohort is None and len(call.names.own) > 1:
        several = [call.cohort(slug) for slug in call.names.own]
        for cohort in several:
            call.require_mentor(cohort)
        return CheckinOverview(tuple(_status(call, cohort) for cohort in several))
    cohort = call.cohort()
    me = call.require_mentor(cohort)
    return _checkin(call, cohort, me, asked=False)


def _checkin(
    call: Call, cohort: Cohort, me: Person, *, asked: bool
) -> CheckinStatus | CheckinOpened | CheckinQuestion:
    _refuse_if_resting(call, cohort)
    cohort = cohorts.lock(call.tx, cohort.id)
    now_open = rounds.open_of(call.tx, cohort.id)
    if now_open is not None:
        opened_by_this = now_open.opened_by == me.id and now_open.opened_at == call.now
        return _opened(call, cohort, now_open) if opened_by_this else _shown(call, cohort, now_open)
    roster = whom_to_ask(call.tx, cohort, call.now)
    if not roster:
        raise Refused(NobodyAsked(cohort.slug, len(memberships.mentees(call.tx, cohort.id))))
    night = zones.is_night(cohort.zone, call.now)
    match decide_checkin(_slot_taken(call, cohort), night=night, asked=asked):
        case OpenNow(slot):
            one = opening(call.app, cohort, roster, call.now, slot, by=me.id)
            [opened] = open_rounds(call.app, call.tx, [one], call.now)
            return _opened(call, cohort, opened)
        case AskFirst(at_night, slot):
            return _ask(call, cohort, me, night=at_night, slot=slot)


def _slot_taken(call: Call, cohort: Cohort) -> Slot | None:
    if cohort.schedule is None:
        return None
    done = rounds.newest_slots(call.tx, [cohort.id]).get(cohort.id)
    return schedule.taken_by_hand(cohort.schedule, cohort.due_from, done, call.now)


def _opened(call: Call, cohort: Cohort, one: Round) -> CheckinOpened:
    asked = rounds.tally(call.tx, one.id).asked
    return CheckinOpened(cohort.slug, one.number, asked, one.closes_at, call.zone(cohort))


def _ask(call: Call, cohort: Cohort, me: Person, *, night: bool, slot: Slot | None) -> CheckinQuestion:
    until = call.now + call.app.limits.question
    questions.ask(call.tx, "checkin", me.id, call.now, until, cohort=cohort.id)
    instead_of = None
    if cohort.schedule is not None and slot is not None:
        instead_of = schedule.instant(cohort.schedule, slot)
    return CheckinQuestion(cohort.slug, night, instead_of, call.now, cohort.zone, until)


def _status(call: Call, cohort: Cohort) -> CheckinStatus | NoCheckinOpen:
    now_open = rounds.open_of(call.tx, cohort.id)
    if now_open is None:
        return NoCheckinOpen(cohort.slug, next_checkin(call.tx, cohort, call.now), call.zone(cohort))
    return _shown(call, cohort, now_open)


def _shown(call: Call, cohort: Cohort, one: Round) -> CheckinStatus:
    tally, stuck = rounds.tally(call.tx, one.id), stuck_in(call.tx, cohort)
    return CheckinStatus(cohort.slug, one.number, tally, stuck, one.closes_at, call.zone(cohort))


@answers("checkin", Word.YES)
def open_it(call: Call, question: Question) -> CheckinStatus | CheckinOpened | CheckinQuestion:
    cohort = _asked_about(call, question)
    return _checkin(call, cohort, call.require_mentor(cohort), asked=True)


@answers("checkin", Word.NO)
def leave_it(call: Call, question: Question) -> CheckinDeclined:
    return CheckinDeclined(_asked_about(call, question).slug)


def _asked_about(call: Call, question: Question) -> Cohort:
    assert question.cohort_id is not None  # _ask
    return cohorts.by_id(call.tx, question.cohort_id)
