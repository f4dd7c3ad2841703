"""The bot's side of one network, over all its connections: what is said goes out, what is asked is known.

Everything here may be called from any thread, and nothing waits. One driver (our runner, or the plugins in a
stock Sopel) opens it for each connection, hands in the lines, and sends what `due` gives.
"""

from __future__ import annotations

import logging
import threading
import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from cohortbot.chatlog.files import ChatLog
from cohortbot.clock import Clock
from cohortbot.domain.casemap import Casemapping, mapping_named
from cohortbot.domain.lease import Turn
from cohortbot.domain.message import Proof, Target, ToChannel, Unproven
from cohortbot.irc import cut, wire
from cohortbot.irc.courier import Courier
from cohortbot.irc.handler import Handler
from cohortbot.irc.hearing import Hearing
from cohortbot.irc.login import Credentials
from cohortbot.irc.office import Gauges, Office, Spoken
from cohortbot.irc.own_nick import Patience
from cohortbot.irc.pace import Bucket, Priority
from cohortbot.irc.people import ids
from cohortbot.irc.sender import Fate, Line, Receipt, Told
from cohortbot.irc.session import Draft, Ground, Session

log = logging.getLogger(__name__)

_LONGEST_MASK = 10 + 1 + 63  # bytes of user@host at most, before ours was seen
_UNREAD_TOLD = 1_000  # lines that cannot be read, of which the first is said in the operator's log
_AT_MOST = 1.0  # seconds between two ticks while anything waits


@dataclass(frozen=True, slots=True)
class Settings:
    """What the config says about the network; `proof_wait` in seconds, `pace` is burst and lines a second.

    `services` is the nick of the network's services.
    """

    network: str
    credentials: Credentials
    ignore: tuple[str, ...]
    off_record_prefix: str
    pace: tuple[int, float]
    proof_wait: float
    new_people_per_minute: float | None
    has_services: bool
    services: str = "NickServ"


@dataclass(frozen=True, slots=True)
class Heard:
    """A line that may be for us."""

    message: wire.Message
    draft: Draft


