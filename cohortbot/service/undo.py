"""Taking one's own latest deed back: what it was, and the state that is left."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlalchemy.engine import Connection

from cohortbot.domain.checkins import AnswerTakenBack, CheckinTakenBack, HeldTakenBack
from cohortbot.domain.deeds import UNDONE, Deed, latest_standing, undone_by, undone_detail
from cohortbot.domain.membership import FIRST_BY_UNDO
from cohortbot.domain.mentoring import (
    CompletionTakenBack,
    DoneTakenBack,
    OfferTakenBack,
    SolutionTakenBack,
    StuckTakenBack,
    TakeTakenBack,
)
from cohortbot.domain.model import Award, Blocker, BlockerState, Cohort, Membership, MemberState, Role
from cohortbot.domain.outcomes import Outcome
from cohortbot.domain.refusals import AlreadySolved, CheckinAnswered, NothingToUndo
from cohortbot.service import seats
from cohortbot.service.app import App
from cohortbot.service.call import Call, Refused, handles
from cohortbot.service.offers import next_checkin
from cohortbot.service.outbox import composes
from cohortbot.service.reply import Reply
from cohortbot.store import awards, blockers, cohorts, events, held, memberships, outbox, people, rounds
from cohortbot.store.blockers import Step
from cohortbot.store.events import Event
from cohortbot.store.outbox import Entry

Said = Outcome | Reply


@handles("undo")
def undo(call: Call) -> Said:
    """Takes back the speaker's newest deed of the last `Limits.undo` that still stands."""
    me = call.speaker.person
    window = call.app.limits.undo
    nothing = Refused(NothingToUndo(int(window.total_seconds() // 60)))
    if me is None:
        raise nothing
    lately = events.latest_by(call.tx, me.id, call.now - window)
    if (before := _done_before(call, lately)) is not None:
        return _DESCRIBE[Deed(undone_by(before.detail)[0])](call, before)
    deed = latest_standing(lately)
    if deed is None:
        raise nothing
    kind = Deed(deed.kind)
    if not _TAKE_BACK[kind](call, deed):
        raise nothing
    call.record(
        UNDONE,
        person=deed.person_id,
        cohort=deed.cohort_id,
        membership=deed.membership_id,
        round_=deed.round_id,
        blocker=deed.blocker_id,
        award=deed.award_id,
        detail=undone_detail(kind, call.message.msgid),
    )
    return _DESCRIBE[kind](call, deed)


def _done_before(call: Call, lately: Sequence[Event]) -> Event | None:
    """What this very message took back, if it was carried out before and its reply lost."""
    undone = (one for one in lately if one.kind == UNDONE)
    return next((one for one in undone if undone_by(one.detail)[1] == call.message.msgid), None)


# --- answers and blockers


def _answer(call: Call, deed: Event) -> bool:
    """With what it said they are stuck on, unless that was solved meanwhile."""
    assert deed.round_id is not None  # domain.deeds
    if not rounds.take_back(call.tx, deed.round_id, call.me().id, call.now):
        return False
    one = blockers.by_id(call.tx, deed.blocker_id) if deed.blocker_id is not None else None
    if one is not None and one.state in blockers.UNSOLVED:
        _move(call, one, BlockerState.UNDONE)
    return True


def _answer_said(call: Call, deed: Event) -> Reply:
    """Privately, if the answer was: a channel does not even hear that there was one."""
    assert deed.round_id is not None  # domain.deeds
    one = rounds.by_id(call.tx, deed.round_id)
    cohort = cohorts.by_id(call.tx, one.cohort_id)
    still = rounds.has_answered(call.tx, one.id, call.me().id)
    blocker = blockers.by_id(call.tx, deed.blocker_id) if deed.blocker_id is not None else None
    gone = blocker.id if blocker is not None and blocker.state is BlockerState.UNDONE else None
    outcome = AnswerTakenBack(cohort.slug, one.number, gone, still)
    private = rounds.taken_back_privately(call.tx, one.id, call.me().id, call.now)
    return call.privately(outcome) if private else call.here(outcome)


def _held(call: Call, deed: Event) -> bool:
    """Also when its round has opened meanwhile; with what it said they are stuck on."""
    assert deed.cohort_id is not None  # domain.deeds
    me = call.me()
    newest = rounds.newest(call.tx, deed.cohort_id)
    gone = held.take_back(call.tx, deed.cohort_id, me.id) or (
        newest is not None and rounds.take_back(call.tx, newest.id, me.id, call.now)
    )
    one = blockers.by_id(call.tx, deed.blocker_id) if deed.blocker_id is not None else None
    if gone and one is not None and one.state in blockers.UNSOLVED:
        _move(call, one, BlockerState.UNDONE)
    return gone


def _held_said(call: Call, deed: Event) -> Reply:
    assert deed.cohort_id is not None  # domain.deeds
    return call.privately(HeldTakenBack(cohorts.by_id(call.tx, deed.cohort_id).slug))


def _stuck(call: Call, deed: Event) -> bool:
    one = _blocker(call, deed)
    if one.state is BlockerState.SOLVED:
        raise Refused(AlreadySolved(one.id, call.nick_of(one.solved_by) or ""))
    return one.state in blockers.UNSOLVED and _move(call, one, BlockerState.UNDONE)


def _take(call: Call, deed: Event) -> bool:
    one = _blocker(call, deed)
    if one.state is BlockerState.SOLVED:
        raise Refused(AlreadySolved(one.id, call.nick_of(one.solved_by) or ""))
    if one.state is not BlockerState.TAKEN or one.taken_by != call.me().id:
        return False
    return _move(call, one, BlockerState.OPEN, taken_by=None, taken_at=None)


def _solution(call: Call, deed: Event) -> bool:
    """Whoever had taken it has it again."""
    one = _blocker(call, deed)
    if one.state is not BlockerState.SOLVED or one.solved_by != call.me().id:
        return False
    before = BlockerState.TAKEN if one.taken_by is not None else BlockerState.OPEN
    return _move(call, one, before, solved_by=None, solved_at=None, how=None)


def _blocker(call: Call, deed: Event) -> Blocker:
    assert deed.blocker_id is not None  # domain.deeds
    one = blockers.by_id(call.tx, deed.blocker_id)
    assert one is not None  # rows are never deleted: the foreign key of `event` holds them
    return one


def _move(call: Call, one: Blocker, state: BlockerState, **columns: object) -> bool:
    if not blockers.move_to(call.tx, one, state, **columns):
        return False
    message = call.message
    blockers.add_step(
        call.tx, one.id, Step.UNDONE, call.me().id, call.now, msgid=message.msgid, line=message.line
    )
    return True


def _blocker_said(outcome: Callable[[Call, Blocker], Outcome]) -> Callable[[Call, Event], Reply]:
    """Of a private blocker nothing is said in a channel."""

    def said(call: Call, deed: Event) -> Reply:
        one = _blocker(call, deed)
        what = outcome(call, one)
        return call.privately(what) if one.private else call.here(what)

    return said


# --- goals


def _done(call: Call, deed: Event) -> bool:
    one = _membership(call, deed)
    if one.state is not MemberState.ACTIVE:
        return False
    memberships.change(call.tx, one.id, done_at=None, done_url=None)
    outbox.withdraw(call.tx, call.now, kinds=["done"], membership=one.id)
    return True


def _done_said(call: Call, deed: Event) -> DoneTakenBack:
    return DoneTakenBack(cohorts.by_id(call.tx, _membership(call, deed).cohort_id).slug)


def _membership(call: Call, deed: Event) -> Membership:
    assert deed.membership_id is not None  # domain.deeds
    return memberships.by_id(call.tx, deed.membership_id)


def _completion(call: Call, deed: Event) -> bool:
    """Revokes the award; the seat is theirs again if free or only offered on, else they are first in line."""
    assert deed.award_id is not None  # domain.deeds
    one = _membership(call, deed)
    cohort = cohorts.lock(call.tx, one.cohort_id)
    award = awards.by_id(call.tx, deed.award_id)
    if not awards.revoke(call.tx, award.id, call.now):
        return False
    outbox.withdraw(call.tx, call.now, award=award.id)
    _reinstate(call, cohort, one, award)
    ids = {"cohort": cohort.id, "membership": one.id, "award": award.id}
    call.post("completion-undone", f"completion-undone:{award.id}", person=award.person_id, **ids)
    if call.message.target != cohort.channel:
        call.post("award-undone", f"award-undone:{award.id}", **ids)
    return True


def _reinstate(call: Call, cohort: Cohort, one: Membership, award: Award) -> None:
    one = memberships.live(call.tx, cohort.id, one.person_id) or one
    if one.state not in (MemberState.COMPLETED, MemberState.WAITING):
        return  # they have been given another place since
    if memberships.taken(call.tx, cohort.id) >= cohort.places:
        _take_offer_back(call, cohort, award)
    is_free = memberships.taken(call.tx, cohort.id) < cohort.places
    if is_free and memberships.take_seat(call.tx, cohort.id, one.id):
        memberships.move_to(call.tx, one, MemberState.ACTIVE, call.now, held=False)
        return
    rank = {"line_rank": FIRST_BY_UNDO, "line_since": call.now}
    memberships.move_to(call.tx, one, MemberState.WAITING, call.now, **rank)


def _take_offer_back(call: Call, cohort: Cohort, award: Award) -> None:
    """The newest offer made since; whoever had it waits again, where they stood, and is told if they knew."""
    offered = memberships.in_states(call.tx, cohort.id, Role.MENTEE, [MemberState.OFFERED])
    since = [one for one in offered if one.state_since >= award.confirmed_at]
    if not since:
        return
    newest = max(since, key=lambda one: (one.state_since, one.id))
    memberships.free_seat(call.tx, newest.id)
    memberships.move_to(call.tx, newest, MemberState.WAITING, call.now, offered_until=None)
    unsaid = outbox.withdraw(call.tx, call.now, kinds=["offer"], membership=newest.id)
    events.record(
        call.tx,
        "offer_withdrawn",
        call.now,
        by=call.me().id,
        person=newest.person_id,
        cohort=cohort.id,
        membership=newest.id,
    )
    if not unsaid:
        key = f"offer-undone:{newest.id}:{award.id}"
        call.post("offer-undone", key, person=newest.person_id, cohort=cohort.id, membership=newest.id)


def _completion_said(call: Call, deed: Event) -> CompletionTakenBack:
    one = _membership(call, deed)
    cohort = cohorts.by_id(call.tx, one.cohort_id)
    return _taken_back(call.tx, cohort, one.person_id, call.nick_of(one.person_id))


def _taken_back(tx: Connection, cohort: Cohort, person_id: int, nick: str | None) -> CompletionTakenBack:
    now = memberships.live(tx, cohort.id, person_id)
    waits = now is not None and now.state is MemberState.WAITING
    place = seats.place_in_line(tx, now) if now is not None and waits else None
    return CompletionTakenBack(cohort.slug, nick, place)


# --- check-ins


def _checkin(call: Call, deed: Event) -> bool:
    assert deed.round_id is not None  # domain.deeds
    one = rounds.by_id(call.tx, deed.round_id)
    cohort = cohorts.lock(call.tx, one.cohort_id)
    if rounds.is_answered(call.tx, one.id):
        raise Refused(CheckinAnswered(cohort.slug, one.number))
    if not rounds.undo_opening(call.tx, one.id, call.now):
        return False
    cohorts.change(call.tx, cohort.id, {"due_at": None})
    outbox.withdraw(call.tx, call.now, kinds=["prompt"], round=one.id)
    if call.message.target != cohort.channel:
        call.post("checkin-undone", f"checkin-undone:{one.id}", cohort=cohort.id, round_=one.id)
    return True


def _checkin_said(call: Call, deed: Event) -> CheckinTakenBack:
    assert deed.round_id is not None  # domain.deeds
    one = rounds.by_id(call.tx, deed.round_id)
    cohort = cohorts.by_id(call.tx, one.cohort_id)
    return CheckinTakenBack(
        cohort.slug, one.number, next_checkin(call.tx, cohort, call.now), call.zone(cohort)
    )


_TAKE_BACK: dict[Deed, Callable[[Call, Event], bool]] = {
    Deed.ANSWERED: _answer,
    Deed.HELD: _held,
    Deed.STUCK: _stuck,
    Deed.TAKEN: _take,
    Deed.SOLVED: _solution,
    Deed.DONE: _done,
    Deed.COMPLETED: _completion,
    Deed.OPENED: _checkin,
}
"""Takes a deed back; False when others have changed it since, so that it is not theirs to take back."""

_DESCRIBE: dict[Deed, Callable[[Call, Event], Said]] = {
    Deed.ANSWERED: _answer_said,
    Deed.HELD: _held_said,
    Deed.STUCK: _blocker_said(lambda _, one: StuckTakenBack(one.id)),
    Deed.TAKEN: _blocker_said(lambda _, one: TakeTakenBack(one.id)),
    Deed.SOLVED: _blocker_said(lambda call, one: SolutionTakenBack(one.id, call.nick_of(one.taken_by))),
    Deed.DONE: _done_said,
    Deed.COMPLETED: _completion_said,
    Deed.OPENED: _checkin_said,
}
"""The state that is left, from the deed or from the `undone` row, which has the same ids."""


# --- words


def _about(tx: Connection, entry: Entry) -> tuple[Cohort, Membership]:
    assert entry.cohort_id is not None and entry.membership_id is not None  # both kinds below have both
    return cohorts.by_id(tx, entry.cohort_id), memberships.by_id(tx, entry.membership_id)


@composes("completion-undone")
def completion_undone(_app: App, tx: Connection, entry: Entry) -> CompletionTakenBack:
    cohort, one = _about(tx, entry)
    return _taken_back(tx, cohort, one.person_id, None)


@composes("award-undone")
def award_undone(_app: App, tx: Connection, entry: Entry) -> CompletionTakenBack:
    cohort, one = _about(tx, entry)
    return _taken_back(tx, cohort, one.person_id, people.by_id(tx, one.person_id, entry.network).nick)


@composes("offer-undone")
def offer_undone(_app: App, tx: Connection, entry: Entry) -> OfferTakenBack | None:
    cohort, one = _about(tx, entry)
    if one.state is not MemberState.WAITING:
        return None
    return OfferTakenBack(cohort.slug, seats.place_in_line(tx, one))


@composes("checkin-undone")
def checkin_undone(_app: App, tx: Connection, entry: Entry) -> CheckinTakenBack:
    assert entry.cohort_id is not None and entry.round_id is not None  # as `_checkin` posts it
    cohort, one = cohorts.by_id(tx, entry.cohort_id), rounds.by_id(tx, entry.round_id)
    return CheckinTakenBack(cohort.slug, one.number, next_checkin(tx, cohort, entry.made_at), cohort.zone)
