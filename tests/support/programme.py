"""A programme without a network: the real service and store, with the wire's edge played by hand.

world.say("cy", "!join deploy")            in private, unproven
world.say("anna", "!checkin", account="anna", channel="#cohort-deploy")
world.heard("cy")                          what the outbox said to cy since
"""

from __future__ import annotations

import itertools
import textwrap
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cohortbot import service, wiring
from cohortbot.chatlog import line as chatlog
from cohortbot.chatlog.files import ChatLog
from cohortbot.clock import Clock
from cohortbot.config import load
from cohortbot.domain.casemap import Casemapping, fold
from cohortbot.domain.limits import Limits
from cohortbot.domain.message import (
    TALK,
    LogAddress,
    Message,
    NoServices,
    Proof,
    Proven,
    Spoke,
    Target,
    ToChannel,
    Unproven,
)
from cohortbot.service.app import App
from cohortbot.service.reply import Reply
from cohortbot.store.migrate import status, upgrade
from cohortbot.texts import Voice, posted, spoken

THURSDAY = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)  # five hours before the example's check-in

CONFIG = """
programme:
  name: Mentoring
  contact: mentoring@example.org
  organizers: [dora]
irc: {{network: labnet, host: 127.0.0.1, port: 6667, tls: false}}
database: {{url: '{url}'}}
web: {{base_url: 'https://m.example.org'}}
cohorts:
{cohorts}
"""

COHORTS = """
deploy:
  title: Deploy a cloud
  goal: A cloud of your own answers on its address
  places: 2
  mentors: 2
  checkin: {every: 1 week, day: thursday, time: "17:00", zone: Europe/Berlin, starts: 2026-11-19}
patch:
  title: First patch
  goal: Your first patch is merged
  places: 8
secret:
  title: A quiet one
  goal: Nobody needs to know
  public: false
"""


@dataclass
class Wire:
    """The edge of the network, played: who is here, under which nick, proven as whom, in which channel."""

    nick: str = "cohortbot"
    casemapping: Casemapping = "ascii"
    services: bool = True
    nicks: dict[str, str] = field(default_factory=dict)  # connection -> nick
    accounts: dict[str, str] = field(default_factory=dict)  # connection -> account
    channels: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    bots: set[str] = field(default_factory=set)
    new: set[str] = field(default_factory=set)  # to whom the network lets us say nothing yet
    unheard_of: Counter[str] = field(default_factory=Counter)  # lines that wait for a nick
    invited: list[tuple[str, str]] = field(default_factory=list)
    _ids: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def connection(self, nick: str) -> str:
        """The connection of `nick`, made if nobody bears it."""
        found = self.connection_of(nick)
        if found is None:
            found = f"c{next(self._ids)}"
            self.nicks[found] = nick
        return found

    def gone(self, nick: str) -> None:
        connection = self.connection(nick)
        del self.nicks[connection]
        self.accounts.pop(connection, None)
        for people in self.channels.values():
            people.discard(nick)

    def rename(self, old: str, new: str) -> None:
        self.nicks[self.connection(old)] = new
        for people in self.channels.values():
            if old in people:
                people.remove(old)
                people.add(new)

    def proof(self, connection: str) -> Proof:
        if not self.services:
            return NoServices()
        account = self.accounts.get(connection)
        return Proven(account) if account else Unproven()

    # service.Presence

    def joined(self, channel: str) -> bool:
        return channel.startswith("#")

    def in_channel(self, nick: str, channel: str) -> bool:
        return nick in self.channels[channel]

    def nick_of(self, connection: str) -> str | None:
        return self.nicks.get(connection)

    def nick_of_account(self, account: str) -> str | None:
        return next((self.nicks[c] for c, a in self.accounts.items() if a == account), None)

    def seek(self, account: str, nick: str) -> None:
        """Everybody who is here is in sight."""

    def proof_of(self, nick: str) -> Proof:
        connection = self.connection_of(nick)
        return self.proof(connection) if connection else Unproven()

    def connection_of(self, nick: str) -> str | None:
        wanted = fold(nick, self.casemapping)
        return next((c for c, n in self.nicks.items() if fold(n, self.casemapping) == wanted), None)

    def may_write(self, nick: str, *, urgent: bool) -> bool:  # noqa: ARG002
        return nick not in self.new

    def unheard(self, nick: str) -> int:
        return self.unheard_of[nick]

    def is_bot(self, nick: str) -> bool:
        return nick in self.bots


