"""What people are stuck on: taken by somebody who helps, solved by whoever knows that it is over."""

from __future__ import annotations

from sqlalchemy.engine import Connection

from cohortbot.domain.deeds import Deed
from cohortbot.domain.helping import BlockerLine, BlockersIn, BlockersInAll
from cohortbot.domain.mentoring import (
    BlockerSolved,
    BlockerTaken,
    Bystander,
    HelpComes,
    SolvedForYou,
    decide_reach,
    decide_solve,
    decide_take,
)
from cohortbot.domain.message import ToPerson
from cohortbot.domain.model import Blocker, BlockerState, Cohort, MemberState, Person
from cohortbot.domain.refusals import BlockersOf, MentorsOnly, NoSuchBlocker, NotInAny, Refusal, TooLong
from cohortbot.service.app import App
from cohortbot.service.call import Call, Refused, handles
from cohortbot.service.outbox import composes
from cohortbot.service.reply import Reply
from cohortbot.store import blockers, cohorts, memberships, people
from cohortbot.store.blockers import Step
from cohortbot.store.outbox import Entry


@handles("take")
def take(call: Call) -> Reply:
    """By number anybody of the cohort (a private one: its mentors); by nick a mentor."""
    me = _speaker(call)
    one = _numbered(call, me, call.args.number) if call.args.number is not None else _taken_of_nick(call, me)
    _refuse(_may_take(call, me, one))
    again = one.state is BlockerState.TAKEN
    if again:
        blockers.change(call.tx, one.id, taken_at=call.now)  # they say that they still help
    else:
        if not blockers.move_to(call.tx, one, BlockerState.TAKEN, taken_by=me.id, taken_at=call.now):
            raise _lost(call, me, one)
        _note(call, one, Step.TAKEN, Deed.TAKEN)
        _tell_elsewhere(call, one, me, "taken")
    nick = None if one.private else call.nick_of(one.person_id)
    return _said(call, one, BlockerTaken(one.id, nick, again))


@handles("unstuck")
def unstuck(call: Call) -> Reply:
    """One's own, or a public one of one's cohort; a mentor also by nick, and private ones of theirs."""
    me = _speaker(call)
    one, how = _solved_one(call, me)
    if how is not None and len(how) > call.app.limits.text:
        raise Refused(TooLong("answer", call.app.limits.text, len(how)))
    _refuse(decide_solve(one, me.id, call.nick_of(one.solved_by)))
    again = one.state is BlockerState.SOLVED
    if not again:
        if not blockers.move_to(
            call.tx, one, BlockerState.SOLVED, solved_by=me.id, solved_at=call.now, how=how
        ):
            raise _lost(call, me, one)
        _note(call, one, Step.SOLVED, Deed.SOLVED, how)
        _tell_elsewhere(call, one, me, "solved")
    after = (one.solved_at or call.now) - one.opened_at
    named = one.person_id == me.id and call.message.target is not None
    nick = None if named else call.nick_of(one.person_id)
    return _said(call, one, BlockerSolved(one.id, nick, after, again))


@handles("blockers")
def list_(call: Call) -> BlockersIn | BlockersInAll:
    """What is not solved in a cohort; without one, of a mentor of several, in each of theirs."""
    call.require_proof()
    if call.args.cohort is None and len(call.names.own) > 1:
        several = [call.cohort(slug) for slug in call.names.own]
        for cohort in several:
            call.require_mentor(cohort)
        return BlockersInAll(tuple(_unsolved_in(call, cohort) for cohort in several))
    cohort = call.cohort()
    call.require_mentor(cohort)
    return _unsolved_in(call, cohort)


def _unsolved_in(call: Call, cohort: Cohort) -> BlockersIn:
    lines = [
        BlockerLine(
            one.id,
            None if one.private else call.nick_of(one.person_id),
            None if one.private else one.text,
            call.nick_of(one.taken_by),
            call.now - one.opened_at,
        )
        for one in blockers.unsolved(call.tx, cohort_id=cohort.id)
    ]
    return BlockersIn(cohort.slug, tuple(lines), f"/c/{cohort.slug}" if cohort.public else None)


def _speaker(call: Call) -> Person:
    if call.speaker.person is None:
        raise Refused(NotInAny())
    return call.speaker.person


# --- which one


def _numbered(call: Call, me: Person, number: int) -> Blocker:
    one = blockers.by_id(call.tx, number)
    if one is None:
        raise Refused(NoSuchBlocker(number, _in_reach(call, me)))
    cohort = cohorts.by_id(call.tx, one.cohort_id)
    who, mentors = _bystander(call, cohort, me), call.mentor_nicks(cohort)
    refusal = decide_reach(one, who, call.verb.name, cohort.slug, mentors, _in_reach(call, me))
    _refuse(refusal)
    return one


def _bystander(call: Call, cohort: Cohort, me: Person) -> Bystander:
    mine = memberships.live(call.tx, cohort.id, me.id)
    return Bystander(
        person_id=me.id,
        member=mine is not None and mine.state is MemberState.ACTIVE,
        mentor=call.speaker.proven and call.mentors_it(cohort, me),
        organizer=call.speaker.organizer,
    )


def _in_reach(call: Call, me: Person) -> tuple[int, ...]:
    """The unsolved blockers that the speaker may name, of all their cohorts."""
    found: list[int] = []
    for one in memberships.live_of(call.tx, me.id):
        cohort = cohorts.by_id(call.tx, one.cohort_id)
        who = _bystander(call, cohort, me)
        found += [each.id for each in blockers.unsolved(call.tx, cohort_id=cohort.id) if who.may_touch(each)]
    return tuple(sorted(found))


