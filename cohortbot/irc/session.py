"""One connection to the network, from its first line to its last: what is heard is logged and followed.

It knows neither Sopel nor a socket and reads no clock. `now` is seconds of one monotonic clock, `arrival` an
aware UTC time. Whoever drives it hands in lines, puts on the wire what `sender` has due, and calls `tick`.
"""

from __future__ import annotations

import logging
import uuid
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from cohortbot.chatlog.files import ChatLog
from cohortbot.chatlog.line import MAX_AHEAD
from cohortbot.chatlog.plain import plain
from cohortbot.domain.casemap import bare
from cohortbot.domain.message import TALK, LogAddress, Message, Proof, Proven, Spoke, TooSlow
from cohortbot.domain.undelivered import WHY
from cohortbot.irc import wire
from cohortbot.irc.channels import Channels
from cohortbot.irc.hearing import Hearing
from cohortbot.irc.held import Held
from cohortbot.irc.identity import Identity
from cohortbot.irc.journal import Heard, Journal, Written
from cohortbot.irc.login import Credentials, Login
from cohortbot.irc.network import Network
from cohortbot.irc.newcomers import Newcomers
from cohortbot.irc.own_nick import Patience
from cohortbot.irc.pace import Bucket, Priority
from cohortbot.irc.people import Connection, People
from cohortbot.irc.replay import Replays, time_tag
from cohortbot.irc.sender import Line, Sender
from cohortbot.irc.unheard import Unheard, target_of
from cohortbot.irc.vouched import Vouched
from cohortbot.irc.work import CouldNotHear, Entered, LoggedIn, SaidPassword, Work

log = logging.getLogger(__name__)

MOST_PONGS = 8  # answers to PINGs that wait for their turn; a server that asks more often wants the latest
MOST_HELD = 1_000  # commands that wait for a proof; more than services can answer for in time


@dataclass(frozen=True, slots=True)
class Ground:
    """What a session stands on, and what outlives it.

    `shift` moves a server's time as our clock is moved. `receive` takes in what people did, proven or not,
    in each one's order; `saw_services` is called when an account is first seen. `services` is the nick of the
    network's services. Times are in seconds.
    """

    network: str
    credentials: Credentials
    ignore: tuple[str, ...]
    log: ChatLog
    off_record_prefix: str
    proof_wait: float
    new_people_per_minute: float | None
    has_services: bool
    hearing: Hearing
    services: str
    patience: Patience
    shift: Callable[[datetime], datetime]
    new_id: Callable[[], str]
    receive: Callable[[Work], None]
    spoke: Callable[[Spoke], None]
    needs_proof: Callable[[Message], bool]
    saw_services: Callable[[], None]


@dataclass(frozen=True, slots=True)
class Draft:
    """Something said that may be a command. `proof` is what the line itself proves, None if nothing."""

    message: Message
    person: Connection
    proof: Proof | None


