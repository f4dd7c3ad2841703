"""Our bridge inside a Sopel that somebody else runs (`sopel start`): fed by rules, sent by a thread.

Such a Sopel logs in, takes its nick and keeps its connection by itself; the rest is as in our own runner.
"""

from __future__ import annotations

import os
import threading
from functools import partial
from typing import Any

from cohortbot import config as configuration
from cohortbot import service, wiring
from cohortbot.clock import Clock
from cohortbot.irc.assembly import bridge_for
from cohortbot.irc.beat import Beat
from cohortbot.irc.bridge import Bridge
from cohortbot.irc.session import Draft
from cohortbot.service.app import App
from cohortbot.store.migrate import require_current

WELCOME = "001"


class StockLink:
    """The link of a stock Sopel. Its rules hand in each line once or twice; the first time counts."""

    def __init__(self, bot: Any, bridge: Bridge, app: App, clock: Clock) -> None:
        self.bridge = bridge
        self.beat = Beat(partial(service.tick, app), app.now, moved=clock.moved)
        self._app = app
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
        self._app.engine.dispose()

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
            lines, wait = self.bridge.due()
            for line in lines:
                self._bot.backend.irc_send(line.data)
            self._due.wait(wait)


def link_for(bot: Any) -> StockLink:
    """A link for this Sopel, by the config that COHORTBOT_CONFIG names (else ./config.yaml).

    The nick is Sopel's own. A config or database that cannot be used raises: Sopel then says so in its log,
    and goes on without us.
    """
    clock = Clock.from_environment(os.environ)
    app = wiring.build(configuration.load(configuration.find(None, os.environ)), clock=clock)
    require_current(app.engine)
    service.apply_config(app, app.now())
    return StockLink(bot, bridge_for(app, clock, nick=str(bot.settings.core.nick)), app, clock)