def _of(call: Call, me: Person, owner: Person) -> tuple[list[Blocker], list[Blocker]]:
    """Somebody's unsolved blockers: those where the speaker has a mentor's rights, and those in plain sight.

    Of the cohort that was named, or left out and clear, else of all.
    """
    rights: list[Blocker] = []
    sight: list[Blocker] = []
    for one in blockers.unsolved(call.tx, person_id=owner.id):
        cohort = cohorts.by_id(call.tx, one.cohort_id)
        if call.args.cohort not in (None, cohort.slug):
            continue
        who = _bystander(call, cohort, me)
        if who.mentor or (who.organizer and not one.private):
            rights.append(one)
        elif who.member:
            sight.append(one)
    return rights, sight


def _taken_of_nick(call: Call, me: Person) -> Blocker:
    """The one open blocker of a nick; if there is no other, the one that the speaker has taken already."""
    owner = call.person(call.args.nick or "")
    rights, sight = _of(call, me, owner)
    if not rights and sight:
        cohort = cohorts.by_id(call.tx, sight[0].cohort_id)
        raise Refused(MentorsOnly(cohort.slug, call.verb.name, call.mentor_nicks(cohort)))
    waiting = [one for one in rights if one.state is BlockerState.OPEN]
    mine = [one for one in rights if one.taken_by == me.id]
    candidates = waiting or mine or rights
    if len(candidates) != 1:
        raise Refused(BlockersOf(owner.nick, tuple(one.id for one in candidates), call.verb.name))
    return candidates[0]


def _solved_one(call: Call, me: Person) -> tuple[Blocker, str | None]:
    """Which one, and how. A first word that names nobody to solve for is part of how one's own was solved."""
    if call.args.number is not None:
        return _numbered(call, me, call.args.number), call.args.text
    if call.args.nick is not None:
        owner = people.by_nick(call.tx, call.network, call.fold(call.args.nick))
        rights = _of(call, me, owner)[0] if owner is not None and owner.id != me.id else []
        if len(rights) == 1:
            return rights[0], call.args.text
        if rights and owner is not None:
            raise Refused(BlockersOf(owner.nick, tuple(one.id for one in rights), call.verb.name))
    own = blockers.unsolved(call.tx, person_id=me.id)
    if len(own) > 1 and call.names.here is not None:
        here = call.cohort(call.names.here)
        own = [one for one in own if one.cohort_id == here.id] or own
    if len(own) != 1:
        raise Refused(BlockersOf(None, tuple(one.id for one in own), call.verb.name))
    return own[0], call.command.rest.strip() or None


# --- what follows


def _refuse(refusal: Refusal | None) -> None:
    if refusal is not None:
        raise Refused(refusal)


def _lost(call: Call, me: Person, one: Blocker) -> Refused:
    """Somebody else was faster: they are named."""
    now = blockers.by_id(call.tx, one.id) or one
    return Refused(_may_take(call, me, now) or NoSuchBlocker(one.id, _in_reach(call, me)))


def _may_take(call: Call, me: Person, one: Blocker) -> Refusal | None:
    owner, taker, solver = (call.nick_of(each) for each in (one.person_id, one.taken_by, one.solved_by))
    return decide_take(one, me.id, owner, taker, solver)


def _note(call: Call, one: Blocker, step: Step, deed: Deed, how: str | None = None) -> None:
    message, by = call.message, call.me().id
    blockers.add_step(call.tx, one.id, step, by, call.now, msgid=message.msgid, line=message.line, text=how)
    call.record(deed, person=one.person_id, cohort=one.cohort_id, blocker=one.id)


def _tell_elsewhere(call: Call, one: Blocker, me: Person, kind: str) -> None:
    """Whoever is stuck hears of it privately where the cohort's channel does not say it."""
    heard = not one.private and call.message.target == cohorts.by_id(call.tx, one.cohort_id).channel
    if heard or one.person_id == me.id:
        return
    call.post(
        f"blocker-{kind}",
        f"blocker-{kind}:{one.id}:{call.message.msgid}",
        person=one.person_id,
        cohort=one.cohort_id,
        about=me.id,
        detail=str(one.id),
    )


def _said(call: Call, one: Blocker, outcome: BlockerTaken | BlockerSolved) -> Reply:
    """Of a private blocker nothing is said in a channel."""
    return Reply(ToPerson(call.message.nick), outcome) if one.private else call.here(outcome)


# --- words


def _about(tx: Connection, entry: Entry) -> tuple[Blocker | None, Person]:
    assert entry.about_id is not None  # both kinds below name who did it
    by = people.by_id(tx, entry.about_id, entry.network)
    return blockers.by_id(tx, int(entry.detail or 0)), by


@composes("blocker-taken")
def taken(_app: App, tx: Connection, entry: Entry) -> HelpComes | None:
    one, by = _about(tx, entry)
    if one is None or one.state is not BlockerState.TAKEN or one.taken_by != by.id:
        return None
    return HelpComes(one.id, by.nick)


@composes("blocker-solved")
def solved(_app: App, tx: Connection, entry: Entry) -> SolvedForYou | None:
    one, by = _about(tx, entry)
    if one is None or one.state is not BlockerState.SOLVED or one.solved_by != by.id:
        return None
    return SolvedForYou(one.id, by.nick)
