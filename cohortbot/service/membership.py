"""Sign up: join, leave, claim, and being added."""

from __future__ import annotations

import secrets

from cohortbot.domain.identity import claim_word, made_up
from cohortbot.domain.membership import (
    Claimed,
    Held,
    Joined,
    JoinResults,
    Left,
    Queue,
    Seat,
    Standing,
    Waiting,
    decide_join,
)
from cohortbot.domain.model import Cohort, CohortState, Membership, MemberState, Person, Role
from cohortbot.domain.programme import Added
from cohortbot.domain.refusals import (
    CohortRests,
    FullFor,
    MentorCannotBeMentee,
    NotIdentified,
    NotInIt,
    PrivateOnly,
    Refusal,
    ThrowawayNick,
    WordUnknown,
)
from cohortbot.service import seats
from cohortbot.service.call import Call, Refused, handles
from cohortbot.service.identify import has_services
from cohortbot.service.merging import move_membership
from cohortbot.store import away, cohorts, memberships, people


@handles("join")
def join(call: Call) -> JoinResults:
    """Each cohort named gets its own result, in the order named; one reply says them all."""
    _may_take_a_seat(call)
    me = call.me()
    found = {slug: cohorts.by_slug(call.tx, slug) for slug in call.args.cohorts}
    for cohort in sorted((one for one in found.values() if one), key=lambda one: one.id):
        cohorts.lock(call.tx, cohort.id)
    results: list[Standing | Refusal] = []
    enter: list[str] = []
    for slug in call.args.cohorts:
        cohort = call.cohort(slug)
        results.append(_join(call, cohort, me))
        if isinstance(results[-1], Joined) and not call.presence.in_channel(
            call.message.nick, cohort.channel
        ):
            enter.append(cohort.channel)
    return JoinResults((*results, *call.args.unknown), tuple(enter))


def _may_take_a_seat(call: Call) -> None:
    if call.speaker.proven:
        return
    if call.app.config.identity.require_proven == "everyone":
        raise Refused(NotIdentified("join", call.message.proof))
    if made_up(call.message.nick, call.app.config.identity.throwaway, call.fold):
        raise Refused(ThrowawayNick(call.message.nick))


def _join(call: Call, cohort: Cohort, me: Person) -> Standing | Refusal:
    mine = memberships.live(call.tx, cohort.id, me.id)
    last = memberships.last_of(call.tx, cohort.id, me.id)
    if _stands_in(call, cohort, me):
        return MentorCannotBeMentee(cohort.slug)
    decision = decide_join(
        cohort,
        me,
        mine,
        seats.line_of(call.tx, cohort, call.now),
        brake=_too_many_unproven(call, cohort),
        first_again=last is not None and last.first_until is not None and last.first_until > call.now,
        rests_by=call.nick_of(cohort.state_by),
        zone=call.zone(cohort),
    )
    match decision:
        case None:
            return _standing(call, cohort, mine, me, again=True)
        case Seat():
            return _seat(call, cohort, mine or _wait(call, cohort, me), me)
        case Queue(rank, held):
            if mine is not None:
                memberships.change(call.tx, mine.id, held=held, line_rank=rank)
            else:
                mine = _wait(call, cohort, me, line_rank=rank, held=held)
                _record(call, "held" if held else "waiting", cohort, mine)
            return _standing(call, cohort, mine, me)
        case refusal:
            return refusal


def _stands_in(call: Call, cohort: Cohort, person: Person) -> bool:
    """Whether they act for a mentor of it who is away: nobody is mentor and mentee of one cohort."""
    return any(one.cohort_id == cohort.id for one in away.covered_by(call.tx, person.id, call.now))


def _too_many_unproven(call: Call, cohort: Cohort) -> bool:
    """The brake is for networks with services: elsewhere nobody could prove themselves."""
    if not has_services(call.app, call.tx):
        return False
    since = call.now - call.app.limits.unproven_joins_window
    return memberships.unproven_joins(call.tx, cohort.id, since) >= call.app.limits.unproven_joins


def _wait(call: Call, cohort: Cohort, me: Person, **columns: object) -> Membership:
    return memberships.make(
        call.tx,
        cohort_id=cohort.id,
        person_id=me.id,
        role=Role.MENTEE,
        state=MemberState.WAITING,
        now=call.now,
        **columns,
    )


def _seat(call: Call, cohort: Cohort, one: Membership, me: Person) -> Joined:
    one = seats.seat(call.app, call.tx, cohort, one, call.now)
    here = call.presence.in_channel(call.message.nick, cohort.channel)
    memberships.change(call.tx, one.id, absent_since=None if here else call.now)
    if not me.proven and not call.speaker.claiming:
        people.claimed_by(call.tx, me.id, call.network, call.message.connection)
    _record(call, "joined", cohort, one)
    about = {"cohort": cohort.id, "membership": one.id}
    call.post("welcome", f"welcome:{cohort.id}:{me.id}", person=me.id, **about)
    if call.message.target != cohort.channel:
        taken = memberships.taken(call.tx, cohort.id)
        call.post("joined", f"joined:{one.id}", about=me.id, detail=str(taken), **about)
    return Joined(cohort.slug, memberships.taken(call.tx, cohort.id), cohort.places)


