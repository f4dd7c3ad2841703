"""A check-in that a mentor calls off: the open one, else the next."""

from __future__ import annotations

from cohortbot.domain import schedule
from cohortbot.domain.checkins import RoundSkipped
from cohortbot.domain.message import ToChannel
from cohortbot.domain.model import Cohort, CohortState, Round, RoundState
from cohortbot.domain.refusals import CohortRests, NoneToSkip, TooLong
from cohortbot.service.call import Call, Refused, handles
from cohortbot.service.offers import next_checkin
from cohortbot.service.reply import Reply
from cohortbot.store import cohorts, outbox, rounds


@handles("skip-round")
def skip_round(call: Call) -> list[RoundSkipped | Reply]:
    """Said again before its time is over it changes nothing; the reason is said, and kept nowhere."""
    cohort = call.cohort()
    me = call.require_mentor(cohort)
    why = call.args.text
    if why is not None and len(why) > call.app.limits.text:
        raise Refused(TooLong("reason", call.app.limits.text, len(why)))
    cohort = cohorts.lock(call.tx, cohort.id)
    if cohort.state is not CohortState.ACTIVE:
        by = call.nick_of(cohort.state_by)
        raise Refused(CohortRests(cohort.slug, cohort.state, cohort.state_since, by, call.zone(cohort)))
    last = rounds.newest(call.tx, cohort.id)
    if last is not None and last.state is RoundState.SKIPPED and call.now < last.closes_at:
        return [_said(call, cohort, last, why=None, again=True)]
    if last is not None and last.state is RoundState.OPEN:
        skipped = _skip_open(call, last)
    else:
        skipped = _skip_next(call, cohort)
    call.record("skipped", cohort=cohort.id, round_=skipped.id)
    said = _said(call, cohort, skipped, why=why, again=False)
    if call.message.target == cohort.channel or not call.presence.joined(cohort.channel):
        return [said]
    told = RoundSkipped(
        said.slug, said.number, said.due, said.next_at, cohort.zone, by=me.nick, why=why, again=False
    )
    return [said, Reply(ToChannel(cohort.channel), told)]


def _skip_open(call: Call, one: Round) -> Round:
    """What was answered stays; nobody counts as silent."""
    rounds.skip(call.tx, one.id, call.now)
    outbox.withdraw(call.tx, call.now, kinds=["prompt"], round=one.id)
    return one


def _skip_next(call: Call, cohort: Cohort) -> Round:
    """Its slot is taken and numbered, as if it had been held."""
    plan = cohort.schedule
    done = rounds.newest_slots(call.tx, [cohort.id]).get(cohort.id)
    slot = schedule.next_undone(plan, cohort.due_from, done, call.now) if plan is not None else None
    if plan is None or slot is None:
        raise Refused(NoneToSkip(cohort.slug))
    due = schedule.instant(plan, slot)
    return rounds.make(
        call.tx,
        cohort.id,
        state=RoundState.SKIPPED,
        slot=slot,
        opened_at=due,
        closes_at=schedule.closes_at(plan, due, slot),
        closed_at=call.now,
        opened_by=None,
    )


def _said(call: Call, cohort: Cohort, one: Round, *, why: str | None, again: bool) -> RoundSkipped:
    due = one.opened_at if one.opened_at > call.now else None
    next_at = next_checkin(call.tx, cohort, call.now)
    return RoundSkipped(
        cohort.slug, one.number, due, next_at, call.zone(cohort), by=None, why=why, again=again
    )
