"""The one place where parts meet: `build(Config) -> App`."""

from __future__ import annotations

import os

from cohortbot import config as configuration
from cohortbot.clock import Clock
from cohortbot.config import Config
from cohortbot.domain.lease import Turn
from cohortbot.domain.limits import Limits
from cohortbot.service.app import App, Live
from cohortbot.store.engine import connect


def build(config: Config, *, limits: Limits | None = None, clock: Clock | None = None) -> App:
    """An App over the config's database; nothing is opened or changed yet."""
    clock = clock or Clock.from_environment(os.environ)
    return App(
        live=Live(config),
        limits=limits or Limits(),
        engine=connect(config.database.url.get_secret_value()),
        now=clock.now,
        turn=Turn(Clock.boottime),
        read_config=configuration.load,
    )
