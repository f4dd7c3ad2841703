"""What happened in somebody's cohorts while they were away, as they may know it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.engine import Connection

from cohortbot.domain.absence import Answered, Briefing, Meanwhile
from cohortbot.domain.model import Blocker, BlockerState, Cohort, Membership, MemberState, Person, Role
from cohortbot.service.app import App
from cohortbot.store import away, blockers, cohorts, memberships, people, rounds
from cohortbot.store.away import Absence


def briefing(_app: App, tx: Connection, person: Person, one: Absence, now: datetime) -> Briefing:
    """Of every cohort in which they have a place or mentor; quiet ones are left out."""
    stood_in = away.stood_in(tx, one.id)
    mine = [each for each in memberships.live_of(tx, person.id) if each.state is MemberState.ACTIVE]
    told = [meanwhile(tx, cohorts.by_id(tx, each.cohort_id), each, one.began_at, now) for each in mine]
    return Briefing(
        since=one.began_at,
        zone=person.zone or (cohorts.by_id(tx, mine[0].cohort_id).zone if mine else "UTC"),
        covered_by=people.by_id(tx, stood_in.person_id, person.network).nick if stood_in else None,
        cohorts=tuple(each for each in told if each.is_news),
    )


def meanwhile(tx: Connection, cohort: Cohort, mine: Membership, since: datetime, now: datetime) -> Meanwhile:
    """The same of one cohort, since any instant."""
    mentor = mine.role is Role.MENTOR
    closed = rounds.closed_since(tx, cohort.id, since)
    tallies = rounds.tallies(tx, [one.id for one in closed])
    open_now = rounds.open_of(tx, cohort.id)
    unsolved = [one for one in blockers.unsolved(tx, cohort_id=cohort.id) if mentor or _own(one, mine)]
    solved = [one for one in blockers.solved_since(tx, cohort.id, since) if mentor or _own(one, mine)]
    people_here = memberships.in_states(
        tx, cohort.id, Role.MENTEE, [MemberState.ACTIVE, MemberState.COMPLETED]
    )
    joined = [one for one in people_here if one.state is MemberState.ACTIVE and one.state_since > since]
    finished = [one for one in people_here if one.state is MemberState.COMPLETED and one.state_since > since]
    done = [one for one in people_here if mentor and one.done_at and one.state is MemberState.ACTIVE]
    seats = (*joined, *finished, *done)
    named = [*(one.person_id for one in unsolved), *(one.person_id for one in seats)]
    names = people.by_ids(tx, named, cohort.network)

    def nicks(some: list[Membership]) -> tuple[str, ...]:
        return tuple(names[one.person_id].nick for one in some if one.id != mine.id)

    return Meanwhile(
        slug=cohort.slug,
        rounds=tuple(Answered(one.number, tallies[one.id].answered, tallies[one.id].asked) for one in closed),
        open_now=(open_now.number, open_now.closes_at)
        if open_now is not None and now < open_now.closes_at
        else None,
        stuck=tuple((one.id, None if one.private else names[one.person_id].nick) for one in unsolved),
        solved=tuple(one.id for one in solved if one.state is BlockerState.SOLVED),
        joined=nicks(joined),
        finished=nicks(finished),
        done=nicks(done),
    )


def _own(one: Blocker, mine: Membership) -> bool:
    return one.person_id == mine.person_id
