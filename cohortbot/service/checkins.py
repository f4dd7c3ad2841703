"""One check-in: what people answer, and the mentor who opens it or looks at it."""

from __future__ import annotations

from cohortbot.domain import grammar, schedule, zones
from cohortbot.domain.checkins import (
    AnswerFiled,
    AnswerNoted,
    AskFirst,
    BlockerOpened,
    CheckinDeclined,
    CheckinOpened,
    CheckinOverview,
    CheckinQuestion,
    CheckinStatus,
    MyCohort,
    NoCheckinOpen,
    OpenNow,
    Parts,
    decide_checkin,
    decide_cohort,
    decide_parts,
)
from cohortbot.domain.deeds import Deed
from cohortbot.domain.model import Cohort, CohortState, MemberState, Part, Person, Round
from cohortbot.domain.refusals import BadUsage, CohortRests, NotIdentified, NotInAny, NotInIt
from cohortbot.domain.schedule import Slot
from cohortbot.service import helping
from cohortbot.service.asked import Word, answers
from cohortbot.service.call import Call, Refused, handles
from cohortbot.service.logpaths import public_path
from cohortbot.service.offers import next_checkin
from cohortbot.service.reply import Reply
from cohortbot.service.rounds import open_round, stuck_in
from cohortbot.store import blockers, cohorts, memberships, questions, rounds
from cohortbot.store.questions import Question

# --- answers


@handles("did")
@handles("next")
@handles("stuck")
@handles("same")
@handles("skip")
def answer(call: Call) -> list[Reply]:
    """File one line of answers, private when said in private. Delivered again it changes nothing."""
    parts = grammar.answers(call.verb.name, call.command.rest)
    if isinstance(parts, BadUsage):
        raise Refused(parts)
    if refusal := decide_parts(parts, call.app.limits.text):
        raise Refused(refusal)
    me = _may_answer(call)
    cohort = _cohort_meant(call, me, parts)
    now_open = _open_now(call, cohort)
    if not _done_before(call):
        _file(call, cohort, now_open, me, parts)
    return _said(call, cohort, now_open, me)


def _may_answer(call: Call) -> Person:
    if not call.speaker.proven and call.app.config.identity.require_proven == "everyone":
        raise Refused(NotIdentified(call.verb.name, call.message.proof))
    me = call.speaker.person
    if me is None:
        raise Refused(NotInIt(call.names.here) if call.names.here else NotInAny())
    return me


def _cohort_meant(call: Call, me: Person, parts: Parts) -> Cohort:
    named = call.command.cohort or call.names.here
    mine = {one.slug: one for one in _where_i_answer(call, me)}
    awake = [one for one in mine.values() if one.state is CohortState.ACTIVE]
    if resting := [one for one in mine.values() if one not in awake and (one.slug == named or not awake)]:
        _refuse_if_resting(call, resting[0])
    candidates = [
        MyCohort(
            one.slug, _open_now(call, one) is not None, next_checkin(call.tx, one, call.now), call.zone(one)
        )
        for one in awake
    ]
    meant = decide_cohort(parts, named, candidates)
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
    return rounds.filed(call.tx, msgid) or blockers.by_msgid(call.tx, msgid) is not None


def _file(call: Call, cohort: Cohort, now_open: Round | None, me: Person, parts: Parts) -> None:
    message = call.message
    private = message.target is None
    if now_open is not None:
        rounds.file(
            call.tx,
            now_open.id,
            me.id,
            parts,
            private=private,
            at=call.now,
            msgid=message.msgid,
            line=message.line,
        )
    helping.note_named(call.tx, cohort, me.id, parts, call.now)
    stuck_on = dict(parts).get(Part.STUCK)
    number = None
    if stuck_on is not None:
        number = blockers.make(
            call.tx,
            cohort_id=cohort.id,
            person_id=me.id,
            round_id=now_open.id if now_open is not None else None,
            text=stuck_on,
            private=private,
            now=call.now,
            msgid=message.msgid,
            line=message.line,
        )
    call.record(
        Deed.ANSWERED if now_open is not None else Deed.STUCK,
        person=me.id,
        cohort=cohort.id,
        round_=now_open.id if now_open is not None else None,
        blocker=number,
    )


def _said(call: Call, cohort: Cohort, now_open: Round | None, me: Person) -> list[Reply]:
    """In a channel only a blocker's number is said, and a receipt in private for somebody's first answers."""
    blocker = blockers.by_msgid(call.tx, call.message.msgid)
    private = call.message.target is None
    if private and now_open is not None:
        return [call.here(AnswerFiled(cohort.slug, now_open.number, blocker.id if blocker else None))]
    replies: list[Reply] = []
    if blocker is not None:
        replies.append(call.here(BlockerOpened(cohort.slug, blocker.id, private)))
    if now_open is not None and rounds.channel_answers(call.tx, me.id) <= call.app.limits.link_receipts:
        replies.append(
            call.privately(
                AnswerNoted(cohort.slug, now_open.number, public_path(call.app, cohort, call.message.line))
            )
        )
    return replies


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
    night = zones.is_night(cohort.zone, call.now)
    match decide_checkin(_slot_taken(call, cohort), night=night, asked=asked):
        case OpenNow(slot):
            opened = open_round(call.app, call.tx, cohort, call.now, slot, late=False, by=me.id)
            return _opened(call, cohort, opened)
        case AskFirst(at_night, slot):
            return _ask(call, cohort, me, night=at_night, slot=slot)


def _slot_taken(call: Call, cohort: Cohort) -> Slot | None:
    if cohort.schedule is None:
        return None
    done = rounds.newest_slots(call.tx, [cohort.id]).get(cohort.id)
    return schedule.taken_by_hand(cohort.schedule, done, call.now)


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
