"""Sopel as a library: a bot without its own rules, sending or giving up, and what the plugins ask of it.

Our runner (`run`) reads on a path of its own (log, people, identity); only what may be a command goes on to
Sopel's rules. A stock `sopel start` has that path made of rules (`stock`). The plugins cannot tell.
"""

from __future__ import annotations

import logging
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from sopel.bot import Sopel
from sopel.config import Config as SopelConfig
from sopel.trigger import PreTrigger

from cohortbot.config import Config, Irc
from cohortbot.domain.lease import Turn
from cohortbot.irc import stock, wire
from cohortbot.irc.backend import Backend
from cohortbot.irc.beat import Beat
from cohortbot.irc.bridge import Bridge, Heard
from cohortbot.irc.session import Draft

log = logging.getLogger(__name__)

PLUGINS = ("cohort_commands", "cohort_chatlog", "cohort_schedule")
SWITCH_INTERVAL = 0.0005  # seconds
LINK = "cohortbot.link"  # where a Sopel's memory keeps its Link


class Link(Protocol):
    """How the plugins of one Sopel reach the bridge."""

    @property
    def bridge(self) -> Bridge: ...
    @property
    def beat(self) -> Beat: ...

    def start(self) -> None:
        """Begin to work."""

    def stop(self, wait: float, /) -> None:
        """End, within about `wait` seconds."""

    def overhear(self, trigger: Any, /) -> None:
        """Every line of a channel goes through here, before any command acts on it."""

    def draft(self, trigger: Any, /) -> Draft | None:
        """What this line says to the bot; None where it says nothing to it."""


def make_link(bot: Any) -> Link:
    """The link of this Sopel: the one that our runner gave it, or a new one in a stock Sopel.

    Whatever keeps a stock Sopel from having one is raised, once: it then does without us.
    """
    if LINK not in bot.memory:
        bot.memory[LINK] = stock.link_for(bot)
    link: Link = bot.memory[LINK]
    return link


def link_of(bot: Any) -> Link | None:
    """The link of this Sopel, once it has one."""
    link: Link | None = bot.memory.get(LINK)
    return link


def message(bot: Any, trigger: Any) -> Draft | None:
    """The frozen value of a line that may be a command; None for everything else."""
    link = link_of(bot)
    return link.draft(trigger) if link is not None else None


def answer(bot: Any, draft: Draft) -> None:
    """Have a command carried out, in its speaker's order; what it says goes out by the one sender."""
    link = link_of(bot)
    if link is not None:
        link.bridge.accept(draft)


def overhear(bot: Any, trigger: Any) -> None:
    """Take in a line that is no command to anybody: the log and our picture of the network."""
    link = link_of(bot)
    if link is not None:
        link.overhear(trigger)


class OwnLink:
    """The link of our runner: lines were taken in when they were read, and the draft is at hand."""

    def __init__(self, bridge: Bridge, beat: Beat) -> None:
        self.bridge = bridge
        self.beat = beat
        self.heard: Heard | None = None

    def start(self) -> None:
        self.bridge.start()

    def stop(self, wait: float) -> None:
        self.bridge.stop(wait)

    def overhear(self, _: Any) -> None:
        """Nothing: this line is in the log already."""

    def draft(self, _: Any) -> Draft | None:
        return self.heard.draft if self.heard is not None else None


class CohortBot(Sopel):
    """Sopel under our supervision. One object lives as long as the process, over all connections."""

    shutdown_methods: list[Any]
    _nick: Any

    def __init__(
        self, settings: SopelConfig, bridge: Bridge, beat: Beat, quit_reason: str, irc: Irc, turn: Turn
    ) -> None:
        super().__init__(settings)
        self._irc = irc
        self._turn = turn
        self._link = OwnLink(bridge, beat)
        self._quit_reason = quit_reason
        self.memory[LINK] = self._link

    @property
    def failed(self) -> str | None:
        """Why the network will never let us in; None if we were only told to leave."""
        return self.backend.failed if isinstance(self.backend, Backend) else None

    @property
    def ousted(self) -> bool:
        """Whether it is over since it was not our turn any more."""
        return isinstance(self.backend, Backend) and self.backend.ousted

    # What Sopel must not do here

    def setup_logging(self) -> None:
        """The operator's log is set up already; Sopel would switch it off."""

    def post_setup(self) -> None:
        """No job scheduler: nothing here uses it."""

    def _shutdown(self) -> None:
        for shutdown in self.shutdown_methods:
            shutdown(self)
        self.shutdown_methods = []

    def request_capabilities(self) -> bool:
        """`login` asks for them; Sopel only keeps books."""
        return True

    def on_message_sent(self, raw: str) -> None:
        """No simulated echo: what we say is logged where it is sent."""

    def error(self, trigger: Any = None, exception: BaseException | None = None) -> None:
        """A plugin met a fault: said to the operator, without what people said."""
        log.error("a fault in a plugin, from %s", trigger.nick if trigger else "no line", exc_info=exception)

    # What it does

    def get_irc_backend(self, host: str, port: int, source_address: tuple[str, int] | None) -> Backend:  # noqa: ARG002
        return Backend(self, self._link.bridge, self.pass_on, self._quit_reason, self._irc, self._turn)

    def pass_on(self, heard: Heard) -> None:
        """Dispatch one line to the rules, as clean as Sopel's own parser needs it."""
        nick = self._link.bridge.nick
        if self._nick != nick:
            self._nick = self.make_identifier(nick)
        self._link.heard = heard
        self.dispatch(
            PreTrigger(
                self._nick,
                wire.plain_line(heard.message),
                identifier_factory=self.make_identifier,
                statusmsg_prefixes=self.isupport.get("STATUSMSG"),
            )
        )


@contextmanager
def settings_from(config: Config) -> Iterator[SopelConfig]:
    """Sopel's settings for our config, in a home of their own that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="cohortbot-sopel-") as home:
        settings = SopelConfig(f"{home}/cohortbot.cfg", validate=False)
        core = settings.core
        core.owner = "nobody@invalid"  # nobody: what Sopel lets an owner do is not for this bot
        core.nick = config.irc.nick
        core.name = config.irc.realname
        core.host = config.irc.host
        core.port = config.irc.port
        core.db_url = "sqlite://"  # in memory, and empty
        core.enable = list(PLUGINS)
        core.reply_errors = False
        yield settings


class Ousted(Exception):
    """It is not our turn on the network any more."""


def run(config: Config, bridge: Bridge, beat: Beat, quit_reason: str, turn: Turn) -> str | None:
    """Be on the network until a signal ends it, on the main thread; a sentence if it will never let us in.

    `Ousted` when our `turn` is over.
    """
    with settings_from(config) as settings:
        # Python's 5 ms would be what reading and answering wait for each other and for database work.
        sys.setswitchinterval(SWITCH_INTERVAL)
        bot = CohortBot(settings, bridge, beat, quit_reason, config.irc, turn)
        bot.setup()
        missing = [name for name in PLUGINS if not bot.has_plugin(name)]
        if missing:
            return f"the Sopel plugins {', '.join(missing)} could not be loaded"
        bot.run(config.irc.host, config.irc.port)
        if bot.ousted:
            raise Ousted
        return bot.failed
