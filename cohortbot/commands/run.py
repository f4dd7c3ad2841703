"""`cohortbot run`: the bot, from its config to the network and back."""

from __future__ import annotations

import logging
import os
import signal
import sys
from threading import Event, Thread

from cohortbot import service, wiring
from cohortbot.chatlog import place
from cohortbot.clock import Clock
from cohortbot.commands.database import FAULTS, sentence
from cohortbot.config import Config, ConfigError
from cohortbot.irc import bot, tls
from cohortbot.irc.assembly import beat_for, bridge_for
from cohortbot.keeper import Keeper
from cohortbot.service.app import App
from cohortbot.store.engine import Away, Fenced
from cohortbot.store.migrate import require_current

log = logging.getLogger(__name__)

OK, FAILED, USAGE = 0, 1, 2


def run(config: Config) -> int:
    """Be on the network, or wait while another bot is, until SIGTERM or SIGINT; SIGHUP reads the config anew.

    1 if the database is not what this version needs, or the network will never let us in; 2 if the config
    cannot be used.
    """
    try:
        tls.context(config.irc)
    except ConfigError as fault:
        return _ended(f"{config.path}: {fault}", USAGE)
    clock = Clock.from_environment(os.environ)
    try:
        app = wiring.build(config, clock=clock)
        require_current(app.engine)
    except FAULTS as fault:
        return _ended(f"database: {sentence(fault)}", FAILED)
    try:
        with place.here(config.logs.folder, config.irc.network) as mine:
            return _by_turns(app, clock, Keeper(app, mine))
    except service.ConfigRefused as refused:
        return _ended(str(refused), USAGE)
    except FAULTS as fault:
        return _ended(f"database: {sentence(fault)}", FAILED)
    finally:
        app.engine.dispose()


def _by_turns(app: App, clock: Clock, keeper: Keeper) -> int:
    """Wait for our turn, be on the network while it lasts, and wait for the next one."""
    stopping = Event()
    # On a thread of its own: the main one reads the network, and never waits for the database.
    signal.signal(signal.SIGHUP, lambda _number, _frame: Thread(target=_reload, args=[app]).start())
    while True:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda _number, _frame: stopping.set())
        if not keeper.wait(stopping):
            return OK
        try:
            refusal = _in_our_turn(app, clock)
            return OK if refusal is None else _ended(refusal, FAILED)
        except (bot.Ousted, Fenced):
            log.error("waiting for the next turn on %s", app.network)
        finally:
            keeper.stop()


def _in_our_turn(app: App, clock: Clock) -> str | None:
    service.apply_config(app, app.now())
    reason = f"{app.config.programme.name} mentoring bot: back soon"
    return bot.run(app.config, bridge_for(app, clock), beat_for(app, clock), reason, app.turn)


def _ended(why: str, code: int) -> int:
    print(why, file=sys.stderr)
    return code


def _reload(app: App) -> None:
    try:
        if not app.turn.held:  # it is put into force when our turn comes
            app.live.swap(app.read_config(app.config.path))
            return
        service.reload(app, app.now())
    except (service.ConfigRefused, ConfigError) as refused:
        log.error("the config was not read again: %s", refused)
    except Away as away:
        log.error("the config was not read again, the database is away: %s", away)
