"""A cohort as flat settings (`checkin.time`): how organizers change it and how the database keeps it.

The keys, the kinds and the rules are those of the file; only references to the environment and to files are
not followed, since these values come from chat.
"""

from __future__ import annotations

from collections.abc import Mapping

from cohortbot.config import kinds
from cohortbot.config.faults import ConfigError, unknown_key
from cohortbot.config.reading import slug_fault
from cohortbot.config.schema import Checkin, CohortConfig, blocks_under, keys
from cohortbot.config.validate import validate

Setting = str | int | bool | list[str] | None

SETTINGS: tuple[str, ...] = tuple(keys(CohortConfig))
"""Every key of a cohort, dotted, in the schema's order."""

_LISTS = frozenset({"next", "steps", "checkin.skip"})
_MAY_BE_NONE = frozenset(
    {
        *("channel_key", "ends", "checkin.starts", "checkin.question"),
        *("badge.name", "badge.description", "badge.criteria"),
    }
)
_NONE = "none"


def settings(cohort: CohortConfig) -> dict[str, Setting]:
    """Every key of a cohort with its value, defaults included, as JSON holds it; what is absent is None.

    `cohort_from` takes it back: the two are exact inverses. The channel's key is in clear.
    """
    key, badge = cohort.channel_key, cohort.badge
    return {
        "title": cohort.title,
        "goal": cohort.goal,
        "channel": cohort.channel,
        "channel_key": key.get_secret_value() if key else None,
        "places": cohort.places,
        "mentors": cohort.mentors,
        "public": cohort.public,
        "ends": cohort.ends.isoformat() if cohort.ends else None,
        "next": list(cohort.next),
        "steps": list(cohort.steps),
        **_checkin_settings(cohort.checkin),
        "badge.name": badge.name,
        "badge.description": badge.description,
        "badge.criteria": badge.criteria,
    }


def _checkin_settings(checkin: Checkin | None) -> dict[str, Setting]:
    if checkin is None:
        return {key: None for key in SETTINGS if key.startswith("checkin.")}
    return {
        "checkin.every": kinds.period_text(checkin.every),
        "checkin.day": checkin.day,
        "checkin.time": f"{checkin.time:%H:%M}",
        "checkin.zone": checkin.zone,
        "checkin.starts": checkin.starts.isoformat() if checkin.starts else None,
        "checkin.open_for": kinds.duration_text(checkin.open_for),
        "checkin.skip": [day.isoformat() for day in checkin.skip],
        "checkin.question": checkin.question,
    }


def cohort_from(slug: str, flat: Mapping[str, Setting]) -> CohortConfig:
    """The cohort that these settings describe; None and absent mean the default.

    `channel` has to be given, since its default follows from the programme's prefix. Raises ConfigError
    whose faults bear the flat keys; a fault of the slug itself has the path "".
    """
    faults = [fault] if (fault := slug_fault(slug)) else []
    faults += [unknown_key(key, key, SETTINGS) for key in flat if key not in SETTINGS]
    outcome = validate(CohortConfig, _nested(flat), None)
    if isinstance(outcome, list):
        faults += outcome
    if faults or isinstance(outcome, list):
        raise ConfigError(faults)
    return outcome


def parse_setting(path: str, text: str) -> Setting:
    """A value as typed in chat, for `cohort_from` to judge: lists are separated by commas.

    `none` takes away what may be absent (the channel's key, the first day, a badge's words, all of a list).
    """
    stripped = text.strip()
    if path in _LISTS:
        items = [] if stripped.lower() == _NONE else stripped.split(",")
        return [item.strip() for item in items if item.strip()]
    return None if path in _MAY_BE_NONE and stripped.lower() == _NONE else stripped


def _nested(flat: Mapping[str, Setting]) -> dict[str, object]:
    """The known settings that have a value, blocks within blocks as the file has them."""
    given = {path: flat[path] for path in SETTINGS if flat.get(path) is not None}
    nested: dict[str, object] = {path: value for path, value in given.items() if "." not in path}
    for block in blocks_under(CohortConfig):
        start = f"{block}."
        inner = {path.removeprefix(start): value for path, value in given.items() if path.startswith(start)}
        if inner:
            nested[block] = inner
    return nested
