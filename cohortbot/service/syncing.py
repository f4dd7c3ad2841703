"""The cohorts of the config and those of the database: of each key the last edit wins, in file or chat."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.engine import Connection

from cohortbot.config import SETTINGS, CohortConfig, Config, ConfigError, Fault, Setting
from cohortbot.domain.model import Cohort, CohortState
from cohortbot.service import daysoff
from cohortbot.service import settings as cohort_settings
from cohortbot.service.app import App
from cohortbot.store import cohorts

CHECKIN = "checkin."
DAYS_OFF = "programme.days_off"


@dataclass(frozen=True, slots=True)
class Synced:
    """What a reading of the config changed: slugs made, and `slug.key` (or another key) changed."""

    made: tuple[str, ...]
    changed: tuple[str, ...]


def sync(app: App, tx: Connection, config: Config, now: datetime) -> Synced:
    """Make the cohorts that `config` names and the database lacks, and carry out the file's new edits.

    A key is a new edit when its value in the file is another than at the last reading: until then what an
    organizer set from IRC holds. Cohorts that the file does not name stay as they are. ConfigError, with
    every fault, if a cohort is another network's or two would share a channel; then nothing may be kept of
    the transaction.
    """
    made: list[str] = []
    changed: list[str] = []
    faults: list[Fault] = []
    known = {one.slug: one for one in cohorts.all_of(tx)}
    for one in sorted((known[slug] for slug in config.cohorts if slug in known), key=lambda one: one.id):
        known[one.slug] = cohorts.lock(tx, one.id)
    for slug, wanted in config.cohorts.items():
        cohort = known.get(slug)
        if cohort is not None and cohort.network != app.network:
            faults.append(_of_another_network(cohort))
            continue
        merged = wanted if cohort is None else _merged(tx, cohort, wanted)
        if fault := _channel_taken(app, tx, slug, merged):
            faults.append(fault)
        elif cohort is None:
            _make(app, tx, slug, wanted, now)
            made.append(slug)
        else:
            change = cohort_settings.write(app, tx, cohort, merged, now, way="config", by=None)
            cohorts.had_settings(tx, cohort.id, cohort_settings.flat(wanted))
            changed += [f"{slug}.{key}" for key in change.keys]
    if faults:
        raise ConfigError(faults, str(config.path))
    if daysoff.sync(app, tx, config, now):
        changed.append(DAYS_OFF)
    return Synced(tuple(made), tuple(changed))


def in_force(tx: Connection, config: Config) -> dict[str, CohortConfig]:
    """The cohorts as a start with this config would leave them, by slug: the file's first.

    Archived ones are left out. ConfigError, with every fault, for cohorts of the file that are another
    network's, or if its new edits do not fit.
    """
    found: dict[str, CohortConfig] = {}
    faults: list[Fault] = []
    known = {one.slug: one for one in cohorts.all_of(tx)}
    for slug, wanted in config.cohorts.items():
        cohort = known.pop(slug, None)
        if cohort is None:
            found[slug] = wanted
        elif cohort.network != config.irc.network:
            faults.append(_of_another_network(cohort))
        elif cohort.state is not CohortState.ARCHIVED:
            found[slug] = _merged(tx, cohort, wanted)
    for slug, cohort in known.items():
        if cohort.network == config.irc.network and cohort.state is not CohortState.ARCHIVED:
            found[slug] = cohort_settings.in_force(tx, cohort.id)
    if faults:
        raise ConfigError(faults, str(config.path))
    return found


def differences(tx: Connection, config: Config) -> list[str]:
    """The keys (`cohorts.deploy.places`) whose value in the file is not the one in force, in its order.

    A first day that the file leaves open differs from none.
    """
    differing: list[str] = []
    for slug, wanted in config.cohorts.items():
        cohort = cohorts.by_slug(tx, slug)
        if cohort is None or cohort.network != config.irc.network:
            continue
        stored, given = cohort_settings.stored(tx, cohort.id), cohort_settings.flat(wanted)
        if given[cohort_settings.DAY] is not None and given[cohort_settings.STARTS] is None:
            given[cohort_settings.STARTS] = stored[cohort_settings.STARTS]
        differing += [f"cohorts.{slug}.{key}" for key in SETTINGS if stored[key] != given[key]]
    if daysoff.differ(tx, config.irc.network, config.programme.days_off):
        differing.append(DAYS_OFF)
    return differing


def _make(app: App, tx: Connection, slug: str, wanted: CohortConfig, now: datetime) -> None:
    given = cohort_settings.flat(wanted)
    cohort_settings.open_new(app, tx, slug, wanted, now, way="config", by=None, file_settings=given)


def _merged(tx: Connection, cohort: Cohort, wanted: CohortConfig) -> CohortConfig:
    """The settings in force with the file's new edits in them.

    Where these do not fit what was set from IRC (a first day on another day, open for longer than the new
    period), the file's whole check-in block counts, since the last edit of it was the file's.
    """
    given, before = cohort_settings.flat(wanted), cohorts.file_settings(tx, cohort.id)
    edits: dict[str, Setting] = {
        key: given[key] for key in SETTINGS if key not in before or before[key] != given[key]
    }
    stored = cohort_settings.stored(tx, cohort.id)
    try:
        return cohort_settings.edited(cohort.slug, stored, edits)
    except ConfigError:
        block = {key: given[key] for key in SETTINGS if key.startswith(CHECKIN)}
        return cohort_settings.edited(cohort.slug, stored, edits | block)


def _of_another_network(cohort: Cohort) -> Fault:
    right = (
        f"is a cohort of network {cohort.network}, whose config made it first; call this one something else"
    )
    return Fault(f"cohorts.{cohort.slug}", None, right)


def _channel_taken(app: App, tx: Connection, slug: str, wanted: CohortConfig) -> Fault | None:
    """Two that swap their channels are refused too: one has to let go of its channel first."""
    channel = str(cohort_settings.flat(wanted)["channel"])
    owner = cohorts.by_channel(tx, app.network, channel)
    if owner is None or owner.slug == slug:
        return None
    return Fault(f"cohorts.{slug}.channel", repr(channel), f"is the channel of cohort {owner.slug}")