class Session:
    """The parts of one connection, and the order in which a line goes through them."""

    def __init__(self, ground: Ground, bucket: Bucket) -> None:
        self._welcomed = False
        self._bucket = bucket
        self.turned_out = False  # whether the server has said that it ends this connection
        self.network = Network()
        self.people = People(self.network, ground.new_id, self._logged_in)
        self.unheard = Unheard(self.network.fold, self.people, self._could_not_hear)
        newcomers = Newcomers(ground.new_people_per_minute, self.network.fold, self._is_never_new)
        self.sender = Sender(bucket, self.network.fold, newcomers, self.unheard.keep)
        self.login = Login(ground.credentials, self.network, self.people, self.sender, ground.patience)
        self.channels = Channels(self.network, self.people, self.sender, ground.hearing)
        self.identity = Identity(
            self.network,
            self.people,
            self.sender,
            services=ground.services,
            has_services=ground.has_services or ground.credentials.logs_in,
            seen=ground.saw_services,
            back=self.login.try_now,
        )
        self._ground = ground
        self._pongs: deque[Line] = deque()  # answers to PINGs that may still wait for their turn
        self._replays = Replays(self.network.fold)
        self._journal = Journal(ground.log, ground.off_record_prefix, self.network, self.people)
        self.vouched = Vouched(self.network.fold)
        self._held: Held[Work] = Held(ground.proof_wait, self._release)

    # Lines from the server

    def hear(self, message: wire.Message, arrival: datetime, now: float) -> Draft | None:
        """Take in a line: first the log, then what we know, then what we do. A Draft if it may be for us."""
        tag = time_tag(message)
        shifted = None if tag is None else self._ground.shift(tag)
        ahead = shifted is not None and shifted > arrival + MAX_AHEAD
        replayed = self._replays.is_replay(message, tag, ahead=ahead)
        heard = Heard(arrival, shifted, replayed)
        written = self._journal.write(message, heard)
        if message.verb == "PRIVMSG":
            return None if replayed else self._said(message, written, arrival, now)
        if message.verb == "NOTICE" or replayed:
            self._warned(message, written, now)
            if not replayed:
                self.login.hear(message, now)
            return None
        self._follow(message, now)
        if message.verb == "JOIN" and self.network.fold(message.param(0)) in self.people.channels:
            if self.people.is_me(message.nick):
                self._replays.joined(message.param(0), tag, ahead=ahead)
            else:
                self._entered(message, arrival, now)
        return None

    def _follow(self, message: wire.Message, now: float) -> None:
        match message.verb:
            case "PING":
                self._pong(message.text)
            case "PONG":
                self.sender.ponged(message.text)
            case "ACCOUNT" if message.param(0) != "*" and self.login.registered:
                self.identity.services_acted(now)
            case "001":
                self.network.server = message.source
                self._bucket.welcomed(now)
            case "005":
                self.network.isupport(message)
            case "376" | "422":
                if not self._welcomed:
                    self._own_up()
                self._welcomed = True
            case "ERROR" | "465":  # 465: banned from this server
                self.turned_out = True
                log.error("the server ends the connection: %s", message.text)
        was_known = self.login.logged_in
        self.people.hear(message)
        self.login.hear(message, now)
        self.channels.hear(message, now)
        if self.login.logged_in and not was_known:
            self.channels.now_identified(now)
        self._go_in(now)
        if message.verb.isdigit():
            self.identity.hear(message, now)
            if message.verb in WHY:
                self.sender.refused(target_of(message), message.verb, message.text, now)
        self._moved(message)

    def _moved(self, message: wire.Message) -> None:
        """Whoever leaves a nick is not vouched for under it, and what waits for them does not go there."""
        match message.verb:
            case "JOIN":
                self.vouched.came(message.nick)
            case "NICK":
                self.vouched.gone(message.nick)
                self.vouched.came(message.param(0))
                self.sender.renamed(message.nick, message.param(0))
                self.unheard.renamed(message.nick, message.param(0))
            case "QUIT":
                self._gone(message.nick)
            case "401":
                self.people.forget_unseen(message.param(1))
                self._gone(message.param(1))

    def _gone(self, nick: str) -> None:
        self.vouched.gone(nick)
        self.sender.gone(nick)
        self.unheard.gone(nick)

    def _is_never_new(self, target: str) -> bool:
        """Where servers limit how many new people one writes to, they do not count these."""
        return self.network.is_channel(target) or self.people.has_voice_with(target)

    def _go_in(self, now: float) -> None:
        """Into our channels, once we are welcome and it is known whether services know us."""
        if self._welcomed and not self.channels.is_open and self.login.may_join(now):
            self.channels.open(now)

    def _own_up(self) -> None:
        """Tell the network that we are a bot, where it has a mode for that."""
        if len(self.network.bot_flag) == 1:
            mode = wire.build("MODE", self.people.own_nick, f"+{self.network.bot_flag}")
            self.sender.put(Line(mode, Priority.CHORE))

    def _pong(self, token: str) -> None:
        """Answer a PING; where many answers wait for their turn, the last of them becomes this one."""
        answer = wire.build("PONG", text=token)
        while self._pongs and self._pongs[0].on_wire:
            self._pongs.popleft()
        if len(self._pongs) == MOST_PONGS:
            self._pongs[-1].data = answer
            return
        self._pongs.append(Line(answer, Priority.URGENT))
        self.sender.put(self._pongs[-1])

    def _said(self, message: wire.Message, written: Written, arrival: datetime, now: float) -> Draft | None:
        if len(message.params) < 2 or not message.nick:
            return None
        target, text = message.params[0], message.params[-1]
        if self.people.is_me(message.nick):
            self.sender.echoed(target, text, written.address)
            return None
        person = self.people.speaker(message, now)
        if written.secret:
            self._warn(person, target, now)
        private = self.people.is_me(target)
        if private:
            self.sender.newcomers.met(message.nick)
        if person.bot or self.is_ignored(person.nick):
            return None
        if not private and self.network.fold(target) not in self.people.channels:
            return None
        if text.startswith("\x01"):
            if text.startswith("\x01ACTION ") and not private:
                self._had_a_word(person, target, arrival, None)
            return None
        for_us = private or self._addressed(text)
        talk = not for_us and not written.secret and len(plain(text).split()) >= TALK
        self._had_a_word(person, None if private else target, arrival, written.address if talk else None)
        if not for_us:
            return None
        said = Message(
            network=self._ground.network,
            nick=message.nick,
            connection=person.id,
            proof=TooSlow(),
            target=None if private else self.network.fold(target),
            text=plain(text),
            at=arrival,
            msgid=message.msgid or uuid.uuid4().hex,
            bot_nick=self.people.own_nick,
            line=written.address,
        )
        return Draft(said, person, self.identity.at_once(person, now))

    def _had_a_word(
        self, person: Connection, channel: str | None, at: datetime, line: LogAddress | None
    ) -> None:
        fold = self.network.fold
        target = fold(channel) if channel is not None else None
        proof = self.identity.in_passing(person)
        self._ground.spoke(
            Spoke(person.id, fold(person.nick), proof, target, at, self.network.casemapping, line)
        )

    def _addressed(self, text: str) -> bool:
        """Whether a line in a channel may be for us: cheap, since most are chat; the grammar decides."""
        start = plain(text[:80]).lstrip()
        if start[:1] in ("!", "."):
            return True
        own = (self.people.own_nick, self._ground.credentials.nick)
        if self.network.fold(start[:1]) not in [self.network.fold(nick[:1]) for nick in own]:
            return False
        folded = self.network.fold(bare(start))
        return any(folded.startswith(self.network.fold(nick)) for nick in own)

    def is_ignored(self, nick: str) -> bool:
        """Whether the config says that this nick is a bot's; nor is anybody there without a nick."""
        return not nick or self.network.fold(nick) in {
            self.network.fold(name) for name in self._ground.ignore
        }

    # What people do

    def accept(self, draft: Draft, now: float) -> None:
        """Pass a command on when its speaker is proven or not; later commands of theirs wait for it."""
        person, message = draft.person, draft.message
        if len(self._held) >= MOST_HELD:
            self._release(message, TooSlow())
            return
        # An owner of whom nobody has told us would be taken for an impostor, also when asking for help.
        stranger = message.target is None and not person.account_known
        if draft.proof is None and (stranger or self._ground.needs_proof(message)):
            self._ask(person, message, now)
        else:
            self._pass_on(person, message, draft.proof or self.identity.in_passing(person), now)

    def _entered(self, message: wire.Message, arrival: datetime, now: float) -> None:
        person = self.people.find(message.nick)
        if person is None or person.bot or self.is_ignored(person.nick):
            return
        channel = self.network.fold(message.param(0))
        work = Entered(self._ground.network, channel, person.nick, person.id, TooSlow(), arrival)
        self._pass_on(person, work, self.identity.in_passing(person), now)

    def _pass_on(self, person: Connection, work: Work, proof: Proof, now: float) -> None:
        self._vouch(person.nick, proof, now)
        self._held.add(person.id, work, proof, now)

    def _ask(self, person: Connection, work: Work, now: float) -> None:
        release = self._held.hold(person.id, work, now)

        def told(said: Proof) -> None:
            self._vouch(person.nick, said, now)
            release(said)

        self.identity.ask(person, told, now)

    def _vouch(self, nick: str, proof: Proof, now: float) -> None:
        if isinstance(proof, Proven):
            self.vouched.vouch(proof.account, nick, now)

    def seek(self, account: str, nick: str, now: float) -> None:
        """Find out, in a moment, whether `account` is here under `nick` though out of our sight."""
        if self.vouched.may_seek(account, nick, now):
            self.identity.whois(nick, lambda proof: self._vouch(nick, proof, now), now)

    def _release(self, work: Work, proof: Proof) -> None:
        # Whoever took another nick while the proof was on its way is answered under that one.
        person = self.people.by_id(work.connection)
        self._ground.receive(replace(work, proof=proof, nick=person.nick if person else work.nick))

    def _logged_in(self, person: Connection) -> None:
        if person.account is not None and not self.people.is_me(person.nick):
            proof = self.identity.of_account(person.account)
            self._ground.receive(LoggedIn(self._ground.network, person.nick, person.id, proof))

    def _could_not_hear(self, person: Connection, code: str) -> None:
        proof = self.identity.last_known(person.nick)
        self._ground.receive(CouldNotHear(self._ground.network, person.nick, person.id, proof, code))

    def _warned(self, message: wire.Message, written: Written, now: float) -> None:
        """A notice or a replayed line does nothing; but a password in a notice is one too."""
        if written.secret and message.verb == "NOTICE" and not self.people.is_me(message.nick):
            self._warn(self.people.speaker(message, now), message.params[0], now)

    def _warn(self, person: Connection, channel: str, now: float) -> None:
        proof = self.identity.last_known(person.nick)
        work = SaidPassword(self._ground.network, self.network.fold(channel), person.nick, person.id, proof)
        self._held.add(person.id, work, proof, now)

    # Lines to the server

    def due(self, arrival: datetime, now: float) -> list[Line]:
        """The lines to put on the wire now; our words are logged here unless the server echoes them."""
        lines = self.sender.take(now)
        if not self.sender.echoes:
            for line in lines:
                if line.target and self.network.is_channel(line.target):
                    line.address = self._journal.own(line.target, line.text, arrival)
        return lines

    def tick(self, now: float) -> None:
        """Do what time alone makes due."""
        self.login.tick(now)
        self._go_in(now)
        self.channels.tick(now)
        self._held.expire(now)
        self.sender.expire(now)

    def wait(self, now: float) -> float | None:
        """Seconds until `due` or `tick` has something to do, None while only the server can change that."""
        go_in = self.login.join_by if self._welcomed and not self.channels.is_open else None
        deadlines = (
            self.login.next_deadline(),
            go_in,
            self.channels.next_deadline(),
            self._held.next_deadline(),
        )
        waits = [max(0.0, deadline - now) for deadline in deadlines if deadline is not None]
        to_send = self.sender.wait(now)
        return min(waits if to_send is None else [*waits, to_send], default=None)

    def close(self) -> None:
        """The connection is gone."""
        self._held.close()
        self.sender.close()