class StandingClock:
    """Time that a test moves."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at


class World:
    """One programme on one database; time stands still until `pass_time`."""

    def __init__(self, app: App, wire: Wire, clock: StandingClock) -> None:
        self.app = app
        self.wire = wire
        self._clock = clock
        self._log = ChatLog(app.config.logs.folder, "labnet")
        self.voice = Voice.of(app.config)
        self._ids = itertools.count(1)
        self._heard: defaultdict[str, list[str]] = defaultdict(list)

    @property
    def now(self) -> datetime:
        return self.app.now()

    def pass_time(self, length: timedelta) -> None:
        """Let time go by at one stroke, then have the clock's duties done."""
        self._clock.at += length
        service.tick(self.app, self.now)

    def replies(
        self, nick: str, text: str, *, account: str | None = None, channel: str | None = None
    ) -> list[Reply]:
        """What `service.handle` returns for a line; `account` logs the speaker in from now on."""
        connection = self.wire.connection(nick)
        if account is not None:
            self.wire.accounts[connection] = account
        number = next(self._ids)
        line = LogAddress("labnet", channel, self.now.date(), number) if channel else None
        message = Message(
            network="labnet",
            nick=nick,
            connection=connection,
            proof=self.wire.proof(connection),
            target=channel,
            text=text,
            at=self.now,
            msgid=f"m{number}",
            bot_nick="cohortbot",
            line=line,
        )
        self._spoke(nick, channel)
        return service.handle(self.app, message, self.wire, lambda _: None)

    def chat(self, nick: str, text: str, *, channel: str) -> LogAddress:
        """A line in a channel that is not for the bot: where it stands in the log."""
        line = self._log.append(channel, chatlog.Message(nick, text), self.now)
        assert line is not None
        self._spoke(nick, channel, line if len(text.split()) >= TALK else None)
        return line

    def enter(self, nick: str, channel: str) -> None:
        """Somebody comes into a channel."""
        connection = self.wire.connection(nick)
        self.wire.channels[channel].add(nick)
        proof = self.wire.proof(connection)
        service.entered(
            self.app, service.Arrival("labnet", channel, nick, connection, proof, self.now), self.wire
        )

    def _spoke(self, nick: str, channel: str | None, line: LogAddress | None = None) -> None:
        connection = self.wire.connection(nick)
        proof, mapping = self.wire.proof(connection), self.wire.casemapping
        self.app.floor.spoke(Spoke(connection, fold(nick, mapping), proof, channel, self.now, mapping, line))

    def say(
        self, nick: str, text: str, *, account: str | None = None, channel: str | None = None
    ) -> list[str]:
        """The lines that answer, each behind its target: `#cohort-deploy cy: joined …`, `cy your zone …`."""
        replies = self.replies(nick, text, account=account, channel=channel)
        said = [line for reply in replies for line in spoken(reply, self.voice)]
        return [f"{_target(line.to)} {line.text}" for line in said]

    def heard(self, target: str) -> list[str]:
        """What the outbox says to a nick or in a channel, that has not been heard before."""
        while parcels := service.outbox.claim(self.app, self.now, self.wire, []):
            for parcel in parcels:
                for line in posted(parcel, self.voice):
                    self._heard[_target(line.to)].append(line.text)
                service.outbox.sent(self.app, parcel, self.now)
        return self._heard.pop(target, [])


def _target(to: Target) -> str:
    return to.channel if isinstance(to, ToChannel) else to.nick


def programme(
    folder: Path,
    url: str,
    *,
    at: datetime = THURSDAY,
    cohorts: str = COHORTS,
    limits: Limits | None = None,
    services: bool = True,
) -> World:
    """A world on the database at `url`, its schema made where there is none and its cohorts opened."""
    path = folder / "config.yaml"
    path.write_text(CONFIG.format(url=url, cohorts=textwrap.indent(cohorts, "  ")), encoding="utf-8")
    path.chmod(0o600)
    world = again(folder, at=at, limits=limits, services=services)
    if not status(world.app.engine).is_current:
        upgrade(url)
    service.apply_config(world.app, world.now)
    return world


def again(
    folder: Path, *, at: datetime = THURSDAY, limits: Limits | None = None, services: bool = True
) -> World:
    """The world of `folder` as another process, or the same one restarted, finds it."""
    clock = StandingClock(at)
    app = wiring.build(load(folder / "config.yaml"), limits=limits, clock=Clock(reader=clock))
    return World(app, Wire(services=services), clock)
