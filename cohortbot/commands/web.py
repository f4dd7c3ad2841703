"""`cohortbot web`: the site, from its config to its socket and back."""

from __future__ import annotations

import logging
import os
import signal
import sys

from cohortbot import wiring
from cohortbot.clock import Clock
from cohortbot.commands.database import FAULTS, sentence
from cohortbot.config import Config, ConfigError
from cohortbot.service.app import App
from cohortbot.store.engine import Away
from cohortbot.store.migrate import require_current
from cohortbot.web.app import create_app
from cohortbot.web.serve import serve

log = logging.getLogger(__name__)

FAILED = 1


def web(config: Config) -> int:
    """Serve the site of a config until SIGTERM or SIGINT; the exit code.

    1 if the database is not what this version needs, or the port cannot be had. A database that cannot be
    reached is no reason to stay away: the site says so, and tries again with every page. SIGHUP reads the
    config again, but for where to listen and the database; a faulty one changes nothing.
    """
    try:
        app = wiring.build(config, clock=Clock.from_environment(os.environ))
        _look_at(app)
    except FAULTS as fault:
        print(f"database: {sentence(fault)}", file=sys.stderr)
        return FAILED
    signal.signal(signal.SIGHUP, lambda _number, _frame: _reload(app))
    try:
        return serve(create_app(app), config)
    finally:
        app.engine.dispose()


def _look_at(app: App) -> None:
    try:
        require_current(app.engine)
    except Away as fault:
        log.warning("the database %s; until then pages say so", sentence(fault))


def _reload(app: App) -> None:
    try:
        app.live.swap(app.read_config(app.config.path))
    except ConfigError as fault:
        log.error("the config was not read again:\n%s", fault)
    else:
        log.info("the config was read again")
