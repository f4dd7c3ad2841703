"""Find the configuration file and read it whole: a Config, or every fault in it at once."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar, cast

from pydantic import BaseModel

from cohortbot.config import document, kinds, secret
from cohortbot.config.document import Plain
from cohortbot.config.faults import ConfigError, Fault, dotted, shown, unknown_key
from cohortbot.config.kinds import Surroundings
from cohortbot.config.schema import (
    COHORTS,
    SECTIONS,
    CohortConfig,
    Config,
    Database,
    Identity,
    Irc,
    Logs,
    Programme,
    Web,
)
from cohortbot.config.validate import validate

Block = TypeVar("Block", bound=BaseModel)

VARIABLE = "COHORTBOT_CONFIG"
FILE = "config.yaml"

# Servers disagree on whether `[` and `{` are one letter; two cohorts' channels must differ on all of them.
_CASEMAP = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ[]\\^", "abcdefghijklmnopqrstuvwxyz{}|~")  # RFC 2812, 2.2


def find(path: str | None, environ: Mapping[str, str]) -> Path:
    """The file to read: the one named, else $COHORTBOT_CONFIG, else ./config.yaml. It need not exist."""
    return Path(path or environ.get(VARIABLE) or FILE)


def load(path: Path, environ: Mapping[str, str] = os.environ) -> Config:
    """The configuration in a file, with all defaults filled in and all paths absolute.

    `environ` answers for `${NAME}`. Raises ConfigError with every fault, each with its key.
    """
    source = str(path)
    top = document.read(_text(path), source)
    reading = _Reading(top, Surroundings(path.parent.absolute(), environ))
    config = reading.config(path)
    if reading.faults or config is None:
        raise ConfigError(reading.faults, source)
    return config


@dataclass
class _Reading:
    """One pass over a file: each part is validated by itself, so that no fault hides another."""

    top: dict[str, Plain]
    surroundings: Surroundings
    faults: list[Fault] = field(default_factory=list)

    def config(self, path: Path) -> Config | None:
        """The whole, or None if a section cannot be used; either way the faults are in `faults`."""
        self._unknown_sections()
        programme = self._section("programme", Programme)
        logs = self._section("logs", Logs)
        database = self._section("database", Database)
        identity = self._section("identity", Identity)
        web = self._section("web", Web, title=programme.name if programme else "-")
        irc = self._section("irc", Irc, realname=_realname(programme, web))
        cohorts = self._cohorts(programme.channel_prefix if programme else "#cohort-")
        if not (programme and logs and database and identity and web and irc):
            return None
        warnings = tuple(_warnings(path, self.top))
        return Config(path.absolute(), programme, irc, database, logs, web, identity, cohorts, warnings)

    def _unknown_sections(self) -> None:
        known = (*SECTIONS, COHORTS)
        self.faults += [unknown_key(key, key, known) for key in self.top if key not in known]

    def _section(self, name: str, model: type[Block], **defaults: str) -> Block | None:
        """A section of the file; `defaults` are those that follow from other sections."""
        return self._block(model, self.top.get(name, {}), name, defaults)

    def _block(
        self, model: type[Block], plain: Plain, path: str, defaults: Mapping[str, str]
    ) -> Block | None:
        filled = {**defaults, **plain} if isinstance(plain, dict) else plain
        outcome = validate(model, filled, self.surroundings)
        if isinstance(outcome, list):
            self.faults += [fault.under(path) for fault in outcome]
            return None
        return outcome

    def _cohorts(self, channel_prefix: str) -> Mapping[str, CohortConfig]:
        blocks = self.top.get(COHORTS, {})
        if not isinstance(blocks, dict):
            self.faults.append(
                Fault(COHORTS, None, "is not a block of keys (a slug, like deploy, for each cohort)")
            )
            return {}
        cohorts: dict[str, CohortConfig] = {}
        slug_of_channel: dict[str, str] = {}
        for slug, plain in blocks.items():
            cohort = self._cohort(slug, plain, channel_prefix)
            if cohort is None:
                continue
            first = slug_of_channel.setdefault(cohort.channel.translate(_CASEMAP), slug)
            if first != slug:
                right = f"is the channel of cohort {first} too; each needs its own"
                self.faults.append(Fault(dotted(COHORTS, slug, "channel"), shown(cohort.channel), right))
            cohorts[slug] = cohort
        return MappingProxyType(cohorts)

    def _cohort(self, slug: str, plain: Plain, channel_prefix: str) -> CohortConfig | None:
        path = dotted(COHORTS, slug)
        fault = slug_fault(slug)
        if fault is None:
            return self._block(CohortConfig, plain, path, {"channel": channel_prefix + slug})
        self.faults.append(fault.under(path))
        self._block(CohortConfig, plain, path, {"channel": channel_prefix + "x"})  # for its other faults
        return None


def slug_fault(slug: str) -> Fault | None:
    """What is wrong with a cohort's name, None if nothing is."""
    try:
        kinds.slug(slug)
    except ValueError as error:
        return Fault("", shown(slug), str(error))
    return None


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        right = "no such file; `cohortbot init` writes one to start from, --config names another"
    except UnicodeDecodeError as error:
        right = f"is not UTF-8 (byte {error.start + 1})"
    except OSError as error:
        right = f"cannot be read: {error.strerror}"
    raise ConfigError([Fault("", None, right)], str(path))


def _realname(programme: Programme | None, web: Web | None) -> str:
    if programme is None or web is None:
        return "-"
    parts = (f"{programme.name} mentoring bot", programme.contact, f"{web.base_url}/about")
    return ", ".join(part for part in parts if part)


def _warnings(path: Path, top: dict[str, Plain]) -> list[str]:
    secrets = list(secret.inline(cast(Plain, top)))
    readable_by_all = path.stat().st_mode & stat.S_IROTH
    if not secrets or not readable_by_all:
        return []
    return [
        f"everybody on this machine may read {path}, and it holds {', '.join(secrets)}: "
        f"chmod o-r {path}, or give the secret as ${{NAME}} or file:PATH"
    ]
