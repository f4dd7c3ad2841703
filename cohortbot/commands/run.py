"""`cohortbot run`: the bot, from its config to the network and back."""

from __future__ import annotations

import logging
import os
import signal
import sys
from functools import partial
from threading import Thread

from cohortbot import service, wiring
from cohortbot.chatlog.alone import AnotherWriter, sole_writer
from cohortbot.clock import Clock
from cohortbot.commands.database import FAULTS, sentence
from cohortbot.config import Config, ConfigError
from cohortbot.irc import bot, tls
from cohortbot.irc.assembly import bridge_for
from cohortbot.irc.beat import Beat
from cohortbot.service.app import App
from cohortbot.store.engine import Away
from cohortbot.store.migrate import require_current

log = logging.getLogger(__name__)

OK, FAILED, USAGE = 0, 1, 2


def run(config: Config) -> int:
    """Be on the network until SIGTERM or SIGINT; SIGHUP reads the config again.

    1 if the database is not what this version needs, the network will never let us in, or another process
    is this network's bot with these logs already: two would write and answer everything twice. 2 if the
    config cannot be used.
    """
    try:
        tls.context(config.irc)
    except ConfigError as fault:
        return _ended(f"{config.path}: {fault}", USAGE)
    try:
        with sole_writer(config.logs.folder, config.irc.network):
            return _run_alone(config)
    except AnotherWriter as other:
        return _ended(f"logs: {other}", FAILED)


def _run_alone(config: Config) -> int:
    clock = Clock.from_environment(os.environ)
    try:
        app = wiring.build(config, clock=clock)
        require_current(app.engine)
        service.apply_config(app, app.now())
    except service.ConfigRefused as refused:
        return _ended(str(refused), USAGE)
    except FAULTS as fault:
        return _ended(f"database: {sentence(fault)}", FAILED)
    beat = Beat(partial(service.tick, app), app.now, moved=clock.moved)
    # On a thread of its own: the main one reads the network, and never waits for the database.
    signal.signal(signal.SIGHUP, lambda _number, _frame: Thread(target=_reload, args=[app]).start())
    reason = f"{config.programme.name} mentoring bot: back soon"
    try:
        refusal = bot.run(config, bridge_for(app, clock), beat, reason)
    finally:
        app.engine.dispose()
    return OK if refusal is None else _ended(refusal, FAILED)


def _ended(why: str, code: int) -> int:
    print(why, file=sys.stderr)
    return code


def _reload(app: App) -> None:
    try:
        service.reload(app, app.now())
    except service.ConfigRefused as refused:
        log.error("the config was not read again: %s", refused)
    except Away as away:
        log.error("the config was not read again, the database is away: %s", away)
