"""Cohorts: read as domain values, written setting by setting."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, func, insert, or_, select, update
from sqlalchemy.engine import Connection, Row

from cohortbot.domain.model import Badge, Cohort, CohortState
from cohortbot.domain.schedule import Schedule
from cohortbot.store import days_off
from cohortbot.store.tables import cohort
from cohortbot.store.types import UtcDateTime

_EVERY = select(cohort, days_off.of_each(cohort.c.network).label("days_off"))
# Looked for with every word that is said: whole and made once, or making them would take longer than running.
_IN_ORDER = _EVERY.order_by(cohort.c.state == CohortState.ARCHIVED, cohort.c.id)
_OF_NETWORK = _IN_ORDER.where(cohort.c.network == bindparam("on"))
_BY_SLUG = _EVERY.where(cohort.c.slug == bindparam("slug"))
_BY_ID = _EVERY.where(cohort.c.id == bindparam("id"))


def _cohort(row: Row) -> Cohort:
    schedule = None
    if row.every_weeks is not None:
        schedule = Schedule(
            every_weeks=row.every_weeks,
            weekday=row.weekday,
            at=row.at,
            zone=row.zone,
            starts=row.starts,
            open_for=row.open_for,
            skip=days_off.read(row.days_off).union(map(date.fromisoformat, row.skip or ())),
            ends=row.ends,
        )
    badge = None
    if row.badge_name or row.badge_description or row.badge_criteria:
        # What is missing is said in the cohort's own words.
        badge = Badge(
            name=row.badge_name or row.title,
            description=row.badge_description or row.goal,
            criteria=row.badge_criteria or row.goal,
        )
    return Cohort(
        id=row.id,
        slug=row.slug,
        network=row.network,
        title=row.title,
        goal=row.goal,
        channel=row.channel,
        channel_key=row.channel_key,
        places=row.places,
        mentors_wanted=row.mentors_wanted,
        public=row.public,
        steps=tuple(row.steps),
        next_slugs=tuple(row.next_slugs or ()),
        ends=row.ends,
        schedule=schedule,
        question=row.question,
        badge=badge,
        state=CohortState(row.state),
        state_since=row.state_since,
        state_by=row.state_by,
        due_from=row.due_from,
    )


# What `make` and `change` below write: columns of the table, by name.
Columns = Mapping[str, Any]

_SETTINGS = [
    cohort.c[name]
    for name in (
        *("title", "goal", "channel", "channel_key", "places", "mentors_wanted", "public", "steps"),
        *("next_slugs", "ends"),
        *("every_weeks", "weekday", "at", "zone", "starts", "open_for", "skip", "question"),
        *("badge_name", "badge_description", "badge_criteria"),
    )
]


def all_of(tx: Connection, network: str | None = None) -> list[Cohort]:
    """Every cohort (of a network), in the order in which they were made, archived ones last."""
    if network is None:
        return [_cohort(row) for row in tx.execute(_IN_ORDER)]
    return [_cohort(row) for row in tx.execute(_OF_NETWORK, {"on": network})]


def by_slug(tx: Connection, slug: str) -> Cohort | None:
    row = tx.execute(_BY_SLUG, {"slug": slug}).first()
    return _cohort(row) if row is not None else None


def by_id(tx: Connection, cohort_id: int) -> Cohort:
    return _cohort(tx.execute(_BY_ID, {"id": cohort_id}).one())


def by_ids(tx: Connection, cohort_ids: Collection[int]) -> list[Cohort]:
    """In the order of their ids."""
    return [
        _cohort(row) for row in tx.execute(_EVERY.where(cohort.c.id.in_(cohort_ids)).order_by(cohort.c.id))
    ]


def lock(tx: Connection, cohort_id: int) -> Cohort:
    """The cohort, with every other writer of it kept waiting until this transaction ends.

    On SQLite a writing transaction has the whole file already. Several are locked in the order of their ids.
    """
    return _cohort(tx.execute(_EVERY.where(cohort.c.id == cohort_id).with_for_update(of=cohort)).one())


def lock_all(tx: Connection, cohort_ids: Collection[int]) -> list[Cohort]:
    """The same for several, in the order of their ids."""
    query = _EVERY.where(cohort.c.id.in_(cohort_ids)).order_by(cohort.c.id)
    return [_cohort(row) for row in tx.execute(query.with_for_update(of=cohort))]


def make(
    tx: Connection,
    *,
    slug: str,
    network: str,
    columns: Columns,
    file_settings: Mapping[str, Any],
    now: datetime,
) -> Cohort:
    made = tx.execute(
        insert(cohort).values(
            slug=slug,
            network=network,
            state=CohortState.ACTIVE,
            state_since=now,
            made_at=now,
            due_from=now,
            file_settings=dict(file_settings),
            **columns,
        )
    )
    return by_id(tx, made.inserted_primary_key[0])


def change(tx: Connection, cohort_id: int, columns: Columns) -> None:
    tx.execute(update(cohort).where(cohort.c.id == cohort_id).values(**columns))


def columns(tx: Connection, cohort_id: int) -> dict[str, Any]:
    """The columns that hold settings, by name."""
    row = tx.execute(select(*_SETTINGS).where(cohort.c.id == cohort_id)).one()
    return dict(row._mapping)


def by_channel(tx: Connection, network: str, channel: str) -> Cohort | None:
    """Whose channel this is, as the store spells it."""
    row = tx.execute(_EVERY.where(cohort.c.network == network, cohort.c.channel == channel)).first()
    return _cohort(row) if row is not None else None


def had_settings(tx: Connection, cohort_id: int, given: Mapping[str, Any]) -> None:
    """Remember the settings as the config file gives them now."""
    tx.execute(update(cohort).where(cohort.c.id == cohort_id).values(file_settings=dict(given)))


def file_settings(tx: Connection, cohort_id: int) -> dict[str, Any]:
    """The settings as the config file last gave them."""
    found = tx.scalar(select(cohort.c.file_settings).where(cohort.c.id == cohort_id))
    return dict(found or {})


def move_to(tx: Connection, one: Cohort, state: CohortState, by: int | None, now: datetime) -> bool:
    """False when somebody else has changed its state meanwhile."""
    done = tx.execute(
        update(cohort)
        .where(cohort.c.id == one.id, cohort.c.state == one.state)
        .values(state=state, state_since=now, state_by=by)
    )
    return done.rowcount == 1


def perhaps_due(tx: Connection, network: str, now: datetime) -> list[int]:
    """Active cohorts with a schedule of which it is not known that nothing is due yet, by id."""
    return list(tx.scalars(_PERHAPS_DUE, {"network": network, "now": now}))


_ACTIVE = and_(cohort.c.network == bindparam("network"), cohort.c.state == CohortState.ACTIVE)
_BY_NOW = cohort.c.due_at <= bindparam("now", type_=UtcDateTime)
_PERHAPS_DUE = (
    select(cohort.c.id)
    # Said twice, so that each half is found in ix_cohort_due.
    .where(or_(and_(_ACTIVE, cohort.c.due_at.is_(None)), and_(_ACTIVE, _BY_NOW)))
    .where(cohort.c.every_weeks.is_not(None))
    .order_by(cohort.c.id)
)


def note_due(tx: Connection, due_at: Mapping[int, datetime]) -> None:
    """Nothing is due in these cohorts, by id, before these instants."""
    if due_at:
        rows = [{"this_one": cohort_id, "then": at} for cohort_id, at in due_at.items()]
        tx.execute(_DUE_AT, rows)


# Made once: these are many.
_DUE_AT = update(cohort).where(cohort.c.id == bindparam("this_one")).values(due_at=bindparam("then"))


def look_anew(tx: Connection, network: str) -> None:
    """Find out anew when each cohort is due: the zone database may be another than at the last start."""
    known = (cohort.c.network == network, cohort.c.due_at.is_not(None))
    tx.execute(update(cohort).where(*known).values(due_at=None))


def ending(tx: Connection, network: str, until: datetime) -> list[int]:
    """Cohorts that end before an instant and have not, of which somebody may have to be told, by id."""
    # A day further: where it is later than in UTC, the date begins before it does there.
    return list(tx.scalars(_ENDING, {"network": network, "near": until.date() + timedelta(days=1)}))


_ENDING = (
    select(cohort.c.id)
    .where(
        cohort.c.network == bindparam("network"), cohort.c.ends <= bindparam("near", type_=cohort.c.ends.type)
    )
    .where(cohort.c.state.in_([CohortState.ACTIVE, CohortState.PAUSED]))
    .order_by(cohort.c.id)
)


def tell_of_end(tx: Connection, one: Cohort) -> bool:
    """Remember that its people know when it ends; False when they do already."""
    known = (cohort.c.id == one.id, cohort.c.ends_told.is_distinct_from(one.ends))
    return tx.execute(update(cohort).where(*known).values(ends_told=one.ends)).rowcount == 1


def empty_begins(tx: Connection, cohort_id: int, now: datetime) -> bool:
    """Remember since when organizers know that there is nobody to ask; False when they know already."""
    spell = (cohort.c.id == cohort_id, cohort.c.empty_since.is_(None))
    return tx.execute(update(cohort).where(*spell).values(empty_since=now)).rowcount == 1


def empty_ends(tx: Connection, cohort_ids: Collection[int]) -> None:
    spell = (cohort.c.id.in_(cohort_ids), cohort.c.empty_since.is_not(None))
    tx.execute(update(cohort).where(*spell).values(empty_since=None))


def few_mentors_begin(tx: Connection, cohort_id: int, now: datetime) -> bool:
    """Remember since when organizers know; False when they know already."""
    spell = (cohort.c.id == cohort_id, cohort.c.few_mentors_since.is_(None))
    return tx.execute(update(cohort).where(*spell).values(few_mentors_since=now)).rowcount == 1


def few_mentors_end(tx: Connection, cohort_id: int) -> None:
    tx.execute(update(cohort).where(cohort.c.id == cohort_id).values(few_mentors_since=None))


def count(tx: Connection) -> int:
    return int(tx.scalar(select(func.count()).select_from(cohort)) or 0)
