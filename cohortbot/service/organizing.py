"""Organizers and people: move, remove, merge, bar, and who organizes."""

from __future__ import annotations

from sqlalchemy.engine import Connection

from cohortbot.domain.message import ToPerson
from cohortbot.domain.model import Cohort, CohortState, Membership, MemberState, Person, Role
from cohortbot.domain.outcomes import Outcome
from cohortbot.domain.programme import (
    BanLines,
    Merged,
    Moved,
    OrganizerAdded,
    OrganizerRemoved,
    PersonBarred,
    PersonUnbarred,
    Removed,
    RemovedBecause,
    YouOrganize,
    YouWereMoved,
    YouWereRemoved,
    decide_move,
    decide_remove,
)
from cohortbot.domain.refusals import (
    BadUsage,
    NotMemberOf,
    OrganizerNotBarred,
    OrganizerOfConfig,
    SamePerson,
)
from cohortbot.service import covers, seats
from cohortbot.service.app import App
from cohortbot.service.call import Call, Refused, handles, organizer_accounts
from cohortbot.service.merging import merge as merge_people
from cohortbot.service.outbox import composes, speaks_for
from cohortbot.service.reply import Reply
from cohortbot.store import bars, cohorts, memberships, outbox, people
from cohortbot.store.outbox import Entry

Said = list[Outcome | Reply]

# --- move


@handles("move")
def move(call: Call) -> Moved:
    """The old place is given up and offered on in the transaction that takes the new one."""
    me = call.require_organizer()
    left, to = call.cohort(), call.cohort(call.args.others[0])
    if left.id == to.id:
        raise Refused(BadUsage(call.verb.name, call.verb.usage))
    person = call.person(call.args.nick or "")
    for cohort_id in sorted((left.id, to.id)):
        cohorts.lock(call.tx, cohort_id)
    there = memberships.live(call.tx, left.id, person.id)
    mine = memberships.live(call.tx, to.id, person.id)
    refusal = decide_move(
        person,
        left,
        there,
        to,
        mine,
        free=seats.line_of(call.tx, to, call.now).free,
        rests_by=call.nick_of(to.state_by),
        zone=call.zone(to),
    )
    if refusal is not None:
        raise Refused(refusal)
    seated = mine is not None and mine.state is MemberState.ACTIVE
    offered = there is not None and seats.end(call.app, call.tx, there, MemberState.LEFT, call.now)
    if there is not None:
        call.record("moved_out", person=person.id, cohort=left.id, membership=there.id, detail=to.slug)
    if not seated:
        _seat_moved(call, person, left, to, mine, me)
    taken = memberships.taken(call.tx, to.id)
    return Moved(person.nick, left.slug, to.slug, taken, to.places, offered, again=there is None)


def _seat_moved(
    call: Call, person: Person, left: Cohort, to: Cohort, mine: Membership | None, by: Person
) -> None:
    one = mine or memberships.make(
        call.tx,
        cohort_id=to.id,
        person_id=person.id,
        role=Role.MENTEE,
        state=MemberState.WAITING,
        now=call.now,
    )
    one = seats.seat(call.app, call.tx, to, one, call.now)
    here = call.presence.in_channel(person.nick, to.channel)
    memberships.change(call.tx, one.id, absent_since=None if here else call.now)
    call.record("moved", person=person.id, cohort=to.id, membership=one.id, detail=left.slug)
    about = {"person": person.id, "cohort": to.id, "membership": one.id}
    call.post("moved", f"moved:{one.id}", about=by.id, detail=left.slug, **about)
    call.post("welcome", f"welcome:{to.id}:{person.id}", **about)


@composes("moved")
def moved(_app: App, tx: Connection, entry: Entry) -> YouWereMoved | None:
    assert entry.cohort_id is not None and entry.membership_id is not None  # as posted above
    if memberships.by_id(tx, entry.membership_id).state is not MemberState.ACTIVE:
        return None
    to = cohorts.by_id(tx, entry.cohort_id)
    taken = memberships.taken(tx, to.id)
    by = _by(tx, entry)
    return YouWereMoved(entry.detail or "", to.slug, by, taken, to.places, to.channel, to.channel_key)


# --- remove


@handles("remove")
def remove(call: Call) -> Said:
    """Ends a membership and offers its seat on. The reason reaches who is here, and is kept nowhere."""
    cohort = call.cohort()
    me = call.require_mentor(cohort)
    person = call.person(call.args.nick or "")
    cohorts.lock(call.tx, cohort.id)
    one = memberships.live(call.tx, cohort.id, person.id)
    if one is None:
        return [_removed_before(call, cohort, person)]
    refusal = decide_remove(cohort, one, person, organizer=call.speaker.organizer)
    if refusal is not None:
        raise Refused(refusal)
    offered = seats.end(call.app, call.tx, one, MemberState.REMOVED, call.now)
    call.record("removed", person=person.id, cohort=cohort.id, membership=one.id)
    call.post(
        "removed", f"removed:{one.id}", person=person.id, cohort=cohort.id, membership=one.id, about=me.id
    )
    nick = speaks_for(call.tx, person, call.presence)
    done = Removed(person.nick, cohort.slug, one.role, offered, heard_why=nick is not None, again=False)
    if nick is None:
        return [done]
    return [done, Reply(ToPerson(nick), RemovedBecause(cohort.slug, me.nick, call.args.text or ""))]


