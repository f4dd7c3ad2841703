"""`cohortbot run`: the bot, from its config to the network and back."""

from __future__ import annotations

import logging
import os
import signal
import sys
from functools import partial

from cohortbot import service, wiring
from cohortbot.chatlog.files import ChatLog
from cohortbot.clock import Clock
from cohortbot.commands.database import FAULTS, sentence
from cohortbot.config import Config
from cohortbot.irc import bot
from cohortbot.irc.bridge import Bridge, Settings
from cohortbot.irc.desk import Desk
from cohortbot.irc.login import Credentials
from cohortbot.service.app import App
from cohortbot.store.engine import Away, reading
from cohortbot.store.migrate import require_current
from cohortbot.store.people import has_services
from cohortbot.ticker import EVERY, EVERY_WHEN_MOVED, Ticker

log = logging.getLogger(__name__)

OK, FAILED, USAGE = 0, 1, 2


def run(config: Config) -> int:
    """Be on the network until SIGTERM or SIGINT; SIGHUP reads the config again.

    1 if the database is not what this version needs, or the network will never let us in.
    """
    clock = Clock.from_environment(os.environ)
    try:
        app = wiring.build(config, clock=clock)
        require_current(app.engine)
        service.apply_config(app, app.now())
    except service.ConfigRefused as refused:
        return _ended(str(refused), USAGE)
    except FAULTS as fault:
        return _ended(f"database: {sentence(fault)}", FAILED)
    chat_log = ChatLog(config.logs.folder, config.irc.network)
    chat_log.mend()
    bridge = Bridge(_settings(app), Desk(app), chat_log, clock)
    ticker = Ticker(partial(service.tick, app), app.now, EVERY_WHEN_MOVED if clock.moved else EVERY)
    signal.signal(signal.SIGHUP, lambda _number, _frame: _reload(app))
    ticker.start()
    try:
        refusal = bot.run(config, bridge, f"{config.programme.name} mentoring bot: back soon")
    finally:
        ticker.stop()
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


def _settings(app: App) -> Settings:
    irc = app.config.irc
    with reading(app.engine) as tx:
        known = has_services(tx, irc.network)
    sasl = (irc.sasl.account, irc.sasl.password.get_secret_value()) if irc.sasl else None
    return Settings(
        network=irc.network,
        credentials=Credentials(
            nick=irc.nick,
            realname=irc.realname,
            sasl=sasl,
            password=irc.password.get_secret_value() if irc.password else None,
        ),
        ignore=irc.ignore,
        off_record_prefix=app.config.logs.off_record_prefix,
        pace=(irc.flood.burst, irc.flood.per_second),
        proof_wait=app.limits.proof_wait.total_seconds(),
        has_services=known or sasl is not None,
    )
