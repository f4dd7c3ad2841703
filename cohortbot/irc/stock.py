"""Our bridge inside a Sopel that somebody else runs (`sopel start`): fed by rules, sent by a thread.

Such a Sopel logs in, takes its nick and keeps its connection by itself; the rest is as in our own runner.
It has a new bot object for each connection, and each of those a link of its own.
"""

from __future__ import annotations

import logging
import os
import threading
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from sopel.config.types import StaticSection, ValidatedAttribute

from cohortbot import config as configuration
from cohortbot import service, wiring
from cohortbot.chatlog import place
from cohortbot.clock import Clock
from cohortbot.irc.assembly import beat_for, bridge_for
from cohortbot.irc.bridge import Bridge
from cohortbot.irc.session import Draft
from cohortbot.keeper import Keeper
from cohortbot.service.app import App
from cohortbot.store.migrate import require_current

WELCOME = "001"
SECTION = "cohortbot"  # of Sopel's own config
PATIENCE = 5.0  # seconds: the bot before us may be on its way out, or be killed this moment
LOUD = ("cohortbot", "apscheduler")  # loggers whose words belong into Sopel's log


class CohortbotSection(StaticSection):
    """What Sopel's config says about us."""

    # No FilenameAttribute: that one makes an empty file of whatever name it cannot find.
    config = ValidatedAttribute("config")


class AnotherBot(Exception):
    """It is the turn of another bot, and two would write and answer everything twice."""


class TooLate(Exception):
    """Sopel is on the network already: who is in which channel was said before we could hear it."""


class StockLink:
    """The link of a stock Sopel. Its rules hand in each line once or twice; the first time counts.

    `held` is closed when the link has stopped: our turn and the database.
    """

    def __init__(self, bot: Any, bridge: Bridge, app: App, clock: Clock, held: ExitStack) -> None:
        self.bridge = bridge
        self.beat = beat_for(app, clock)
        self._held = held
        self._bot = bot
        self._line: str | None = None
        self._draft: Draft | None = None
        self._due = threading.Event()
        self._stopping = False
        self._pump = threading.Thread(target=self._send, name="sender", daemon=True)

    def start(self) -> None:
        """Begin to work; nothing is said before the network welcomes us."""
        self.bridge.start()
        self._pump.start()

    def stop(self, wait: float) -> None:
        """Sopel is about to end, or to be built anew for its next connection."""
        self._stopping = True
        self._due.set()
        self._pump.join(wait / 2)
        self.bridge.close()
        self.bridge.stop(wait / 2)
        self._held.close()

    def overhear(self, trigger: Any) -> None:
        self._take_in(trigger)

    def draft(self, trigger: Any) -> Draft | None:
        self._take_in(trigger)
        return self._draft

    def _take_in(self, trigger: Any) -> None:
        if trigger.raw is self._line:  # the same object: another rule had this very line
            return
        self._line = trigger.raw
        if trigger.event == WELCOME:
            session = self.bridge.open(self._due.set)
            session.network.caps |= set(self._bot.capabilities.enabled)
            session.sender.echoes = "echo-message" in session.network.caps
        heard = self.bridge.hear([trigger.raw.encode("utf-8", "surrogateescape")])
        self._draft = heard[0].draft if heard else None
        self._due.set()

    def _send(self) -> None:
        while not self._stopping:
            self._due.clear()
            lines, wait = self.bridge.due() if self._bot.backend.is_connected() else ([], None)
            try:
                for line in lines:
                    self._bot.backend.irc_send(line.data)
            except RuntimeError:  # Sopel's event loop has ended under us: it is about to stop this link
                return
            self._due.wait(wait)


def link_for(bot: Any) -> StockLink:
    """A link for this Sopel, by the config that its own names, or COHORTBOT_CONFIG, or ./config.yaml.

    The nick is Sopel's own. A config or database that cannot be used, another bot on the network and a
    connection that stands already raise: Sopel then says so in its log, and goes on without us.
    """
    _speak_in_sopels_log()
    if bot.connection_registered:
        raise TooLate("cohortbot cannot begin in the middle of a connection: restart Sopel")
    clock = Clock.from_environment(os.environ)
    config = configuration.load(_file(bot.settings))
    with ExitStack() as held:
        app = wiring.build(config, clock=clock)
        held.callback(app.engine.dispose)
        require_current(app.engine)
        keeper = Keeper(app, held.enter_context(place.here(config.logs.folder, config.irc.network)))
        _wait_for_turn(keeper)
        held.callback(keeper.stop)
        service.apply_config(app, app.now())
        bridge = bridge_for(app, clock, logged_in_as=str(bot.settings.core.nick))
        return StockLink(bot, bridge, app, clock, held.pop_all())


def _wait_for_turn(keeper: Keeper) -> None:
    """Not for long: Sopel connects with us or without us."""
    impatient = threading.Event()
    timer = threading.Timer(PATIENCE, impatient.set)
    timer.start()
    try:
        if not keeper.wait(impatient):
            raise AnotherBot("another bot is on this network: stop it, and restart Sopel")
    finally:
        timer.cancel()


def _file(settings: Any) -> Path:
    """Our config file; what Sopel's config names counts from Sopel's own folder, as all paths there do."""
    settings.define_section(SECTION, CohortbotSection)
    named = settings.cohortbot.config
    if not named:
        return configuration.find(None, os.environ)
    return Path(settings.homedir, Path(named).expanduser())


def _speak_in_sopels_log() -> None:
    """Hand what we and our ticker log to Sopel's handlers, which know of no logger but Sopel's own.

    And once more for each connection: setting up its log, Sopel switches all loggers off that are not in it.
    """
    for name, logger in logging.root.manager.loggerDict.items():
        if isinstance(logger, logging.Logger) and name.partition(".")[0] in LOUD:
            logger.disabled = False
    for name in LOUD:
        logging.getLogger(name).parent = logging.getLogger("sopel")
