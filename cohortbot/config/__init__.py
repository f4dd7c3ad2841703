"""The configuration: a YAML file becomes one frozen Config, or a list of all that is wrong with it.

A leaf: it knows nothing of the other rooms. `schema` has the keys, `kinds` what a value may be, `flat` the
form in which a cohort is changed from chat.
"""

from cohortbot.config.faults import ConfigError, Fault
from cohortbot.config.flat import SETTINGS, Setting, cohort_from, parse_setting, settings
from cohortbot.config.kinds import WEEKDAYS, Listen
from cohortbot.config.reading import find, load
from cohortbot.config.schema import (
    Badge,
    Channels,
    Checkin,
    CohortConfig,
    Config,
    Database,
    Flood,
    Identity,
    Irc,
    Logs,
    NickServ,
    Programme,
    Sasl,
    Web,
)

__all__ = [
    "SETTINGS",
    "WEEKDAYS",
    "Badge",
    "Channels",
    "Checkin",
    "CohortConfig",
    "Config",
    "ConfigError",
    "Database",
    "Fault",
    "Flood",
    "Identity",
    "Irc",
    "Listen",
    "Logs",
    "NickServ",
    "Programme",
    "Sasl",
    "Setting",
    "Web",
    "cohort_from",
    "find",
    "load",
    "parse_setting",
    "settings",
]
