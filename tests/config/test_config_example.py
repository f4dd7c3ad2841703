"""config.example.yaml: it loads, with every setting in use too, and leaves out no key of the schema."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path

from cohortbot.config import CohortConfig, Config, load
from cohortbot.config.document import Plain, read
from cohortbot.config.schema import COHORTS, SECTIONS, keys

EXAMPLE = files("cohortbot").joinpath("config.example.yaml").read_text(encoding="utf-8")
ALL_IN_USE = re.sub(r"^( *)#(?=[a-z])", r"\1", EXAMPLE, flags=re.MULTILINE)


def loaded(tmp_path: Path, text: str) -> Config:
    file = tmp_path / "config.yaml"
    file.write_text(text, encoding="utf-8")
    return load(file, {})


def paths(plain: Plain, prefix: str = "") -> list[str]:
    if not isinstance(plain, dict):
        return [prefix]
    return [path for key, value in plain.items() for path in paths(value, f"{prefix}.{key}".lstrip("."))]


def test_the_example_shows_every_key_of_the_schema_and_no_other(tmp_path: Path) -> None:
    schema = [f"{section}.{key}" for section, model in SECTIONS.items() for key in keys(model)]
    schema += [f"{COHORTS}.deploy.{key}" for key in keys(CohortConfig)]
    assert sorted(paths(read(ALL_IN_USE, "example"))) == sorted(schema)
    assert loaded(tmp_path, ALL_IN_USE).cohorts["deploy"].badge.name == "Cloud Deployer"


def test_the_example_as_it_is_needs_nothing_from_outside(tmp_path: Path) -> None:
    config = loaded(tmp_path, EXAMPLE)
    assert config.irc.sasl is None
    assert config.warnings == ()


def test_what_the_example_shows_as_not_in_use_is_the_default(tmp_path: Path) -> None:
    as_it_is, all_in_use = loaded(tmp_path, EXAMPLE), loaded(tmp_path, ALL_IN_USE)
    flood = all_in_use.irc.flood.model_copy(update={"new_people_per_minute": None})
    logins = {"sasl": None, "nickserv": None, "password": None, "tls_ca": None}
    assert all_in_use.irc.model_copy(update={**logins, "flood": flood}) == as_it_is.irc
    assert all_in_use.database == as_it_is.database
    assert all_in_use.logs == as_it_is.logs
    assert all_in_use.web.model_copy(update={"chat_url": None}) == as_it_is.web
    assert all_in_use.identity == as_it_is.identity
    examples = {"channel_key": None, "ends": None, "badge": as_it_is.cohorts["deploy"].badge}
    deploy = all_in_use.cohorts["deploy"].model_copy(update=examples)
    assert deploy.checkin is not None
    none = {"starts": None, "question": None}
    no_start = deploy.model_copy(update={"checkin": deploy.checkin.model_copy(update=none)})
    assert no_start == as_it_is.cohorts["deploy"]
