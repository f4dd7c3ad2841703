"""Mentors: who volunteers, and who confirms them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.engine import Connection

from cohortbot.domain.mentoring import (
    Confirm,
    MentorAsked,
    MentorConfirmed,
    MentorDeclined,
    MentorProposed,
    MentorWelcome,
    NotMentoring,
    Propose,
    decide_mentor,
)
from cohortbot.domain.message import Timing
from cohortbot.domain.model import Cohort, CohortState, Membership, MemberState, Person, Role
from cohortbot.domain.refusals import CohortNeeded, CohortRests, NotMemberOf
from cohortbot.service import coverage, seats
from cohortbot.service.app import App
from cohortbot.service.call import Call, Refused, handles, organizers
from cohortbot.service.coverage import acting, left_in
from cohortbot.service.outbox import composes
from cohortbot.service.waits import Wait, waits
from cohortbot.store import away, cohorts, memberships, outbox, people
from cohortbot.store.outbox import Entry


@handles("mentor")
def mentor(call: Call) -> MentorProposed | MentorConfirmed:
    """Volunteers; an organizer is confirmed at once, others wait for a mentor's or organizer's word."""
    call.require_proof()
    cohort = cohorts.lock(call.tx, call.cohort().id)
    me = call.me()
    mine = memberships.live(call.tx, cohort.id, me.id)
    decision = decide_mentor(cohort.slug, mine, organizer=call.speaker.organizer)
    if decision is not None and cohort.state is CohortState.ARCHIVED:
        by = call.nick_of(cohort.state_by)
        raise Refused(CohortRests(cohort.slug, cohort.state, cohort.state_since, by, call.zone(cohort)))
    match decision:
        case None if mine is not None and mine.state is MemberState.ACTIVE:
            return _confirmed(call, cohort, None, again=True)
        case None:
            return MentorProposed(cohort.slug, _nicks(_deciders(call, cohort, me)), again=True)
        case Propose():
            return _propose(call, cohort, me)
        case Confirm():
            one = mine or _volunteer(call, cohort, me)
            _confirm(call, cohort, one)
            return _confirmed(call, cohort, None)
        case refusal:
            raise Refused(refusal)


def _volunteer(call: Call, cohort: Cohort, me: Person) -> Membership:
    return memberships.make(
        call.tx,
        cohort_id=cohort.id,
        person_id=me.id,
        role=Role.MENTOR,
        state=MemberState.PROPOSED,
        now=call.now,
    )


def _propose(call: Call, cohort: Cohort, me: Person) -> MentorProposed:
    one = _volunteer(call, cohort, me)
    ids = {"cohort": cohort.id, "membership": one.id}
    call.record("mentor_proposed", person=me.id, **ids)
    deciders = _deciders(call, cohort, me)
    for each in deciders:
        key = f"mentor-proposed:{one.id}:{each.id}"
        call.post("mentor-proposed", key, person=each.id, about=me.id, **ids)
    return MentorProposed(cohort.slug, _nicks(deciders))


def _deciders(call: Call, cohort: Cohort, me: Person) -> list[Person]:
    """Whom a private word can reach: the mentors who are there, then the organizers, each once."""
    everyone = [*acting(call.tx, cohort, call.now), *organizers(call.app, call.tx, call.now)]
    return list({one.id: one for one in everyone if one.id != me.id}.values())


def _nicks(some: list[Person]) -> tuple[str, ...]:
    return tuple(one.nick for one in some)


# --- a mentor's or organizer's word


@handles("mentor ok")
def mentor_ok(call: Call) -> MentorConfirmed:
    """Confirms a volunteer, who is told; the others who were asked are not asked any more."""
    cohort, person = _proposal(call)
    one = memberships.live(call.tx, cohort.id, person.id)
    if one is not None and one.role is Role.MENTOR and one.state is MemberState.ACTIVE:
        return _confirmed(call, cohort, person.nick, again=True)
    one = _proposed(one, cohort, person)
    _confirm(call, cohort, one)
    key = f"mentor-confirmed:{one.id}"
    about = call.me().id
    call.post("mentor-confirmed", key, person=person.id, cohort=cohort.id, membership=one.id, about=about)
    return _confirmed(call, cohort, person.nick)


@handles("mentor no")
def mentor_no(call: Call) -> MentorDeclined:
    """Declines a volunteer, who is told."""
    cohort, person = _proposal(call)
    one = _proposed(memberships.live(call.tx, cohort.id, person.id), cohort, person)
    seats.end(call.app, call.tx, one, MemberState.REMOVED, call.now)
    ids = {"cohort": cohort.id, "membership": one.id}
    call.record("mentor_declined", person=person.id, **ids)
    call.post("mentor-declined", f"mentor-declined:{one.id}", person=person.id, **ids)
    return MentorDeclined(cohort.slug, person.nick)


def _proposal(call: Call) -> tuple[Cohort, Person]:
    """The cohort (locked) and the volunteer that are meant; the speaker may decide there."""
    person = call.person(call.args.nick or "")
    cohort = call.cohort() if call.args.cohort is not None else _where_proposed(call, person)
    call.require_mentor(cohort)
    return cohorts.lock(call.tx, cohort.id), person


def _where_proposed(call: Call, person: Person) -> Cohort:
    mine = call.names.channels if call.speaker.organizer else call.names.own
    proposed = [
        cohorts.by_id(call.tx, one.cohort_id)
        for one in memberships.live_of(call.tx, person.id)
        if one.state is MemberState.PROPOSED
    ]
    candidates = [one for one in proposed if one.slug in mine]
    if len(candidates) == 1:
        return candidates[0]
    slugs = tuple(one.slug for one in candidates) or tuple(call.names.own)
    raise Refused(CohortNeeded(call.verb.name, call.verb.usage, slugs, tuple(call.names.channels)))


def _proposed(one: Membership | None, cohort: Cohort, person: Person) -> Membership:
    if one is None or one.state is not MemberState.PROPOSED:
        raise Refused(NotMemberOf(person.nick, cohort.slug, "volunteer"))
    return one


def _confirm(call: Call, cohort: Cohort, one: Membership) -> None:
    memberships.move_to(call.tx, one, MemberState.ACTIVE, call.now)
    coverage.gained(call.app, call.tx, cohort.id, call.now)
    outbox.withdraw(call.tx, call.now, kinds=["mentor-proposed"], membership=one.id)
    call.record("mentor_confirmed", person=one.person_id, cohort=cohort.id, membership=one.id)


def _confirmed(call: Call, cohort: Cohort, nick: str | None, *, again: bool = False) -> MentorConfirmed:
    mentors = len(memberships.mentors(call.tx, cohort.id))
    uncovered = left_in(call.tx, cohort, call.now).uncovered
    return MentorConfirmed(cohort.slug, nick, mentors, cohort.mentors_wanted, uncovered, again)


# --- words


def _about(tx: Connection, entry: Entry) -> tuple[Cohort, Membership, Person]:
    assert entry.cohort_id is not None and entry.membership_id is not None  # every kind below has both
    one = memberships.by_id(tx, entry.membership_id)
    return cohorts.by_id(tx, entry.cohort_id), one, people.by_id(tx, one.person_id, entry.network)


@waits
def unanswered(app: App, tx: Connection, before: datetime, now: datetime) -> list[Wait]:
    """Volunteers whom nobody has confirmed or declined."""
    return [
        Wait(
            kind="mentor-proposed",
            key=f"{one.id}:{one.state_since.isoformat()}",
            since=one.state_since,
            to=tuple(away.acting_mentors(tx, one.cohort_id, now)),
            cohort=one.cohort_id,
            membership=one.id,
        )
        for one in memberships.proposed(tx, app.network, before)
    ]


@composes("mentor-proposed")
def asked(_app: App, tx: Connection, entry: Entry) -> MentorAsked | None:
    cohort, one, person = _about(tx, entry)
    if one.state is not MemberState.PROPOSED:
        return None
    since = one.state_since if entry.timing is Timing.DAILY else None
    return MentorAsked(cohort.slug, person.nick, since, cohort.zone)


@composes("mentor-confirmed")
def confirmed(_app: App, tx: Connection, entry: Entry) -> MentorWelcome | None:
    cohort, one, person = _about(tx, entry)
    if one.state is not MemberState.ACTIVE:
        return None
    by = people.by_id(tx, entry.about_id, entry.network).nick if entry.about_id is not None else None
    return MentorWelcome(cohort.slug, by, cohort.channel, cohort.channel_key, person.zone is not None)


@composes("mentor-declined")
def declined(_app: App, tx: Connection, entry: Entry) -> NotMentoring:
    cohort, _, _ = _about(tx, entry)
    return NotMentoring(cohort.slug)
