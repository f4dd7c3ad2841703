"""The week, cohort by cohort: organizers hear it on their Monday, and the command line prints it."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.engine import Connection

from cohortbot.domain.absence import end_of
from cohortbot.domain.message import Timing
from cohortbot.domain.model import Cohort, CohortState, MemberState, Person, Role, Tally
from cohortbot.domain.reporting import WEEK, AwardLine, CohortWeek, WeekReport
from cohortbot.domain.zones import DAY_BEGINS
from cohortbot.service.app import App
from cohortbot.service.call import organizer_accounts, organizers
from cohortbot.service.goals import badge_path
from cohortbot.service.outbox import composes
from cohortbot.store import awards as store_awards
from cohortbot.store import away, blockers, cohorts, memberships, outbox, people, rounds
from cohortbot.store.engine import reading, transaction
from cohortbot.store.outbox import Entry

_MONDAY = 0
_MONDAY_SOMEWHERE = (6, 0, 1)  # weekdays in UTC on which it is Monday in some zone


def week(app: App, now: datetime) -> WeekReport:
    """The seven days before `now`."""
    with reading(app.engine) as tx:
        return _week(tx, app.network, now)


def _week(tx: Connection, network: str, now: datetime) -> WeekReport:
    taken, waiting = memberships.taken_and_waiting(tx)
    there = [one for one in cohorts.all_of(tx, network) if one.state is not CohortState.ARCHIVED]
    return WeekReport(tuple(_of(tx, one, taken.get(one.id, 0), waiting.get(one.id, 0), now) for one in there))


def _of(tx: Connection, cohort: Cohort, taken: int, waiting: int, now: datetime) -> CohortWeek:
    unsolved = blockers.unsolved(tx, cohort_id=cohort.id)
    completed = memberships.in_states(tx, cohort.id, Role.MENTEE, [MemberState.COMPLETED])
    return CohortWeek(
        slug=cohort.slug,
        state=cohort.state,
        checkins=_checkins(tx, cohort, now - WEEK),
        stuck=len(unsolved),
        oldest=(unsolved[0].id, now - unsolved[0].opened_at) if unsolved else None,
        present=len(away.acting_mentors(tx, cohort.id, now)),
        mentors=len(memberships.mentors(tx, cohort.id)),
        taken=taken,
        places=cohort.places,
        waiting=waiting,
        finished=sum(one.state_since > now - WEEK for one in completed),
    )


def _checkins(tx: Connection, cohort: Cohort, since: datetime) -> Tally | None:
    """Of those that closed since, and of the open one: asked and answered in all of them together."""
    held = rounds.closed_since(tx, cohort.id, since)
    if (now_open := rounds.open_of(tx, cohort.id)) is not None:
        held.append(now_open)
    if not held:
        return None
    tallies = rounds.tallies(tx, [one.id for one in held]).values()
    return Tally(sum(one.answered for one in tallies), sum(one.asked for one in tallies))


def awards(app: App) -> list[AwardLine]:
    """Every badge of the network's cohorts, the oldest first, those revoked and those that wait too."""
    with reading(app.engine) as tx:
        goals = {one.id: one for one in cohorts.all_of(tx, app.network)}
        given = [one for one in store_awards.all_of(tx) if one.cohort_id in goals]
        ids = {each for one in given for each in (one.person_id, one.confirmed_by)}
        known = people.by_ids(tx, sorted(ids), app.network)
        return [
            AwardLine(
                slug=goals[one.cohort_id].slug,
                badge=goals[one.cohort_id].badge_name,
                nick=known[one.person_id].nick,
                account=known[one.person_id].account,
                confirmed_by=known[one.confirmed_by].nick,
                confirmed_at=one.confirmed_at,
                issued_at=one.issued_at,
                revoked_at=one.revoked_at,
                path=badge_path(one),
                url=one.url,
            )
            for one in given
        ]


# --- Mondays


def tell_on_mondays(app: App, now: datetime) -> None:
    """Every organizer who is not away hears of the week when the day begins on their Monday."""
    if now.weekday() not in _MONDAY_SOMEWHERE:
        return
    with reading(app.engine) as tx:
        accounts = organizer_accounts(app, tx)
        all_known = all(people.by_account(tx, app.network, key) is not None for key in accounts)
        if all_known and not _untold(app, tx, now):
            return
    transaction(app.engine, lambda tx: _tell(app, tx, now))


def _untold(app: App, tx: Connection, now: datetime) -> list[Person]:
    return [
        one
        for one in organizers(app, tx, now)
        if _has_begun(one, now) and not outbox.is_known(tx, _key(one, now))
    ]


def _tell(app: App, tx: Connection, now: datetime) -> None:
    for one in _untold(app, tx, now):
        outbox.put(
            tx,
            "week",
            _key(one, now),
            network=one.network,
            now=now,
            person=one.id,
            expires_at=end_of(_local(one, now).date(), _zone(one)),
            timing=Timing.BY_DAY,
        )


def _has_begun(one: Person, now: datetime) -> bool:
    local = _local(one, now)
    return local.weekday() == _MONDAY and local.time() >= DAY_BEGINS


def _key(one: Person, now: datetime) -> str:
    return f"week:{_local(one, now).date()}:{one.id}"


def _local(one: Person, now: datetime) -> datetime:
    return now.astimezone(ZoneInfo(_zone(one)))


def _zone(one: Person) -> str:
    return one.zone or "UTC"


@composes("week")
def told(_app: App, tx: Connection, entry: Entry) -> WeekReport | None:
    report = _week(tx, entry.network, entry.made_at)
    return report if report.cohorts else None
