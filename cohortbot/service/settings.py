"""A cohort's settings in their three forms: the config's, flat by key, and the columns of its table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import SecretStr
from sqlalchemy.engine import Connection

from cohortbot.config import (
    SETTINGS,
    WEEKDAYS,
    Badge,
    Checkin,
    CohortConfig,
    Setting,
    cohort_from,
    settings,
)
from cohortbot.domain import schedule
from cohortbot.domain.casemap import fold
from cohortbot.domain.model import Cohort
from cohortbot.domain.schedule import Schedule
from cohortbot.service import ending, replanning, seats
from cohortbot.service.app import App
from cohortbot.service.replanning import Replanned
from cohortbot.store import cohorts, events

Flat = Mapping[str, Setting]
"""Every key of a cohort (`config.SETTINGS`) with its value, as JSON holds it."""

DAY, STARTS = "checkin.day", "checkin.starts"
ENDS = "ends"
# What decides when check-ins are due.
_WHEN = frozenset({"checkin.every", DAY, "checkin.time", "checkin.zone", STARTS, "checkin.skip", ENDS})


def flat(cohort: CohortConfig) -> dict[str, Setting]:
    """The settings by key, the channel as every casemapping lowers it: so the store keeps and compares it."""
    known = settings(cohort)
    return known | {"channel": fold(str(known["channel"]), "ascii")}


def columns(cohort: CohortConfig, now: datetime) -> dict[str, Any]:
    """The columns of table `cohort`; without `starts` the first check-in is the next such day after `now`."""
    return {
        "title": cohort.title,
        "goal": cohort.goal,
        "channel": fold(cohort.channel, "ascii"),
        "channel_key": cohort.channel_key.get_secret_value() if cohort.channel_key else None,
        "places": cohort.places,
        "mentors_wanted": cohort.mentors,
        "public": cohort.public,
        "steps": list(cohort.steps),
        "next_slugs": list(cohort.next),
        "ends": cohort.ends,
        **_schedule_columns(cohort.checkin, now),
        "badge_name": cohort.badge.name,
        "badge_description": cohort.badge.description,
        "badge_criteria": cohort.badge.criteria,
    }


def _schedule_columns(checkin: Checkin | None, now: datetime) -> dict[str, Any]:
    if checkin is None:
        names = ("every_weeks", "weekday", "at", "zone", "starts", "open_for", "skip", "question")
        return dict.fromkeys(names)
    return {
        "every_weeks": checkin.weeks,
        "weekday": checkin.weekday,
        "at": checkin.time,
        "zone": checkin.zone,
        "starts": checkin.starts or _first_day(checkin, now),
        "open_for": checkin.open_for,
        "skip": [day.isoformat() for day in checkin.skip],
        "question": checkin.question,
    }


def _first_day(checkin: Checkin, now: datetime) -> date:
    """The first date on the check-in's day whose time is still ahead: it anchors a fortnight."""
    today = now.astimezone(ZoneInfo(checkin.zone)).date()
    first = schedule.on_or_after(checkin.weekday, today)
    candidate = Schedule(1, checkin.weekday, checkin.time, checkin.zone, first, checkin.open_for)
    return first if schedule.instant(candidate, first) > now else first + timedelta(weeks=1)


def stored(tx: Connection, cohort_id: int) -> dict[str, Setting]:
    """The settings in force, by key."""
    return flat(in_force(tx, cohort_id))


def in_force(tx: Connection, cohort_id: int) -> CohortConfig:
    """The settings in force; `checkin.starts` is always named."""
    return _config(cohorts.columns(tx, cohort_id))


def _config(row: Mapping[str, Any]) -> CohortConfig:
    """The inverse of `columns`; `checkin.starts` is always named."""
    key = row["channel_key"]
    return CohortConfig(
        title=row["title"],
        goal=row["goal"],
        channel=row["channel"],
        channel_key=SecretStr(key) if key is not None else None,
        places=row["places"],
        mentors=row["mentors_wanted"],
        public=row["public"],
        steps=tuple(row["steps"]),
        next=tuple(row["next_slugs"] or ()),
        ends=row["ends"],
        checkin=_checkin(row),
        badge=Badge(
            name=row["badge_name"], description=row["badge_description"], criteria=row["badge_criteria"]
        ),
    )


def _checkin(row: Mapping[str, Any]) -> Checkin | None:
    if row["every_weeks"] is None:
        return None
    return Checkin(
        every=timedelta(weeks=row["every_weeks"]),
        day=WEEKDAYS[row["weekday"]],
        time=row["at"],
        zone=row["zone"],
        starts=row["starts"],
        open_for=row["open_for"],
        skip=tuple(map(date.fromisoformat, row["skip"] or ())),
        question=row["question"],
    )


def edited(slug: str, before: Flat, edits: Flat) -> CohortConfig:
    """The cohort after `edits`; a new day moves `starts` along unless they name it.

    ConfigError, its faults with their keys, if the whole does not fit together.
    """
    after = {**before, **edits}
    if DAY in edits and edits[DAY] != before[DAY] and edits.get(STARTS) is None:
        after[STARTS] = None
    return cohort_from(slug, after)


@dataclass(frozen=True, slots=True)
class Change:
    """What an edit came to: the keys whose value is another now, and how many places it had offered.

    `replanned` is set when the schedule is another.
    """

    keys: tuple[str, ...]
    offered: int = 0
    replanned: Replanned | None = None


def write(
    app: App,
    tx: Connection,
    cohort: Cohort,
    wanted: CohortConfig,
    now: datetime,
    *,
    way: str,
    by: int | None,
    said_in: str | None = None,
) -> Change:
    """Put settings into force (the cohort is locked); one event a changed key, its name in `detail`.

    Places that become free are offered at once; places fewer than the seated cost nobody a seat. When the
    next check-in is another than before, the cohort's channel is told, unless it was `said_in` there.
    """
    before, values = stored(tx, cohort.id), columns(wanted, now)
    after = flat(_config(values))
    keys = tuple(key for key in SETTINGS if before[key] != after[key])
    if not keys:
        return Change(())
    if _WHEN.isdisjoint(keys):
        replanned = None
        cohorts.change(tx, cohort.id, values)
    else:
        before_it = replanning.settle(app, tx, cohort.id, now)
        cohorts.change(tx, cohort.id, values)
        replanned = replanning.begin(tx, before_it, now, said_in=said_in)
    if ENDS in keys:
        ending.begin_next_run(app, tx, cohorts.by_id(tx, cohort.id), now)
    for key in keys:
        events.record(tx, "cohort_set", now, way=way, by=by, cohort=cohort.id, detail=key)
    return Change(keys, len(seats.fill(app, tx, cohorts.by_id(tx, cohort.id), now)), replanned)


def open_new(
    app: App,
    tx: Connection,
    slug: str,
    wanted: CohortConfig,
    now: datetime,
    *,
    way: str,
    by: int | None,
    file_settings: Flat,
) -> Cohort:
    """A new cohort of this network, with a seat for each place."""
    made = cohorts.make(
        tx,
        slug=slug,
        network=app.network,
        columns=columns(wanted, now),
        file_settings=file_settings,
        now=now,
    )
    seats.fill(app, tx, made, now)
    events.record(tx, "cohort_made", now, way=way, by=by, cohort=made.id)
    return made