def _removed_before(call: Call, cohort: Cohort, person: Person) -> Removed:
    last = memberships.last_of(call.tx, cohort.id, person.id)
    if last is None or last.state is not MemberState.REMOVED:
        raise Refused(NotMemberOf(person.nick, cohort.slug, "member"))
    return Removed(person.nick, cohort.slug, last.role, offered_to_next=False, heard_why=False, again=True)


@composes("removed")
def removed(_app: App, tx: Connection, entry: Entry) -> YouWereRemoved:
    assert entry.cohort_id is not None  # as posted above
    return YouWereRemoved(cohorts.by_id(tx, entry.cohort_id).slug, _by(tx, entry))


def _by(tx: Connection, entry: Entry) -> str:
    """Who did it, for a word that names them in `about_id`."""
    known = people.by_ids(tx, [entry.about_id or 0], entry.network)
    return next((one.nick for one in known.values()), "an organizer")


# --- merge


@handles("merge")
def merge(call: Call) -> Merged:
    call.require_organizer()
    one, into = call.person(call.args.nick or ""), call.person(call.args.others[0])
    if one.id == into.id:
        raise Refused(SamePerson(one.nick, into.nick))
    merge_people(call.app, call.tx, one, into, call.now)
    call.record("merged", person=into.id)
    theirs = [cohorts.by_id(call.tx, each.cohort_id) for each in memberships.live_of(call.tx, into.id)]
    # In a channel a cohort that is not public is not named.
    named = [each.slug for each in theirs if each.public or call.message.target is None]
    return Merged(one.nick, into.nick, tuple(named))


# --- bar and unbar


@handles("bar")
def bar(call: Call) -> Said:
    """Ends all memberships, passes seats on, and gives the lines that close the channels to them too."""
    me = call.require_organizer()
    person = call.anybody(call.args.nick or "")
    accounts = [one.account for one in people.identities(call.tx, person.id, call.network) if one.account]
    organizing = organizer_accounts(call.app, call.tx)
    if organizer := next((account for account in accounts if account.lower() in organizing), None):
        raise Refused(OrganizerNotBarred(person.nick, organizer))
    again = not bars.put(call.tx, call.network, _names(call, person), me.id, call.now)
    ended = sorted(memberships.live_of(call.tx, person.id), key=lambda one: one.cohort_id)
    for one in ended:
        seats.end(call.app, call.tx, one, MemberState.REMOVED, call.now)
        call.record("removed", person=person.id, cohort=one.cohort_id, membership=one.id)
    covers.withdraw(call.app, call.tx, person.id, call.now)
    outbox.withdraw(call.tx, call.now, person=person.id)
    if not again:
        call.record("barred", person=person.id)
    mask = accounts[0] if accounts else f"{person.nick}!*@*"
    lines = BanLines(_open_channels(call), mask, call.args.text or "")
    return [PersonBarred(person.nick, len(ended), again), call.privately(lines)]


def _open_channels(call: Call) -> tuple[str, ...]:
    every = cohorts.all_of(call.tx, call.network)
    return tuple(one.channel for one in every if one.state is not CohortState.ARCHIVED)


def _names(call: Call, person: Person) -> set[str]:
    """Every name under which somebody may come: their accounts, else the nicks that they claimed."""
    known = people.identities(call.tx, person.id, call.network)
    accounts = {bars.account(call.fold(one.account)) for one in known if one.account}
    return accounts or {bars.nick(one.nick_key) for one in known}


@handles("unbar")
def unbar(call: Call) -> PersonUnbarred:
    """By name alone too, since a bar outlives the erasure of its person."""
    call.require_organizer()
    nick = call.args.nick or ""
    key = call.fold(nick)
    names = {bars.account(key), bars.nick(key)}
    person = people.by_nick(call.tx, call.network, key)
    if person is not None:
        names |= _names(call, person)
    was = bars.take_back(call.tx, call.network, names)
    if was:
        call.record("unbarred", person=person.id if person is not None else None)
    return PersonUnbarred(person.nick if person is not None else nick, was)


# --- organizers


@handles("organizer add")
def add_organizer(call: Call) -> OrganizerAdded:
    """An account of this network; whoever is known by it is told."""
    me = call.require_organizer()
    account = call.args.word or ""
    person = people.by_account(call.tx, call.network, call.fold(account))
    account = (person.account if person is not None else None) or account
    key = account.lower()
    if key in organizer_accounts(call.app, call.tx):
        return OrganizerAdded(account, person is not None, again=True)
    people.add_organizer(call.tx, call.network, account, key, me.id, call.now)
    call.record("organizer_added", person=person.id if person is not None else None)
    if person is not None:
        key = f"organizer-added:{person.id}:{call.now.isoformat()}"
        call.post("organizer-added", key, person=person.id, about=me.id)
    return OrganizerAdded(account, person is not None, again=False)


@handles("organizer remove")
def remove_organizer(call: Call) -> OrganizerRemoved:
    call.require_organizer()
    account = call.args.word or ""
    key = account.lower()
    if key in {one.lower() for one in call.app.config.programme.organizers}:
        raise Refused(OrganizerOfConfig(account))
    was = people.remove_organizer(call.tx, call.network, key)
    if was:
        person = people.by_account(call.tx, call.network, call.fold(account))
        call.record("organizer_removed", person=person.id if person is not None else None)
        if person is not None:
            outbox.withdraw(call.tx, call.now, kinds=["organizer-added"], person=person.id)
    return OrganizerRemoved(account, was)


@composes("organizer-added")
def organizer_added(_app: App, tx: Connection, entry: Entry) -> YouOrganize:
    return YouOrganize(_by(tx, entry))
