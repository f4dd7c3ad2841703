"""What a mentor had taken on when they go: let go, passed to a cover, or given back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.engine import Connection

from cohortbot.domain.absence import HandedOver, OpenAgain
from cohortbot.domain.model import Blocker, BlockerState
from cohortbot.service.app import App
from cohortbot.service.outbox import composes
from cohortbot.store import away, blockers, cohorts, outbox, people
from cohortbot.store.outbox import Entry


def let_go(tx: Connection, some: Sequence[Blocker], by: int, now: datetime) -> tuple[int, ...]:
    """What `by` had taken is open again: told to whoever is stuck, and to the mentors who are there."""
    gone = blockers.let_go(tx, some, now)
    for cohort_id in sorted({one.cohort_id for one in gone}):
        here = [one for one in gone if one.cohort_id == cohort_id]
        network = cohorts.by_id(tx, cohort_id).network
        numbers = ",".join(str(one.id) for one in here)
        for mentor in away.acting_mentors(tx, cohort_id, now):
            if mentor != by:
                outbox.put(
                    tx,
                    "handed-over",
                    f"handed-over:{by}:{cohort_id}:{now.isoformat()}:{mentor}",
                    network=network,
                    now=now,
                    person=mentor,
                    cohort=cohort_id,
                    about=by,
                    detail=numbers,
                )
        for one in here:
            _tell(tx, "open-again", one, by, now, network)
    return tuple(one.id for one in gone)


def pass_on(tx: Connection, some: Sequence[Blocker], cover: int, mentor: int, now: datetime) -> None:
    """A cover helps from now on."""
    blockers.pass_on(tx, some, cover, mentor, now)
    _tell_who_helps(tx, some, cover, now)


def give_back(tx: Connection, some: Sequence[Blocker], mentor: int, now: datetime) -> None:
    """Their mentor helps again."""
    blockers.give_back(tx, some, mentor, now)
    _tell_who_helps(tx, some, mentor, now)


def _tell_who_helps(tx: Connection, some: Sequence[Blocker], by: int, now: datetime) -> None:
    for one in some:
        _tell(tx, "blocker-taken", one, by, now, cohorts.by_id(tx, one.cohort_id).network)


def _tell(tx: Connection, kind: str, one: Blocker, by: int, now: datetime, network: str) -> None:
    outbox.put(
        tx,
        kind,
        f"{kind}:{one.id}:{now.isoformat()}:{by}",
        network=network,
        now=now,
        person=one.person_id,
        cohort=one.cohort_id,
        about=by,
        detail=str(one.id),
    )


# --- words


@composes("handed-over")
def handed_over(_app: App, tx: Connection, entry: Entry) -> HandedOver | None:
    assert entry.cohort_id is not None and entry.about_id is not None  # as `let_go` posts it
    found = [blockers.by_id(tx, int(number)) for number in (entry.detail or "").split(",")]
    still = [one for one in found if one is not None and one.state is BlockerState.OPEN]
    if not still:
        return None
    known = people.by_ids(tx, [entry.about_id, *(one.person_id for one in still)], entry.network)
    numbered = tuple((one.id, None if one.private else known[one.person_id].nick) for one in still)
    return HandedOver(known[entry.about_id].nick, cohorts.by_id(tx, entry.cohort_id).slug, numbered)


@composes("open-again")
def open_again(_app: App, tx: Connection, entry: Entry) -> OpenAgain | None:
    assert entry.about_id is not None  # as `let_go` posts it
    one = blockers.by_id(tx, int(entry.detail or 0))
    if one is None or one.state is not BlockerState.OPEN:
        return None
    return OpenAgain(one.id, people.by_id(tx, entry.about_id, entry.network).nick)