def _standing(
    call: Call, cohort: Cohort, mine: Membership | None, me: Person, *, again: bool = False
) -> Standing:
    """Where somebody stands; their membership must be live."""
    one = memberships.live(call.tx, cohort.id, me.id) or mine
    assert one is not None  # decide_join: nothing changes for who is in it alone
    if one.state is MemberState.ACTIVE:
        return Joined(cohort.slug, memberships.taken(call.tx, cohort.id), cohort.places, again)
    if one.held:
        return Held(cohort.slug, me.nick, again)
    return Waiting(cohort.slug, seats.place_in_line(call.tx, one), again)


def _record(call: Call, kind: str, cohort: Cohort, one: Membership) -> None:
    call.record(kind, person=one.person_id, cohort=cohort.id, membership=one.id)


@handles("leave")
def leave(call: Call) -> Left:
    """Ends a membership in whatever state; a seat goes to the next in line in the same transaction."""
    cohort = call.cohort()
    me = call.speaker.person
    cohorts.lock(call.tx, cohort.id)
    one = memberships.live(call.tx, cohort.id, me.id) if me is not None else None
    if one is None:
        raise Refused(NotInIt(cohort.slug))
    if one.role is Role.MENTOR:
        call.require_proof()
    _record(call, "left", cohort, one)
    offered = seats.end(call.app, call.tx, one, MemberState.LEFT, call.now)
    return Left(cohort.slug, one.role, one.state, offered)


@handles("claim")
def claim(call: Call) -> Claimed:
    """The speaker, proven or not, becomes the owner of the seat and its answers."""
    if call.message.target is not None:
        raise Refused(PrivateOnly("claim"))
    one = memberships.by_claim_word(call.tx, (call.args.word or "").lower(), call.now)
    if one is None:
        raise Refused(WordUnknown())
    cohort = cohorts.lock(call.tx, one.cohort_id)
    me = call.me()
    owner = people.by_id(call.tx, one.person_id, call.network)
    if owner.id != me.id:
        if owner.proven:
            raise Refused(WordUnknown())
        move_membership(call.app, call.tx, one, me, call.now)
        memberships.hand_over_answers(call.tx, cohort.id, owner.id, me.id)
    if not me.proven:
        people.claimed_by(call.tx, me.id, call.network, call.message.connection)
    mine = memberships.live(call.tx, cohort.id, me.id) or one
    word = None if me.proven else claim_word(secrets.choice)
    until = call.now + call.app.limits.claim
    memberships.change(call.tx, mine.id, claim_word=word, claim_until=until if word else None)
    _record(call, "claimed", cohort, mine)
    if me.proven:
        seats.unhold(call.app, call.tx, me, call.now)
    return Claimed(cohort.slug, memberships.by_id(call.tx, mine.id).state, word)


@handles("add")
def add(call: Call) -> Added:
    """A mentor's or organizer's word seats somebody while a place is free; else who is held goes first."""
    cohort = call.cohort()
    mentor = call.require_mentor(cohort)
    cohort = cohorts.lock(call.tx, cohort.id)
    person = call.anybody(call.args.nick or "")
    one = memberships.live(call.tx, cohort.id, person.id)
    if (one is not None and one.role is Role.MENTOR) or _stands_in(call, cohort, person):
        raise Refused(MentorCannotBeMentee(cohort.slug, person.nick))
    if one is not None and one.state is MemberState.ACTIVE:
        return _added(call, cohort, person, again=True)
    if cohort.state is not CohortState.ACTIVE:
        by = call.nick_of(cohort.state_by)
        raise Refused(CohortRests(cohort.slug, cohort.state, cohort.state_since, by, call.zone(cohort)))
    offered = one is not None and one.state is MemberState.OFFERED
    if not offered and seats.line_of(call.tx, cohort, call.now).free <= 0:
        if one is None or not one.held:
            raise Refused(FullFor(cohort.slug, cohort.places, person.nick))
        memberships.change(call.tx, one.id, held=False, line_rank=0)
        return Added(cohort.slug, person.nick, None, cohort.places, again=False)
    one = seats.seat(call.app, call.tx, cohort, one or _wait(call, cohort, person), call.now)
    here = call.presence.in_channel(person.nick, cohort.channel)
    memberships.change(call.tx, one.id, absent_since=None if here else call.now)
    seats.give_place(call.tx, cohort, one, call.now, by=mentor.id)
    return _added(call, cohort, person, again=False)


def _added(call: Call, cohort: Cohort, person: Person, *, again: bool) -> Added:
    return Added(cohort.slug, person.nick, memberships.taken(call.tx, cohort.id), cohort.places, again)