class Bridge:
    """Speaks for the programme and answers what it asks (`service.Presence`), over whatever connection."""

    def __init__(self, settings: Settings, office: Office, log: ChatLog, clock: Clock, turn: Turn) -> None:
        """Nothing is taken in, written or said but in our `turn`."""
        self._settings = settings
        self._office = office
        self._clock = clock
        self._lock = threading.RLock()
        self._session: Session | None = None
        self._wake: Callable[[], None] = _nothing
        self._connected_since: datetime | None = None
        self._connections = 0
        self._errors = 0
        self._unread = 0
        self._has_services = settings.has_services
        self._hearing = Hearing(clock.now)
        self._patience = Patience()
        self._wanted: Sequence[tuple[str, str | None]] = ()
        self._handler = Handler(office, self, self.say, self._worked)
        self._courier = Courier(office, self, self, self._handler.wait_idle, clock.monotonic)
        self._new_id = ids(uuid.uuid4().hex[:12])
        self._log = log
        self._turn = turn

    # Its life

    def start(self) -> None:
        """Begin to work; nothing is connected yet."""
        self._handler.start()
        self._courier.start()

    def stop(self, wait: float) -> None:
        """End all work, within about `wait` seconds, and let go of the log files."""
        self._handler.stop(wait / 2)
        self._courier.stop(wait / 2)
        self._log.close()

    def open(self, wake: Callable[[], None]) -> Session:
        """A new connection; `wake` is called, from any thread, whenever `due` may have something."""
        with self._lock:
            burst, per_second = self._settings.pace
            self._session = Session(self._ground(), Bucket(burst, per_second, self._clock.monotonic()))
            self._wake = wake
            self._connections += 1
            return self._session

    def close(self) -> None:
        """The connection is gone."""
        with self._lock:
            session, self._session = self._session, None
            self._wake = _nothing
            self._connected_since = None
            if session is not None:
                session.close()

    def _ground(self) -> Ground:
        return Ground(
            network=self._settings.network,
            credentials=self._settings.credentials,
            ignore=self._settings.ignore,
            log=self._log,
            off_record_prefix=self._settings.off_record_prefix,
            proof_wait=self._settings.proof_wait,
            new_people_per_minute=self._settings.new_people_per_minute,
            has_services=self._has_services,
            hearing=self._hearing,
            services=self._settings.services,
            patience=self._patience,
            shift=self._clock.shift,
            new_id=lambda: next(self._new_id),
            receive=self._handler.put,
            spoke=self._office.spoke,
            needs_proof=lambda message: self._office.needs_proof(message, self),
            saw_services=self._saw_services,
        )

    # For whoever drives the connection

    def hear(self, lines: Iterable[bytes]) -> list[Heard]:
        """Take in lines in their order; of these, what may be for us.

        A line that cannot be read is passed over, and one that meets a fault of ours ends nothing; both are
        said in the operator's log.
        """
        arrival, now = self._clock.now(), self._clock.monotonic()
        heard: list[Heard] = []
        with self._lock:
            session = self._session
            if session is None or not self._turn.held:
                return heard
            for line in lines:
                message = wire.read(line)
                if message is None:
                    self._pass_over(line)
                    continue
                draft = self._hear_one(session, message, arrival, now)
                if draft is not None:
                    heard.append(Heard(message, draft))
            if self._connected_since is None and session.login.registered:
                self._connected_since = arrival
                session.channels.want(self._wanted, now)
        return heard

    def _hear_one(
        self, session: Session, message: wire.Message, arrival: datetime, now: float
    ) -> Draft | None:
        try:
            return session.hear(message, arrival, now)
        except Exception:  # the loud boundary: no line may end the connection
            self._errors += 1
            log.exception("a fault while hearing a line of %s: %s", message.nick, message.verb)
            return None

    def _pass_over(self, line: bytes) -> None:
        """Not each is told of, or the operator's log would grow as fast as a server sends them."""
        if not line.strip():
            return  # an empty line says nothing: RFC 2812, section 2.3.1
        if self._unread % _UNREAD_TOLD == 0:
            log.warning("a line of %d bytes without a command is passed over", len(line))
        self._unread += 1

    def accept(self, draft: Draft) -> None:
        """Carry out what somebody said, once it is proven who they are or that they are not."""
        with self._lock:
            if self._session is not None:
                self._session.accept(draft, self._clock.monotonic())

    def due(self) -> tuple[list[Line], float | None]:
        """The lines to send now, and the seconds after which to ask again (None: when woken)."""
        with self._lock:
            session = self._session
            if session is None or not self._turn.held:
                return [], None
            now = self._clock.monotonic()
            session.tick(now)
            lines = session.due(self._clock.now(), now)
            wait = session.wait(now)
            return lines, None if wait is None else min(wait, _AT_MOST)

    @property
    def failed(self) -> str | None:
        """Why the network will never let us in as we are; None while it may."""
        with self._lock:
            return self._session.login.failed if self._session is not None else None

    # What is said

    def say(self, spoken: Sequence[Spoken]) -> None:
        """Answers to people: before everything but what keeps the connection alive."""
        self.post(spoken, Priority.ANSWER)

    def post(self, spoken: Sequence[Spoken], priority: Priority, told: Told | None = None) -> int:
        """Queue all of it, cut into lines that fit: what goes to one target in a row is said in one go.

        Returns how many such pieces it makes; `told` is called for each of them.
        """
        pieces = [(target, list(each)) for target, each in groupby(spoken, lambda each: _target(each.to))]
        with self._lock:
            session = self._session
            if session is None or not session.login.registered:
                return self._unsent(len(pieces), told)
            made = 0
            for target, piece in pieces:
                room = self._room(session, target)
                if texts := [text for each in piece for text in cut.lines(each.text, room)]:
                    session.sender.say_all(target, texts, priority, told)
                    made += 1
            wake = self._wake
        wake()  # outside the lock, which whom it wakes wants at once
        return made

    def say_unheard(self, nick: str) -> None:
        with self._lock:
            if self._session is not None:
                for text in self._session.unheard.take(nick):
                    self._session.sender.say(nick, text, Priority.ANSWER)
                self._wake()

    def put(self, line: Line) -> None:
        """Queue a line of the protocol as it is."""
        with self._lock:
            if self._session is not None:
                self._session.sender.put(line)
                self._wake()

    def invite(self, nick: str, channel: str) -> None:
        """Ask somebody in, where we may: op in a channel that they are not in."""
        with self._lock:
            session = self._session
            me = session.people.find(session.people.own_nick) if session is not None else None
            if session is None or me is None or self.in_channel(nick, channel):
                return
            if set(me.channels.get(session.network.fold(channel), "")) & set("oaqh"):
                session.sender.put(Line(wire.build("INVITE", nick, channel), Priority.ANSWER))
                self._wake()

    def want_channels(self, channels: Sequence[tuple[str, str | None]]) -> None:
        """Be in these too, now and on every later connection."""
        with self._lock:
            if channels == self._wanted:
                return
            self._wanted = tuple(channels)
            if self._session is not None:
                self._session.channels.want(self._wanted, self._clock.monotonic())
                self._wake()

    @staticmethod
    def _unsent(pieces: int, told: Told | None) -> int:
        for _ in range(pieces):
            if told is not None:
                told(Receipt(Fate.UNSENT))
        return pieces

    def _room(self, session: Session, target: str) -> int:
        mask = session.people.own_mask or "x" * _LONGEST_MASK
        return cut.room(f"{session.people.own_nick}!{mask}", target, session.network.line_length)

    # What is known: service.Presence

    @property
    def ready(self) -> bool:
        with self._lock:
            return self._session is not None and self._session.login.registered

    @property
    def casemapping(self) -> Casemapping:
        with self._lock:
            return self._session.network.casemapping if self._session else mapping_named(None)

    @property
    def nick(self) -> str:
        """What we are called now."""
        with self._lock:
            return self._session.people.own_nick if self._session else self._settings.credentials.nick

    def joined(self, channel: str) -> bool:
        with self._lock:
            session = self._session
            return session is not None and session.network.fold(channel) in session.people.channels

    def in_channel(self, nick: str, channel: str) -> bool:
        with self._lock:
            session = self._session
            person = session.people.find(nick) if session is not None else None
            return (
                session is not None
                and person is not None
                and session.network.fold(channel) in person.channels
            )

    def nick_of(self, connection: str) -> str | None:
        with self._lock:
            person = self._session.people.by_id(connection) if self._session else None
            return person.nick if person is not None else None

    def nick_of_account(self, account: str) -> str | None:
        with self._lock:
            if self._session is None:
                return None
            person = self._session.people.by_account(account)
            if person is not None:
                return person.nick
            return self._session.vouched.nick_of(account, self._clock.monotonic())

    def seek(self, account: str, nick: str) -> None:
        with self._lock:
            if self._session is not None:
                self._session.seek(account, nick, self._clock.monotonic())
                self._wake()

    def proof_of(self, nick: str) -> Proof:
        with self._lock:
            return self._session.identity.last_known(nick) if self._session else Unproven()

    def connection_of(self, nick: str) -> str | None:
        with self._lock:
            person = self._session.people.find(nick) if self._session else None
            return person.id if person is not None else None

    def is_bot(self, nick: str) -> bool:
        with self._lock:
            session = self._session
            person = session.people.find(nick) if session is not None else None
            return (person is not None and person.bot) or (session is not None and session.is_ignored(nick))

    def may_write(self, nick: str, *, urgent: bool) -> bool:
        with self._lock:
            if self._session is None:
                return False
            return self._session.sender.newcomers.may_write(nick, self._clock.monotonic(), urgent=urgent)

    def unheard(self, nick: str) -> int:
        with self._lock:
            return self._session.unheard.count(nick) if self._session else 0

    def gauges(self) -> Gauges:
        with self._lock:
            return Gauges(
                connected_since=self._connected_since,
                queue=self._session.sender.queued if self._session else 0,
                reconnects=max(0, self._connections - 1),
                errors=self._errors + self._handler.errors + self._courier.errors,
                heard=tuple(self._session.channels.heard) if self._session else (),
                losses=self._hearing.losses(),
            )

    def noted(self, gauges: Gauges) -> None:
        """What these say about channels is known where it must be."""
        with self._lock:
            self._hearing.told(gauges.losses)

    # Within

    def _worked(self) -> None:
        self._courier.wake()

    def _saw_services(self) -> None:
        self._has_services = True
        self._courier.saw_services()


def _target(to: Target) -> str:
    return to.channel if isinstance(to, ToChannel) else to.nick


def _nothing() -> None:
    pass
