"""A programme of a few words behind the real irc room, as a process: the room is seen without the rest.

`python -P -m support.puppet FILE` with a JSON file of settings. Its commands: `!ping` answers with the proof
of who asks; `!say N` answers with N lines; `!post N [TARGET]` puts N prompts for TARGET (or where it was
asked) into its outbox; `!slow N` takes N seconds; `!join CHANNEL` wants a channel; `!invite NICK CHANNEL`;
`!break` raises; `!fates` tells what became of the outbox; everything else in private is echoed.
"""

from __future__ import annotations

import json
import logging
import sys
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from cohortbot.chatlog.files import ChatLog
from cohortbot.clock import Clock
from cohortbot.config import load
from cohortbot.domain.lease import Turn
from cohortbot.domain.message import LogAddress, Message, Proven, Spoke, Target, ToChannel, ToPerson, Urgency
from cohortbot.irc import bot as irc
from cohortbot.irc.assembly import credentials
from cohortbot.irc.beat import Beat
from cohortbot.irc.bridge import Bridge, Settings
from cohortbot.irc.office import Gauges, Letter, Say, Wire
from cohortbot.irc.work import CouldNotHear, Entered, LoggedIn, SaidPassword
from cohortbot.service.presence import Presence


@dataclass(frozen=True)
class Words:
    to: Target
    text: str


class Puppet:
    """The programme: everything it hears of is answered or told, so that a client can see it."""

    def __init__(self, channels: list[str], notice: bool) -> None:
        self._channels = [(name, None) for name in channels]
        self._notice = notice
        self._outbox: list[Letter] = []
        self._fates: list[str] = []
        self.away = 0  # how often it has no time for who enters

    def handle(self, message: Message, wire: Wire, interim: Say) -> Sequence[Words]:  # noqa: ARG002
        where: Target = ToChannel(message.target, message.nick) if message.target else ToPerson(message.nick)
        verb, *rest = message.text.removeprefix("!").split()
        say = partial(Words, where)
        match verb:
            case "ping":
                return [say(f"{message.nick}: pong {self._proof(message)} {message.connection}")]
            case "say":
                return [say(f"line {number}") for number in range(int(rest[0]))]
            case "post":
                to = ToChannel(rest[1]) if rest[1:] and rest[1].startswith("#") else where
                to = ToPerson(rest[1]) if rest[1:] and not rest[1].startswith("#") else to
                self._outbox += [self._letter(to, number) for number in range(int(rest[0]))]
                return []
            case "slow":
                time.sleep(float(rest[0]))
                return [say("slow done")]
            case "join":
                self._channels.append((rest[0], rest[1] if rest[1:] else None))
                return [say("wanted")]
            case "invite":
                wire.invite(*rest)
                return []
            case "fates":
                return [say(f"fates: {' '.join(self._fates)}")]
            case "break":
                raise RuntimeError("as asked")
        return [say(f"you said {message.text}")]

    def spoke(self, word: Spoke) -> None:
        """Chat is nothing to a puppet."""

    def needs_proof(self, message: Message, _: Presence) -> bool:
        return "anyone" not in message.text

    def entered(self, entered: Entered, _: Presence) -> Sequence[Words] | None:
        if self.away:
            self.away -= 1
            return None
        known = entered.proof.account if isinstance(entered.proof, Proven) else type(entered.proof).__name__
        return (
            [Words(ToPerson(entered.nick), f"{entered.channel} is logged, {known}")] if self._notice else []
        )

    def logged_in(self, logged_in: LoggedIn, _: Presence) -> Sequence[Words]:
        return [Words(ToPerson(logged_in.nick), f"you are logged in {logged_in.connection}")]

    def said_password(self, said: SaidPassword) -> Sequence[Words]:
        return [Words(ToPerson(said.nick), f"change the password said in {said.channel}")]

    def could_not_hear(self, _: CouldNotHear, __: Presence) -> Sequence[Words]:
        return []

    def broke(self, message: Message) -> Sequence[Words]:
        return [Words(ToPerson(message.nick), "that broke")]

    def saw_services(self) -> None:
        logging.info("services seen")

    def channels(self) -> Sequence[tuple[str, str | None]]:
        return list(self._channels)

    def claim(self, _: Presence, __: Collection[int]) -> Sequence[Letter]:
        taken, self._outbox = self._outbox[:20], self._outbox[20:]
        return taken

    def note(self, gauges: Gauges, _: Presence) -> None:
        logging.info("gauges %s", gauges)

    def _letter(self, to: Target, number: int) -> Letter:
        letter = Letter(
            (number,),
            [Words(to, f"prompt {number}")],
            Urgency.IN_TURN,
            lambda address: self._fates.append(f"sent-{self._at(address)}"),
            lambda code, _: self._fates.append(f"refused-{code}"),
            lambda: self._release(letter),
        )
        return letter

    def _release(self, letter: Letter) -> None:
        self._fates.append("released")
        self._outbox.insert(0, letter)

    @staticmethod
    def _at(address: LogAddress | None) -> str:
        return str(address.line) if address else "nowhere"

    @staticmethod
    def _proof(message: Message) -> str:
        return message.proof.account if isinstance(message.proof, Proven) else type(message.proof).__name__


def main(words: list[str]) -> int:
    """Be on the network until told to leave; 1 if it never lets us in."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    settings: dict[str, Any] = json.loads(Path(words[0]).read_text())
    config = load(Path(settings["config"]))
    puppet = Puppet(settings["channels"], settings["notice"])
    turn = Turn(Clock.boottime)
    turn.lasts(timedelta(days=1), Clock.boottime())
    bridge = Bridge(
        Settings(
            network=config.irc.network,
            credentials=credentials(config.irc),
            ignore=config.irc.ignore,
            off_record_prefix=config.logs.off_record_prefix,
            pace=(config.irc.flood.burst, config.irc.flood.per_second),
            new_people_per_minute=config.irc.flood.new_people_per_minute,
            proof_wait=settings["proof_wait"],
            has_services=settings["has_services"],
        ),
        puppet,
        ChatLog(config.logs.folder, config.irc.network),
        Clock(),
        turn,
    )
    beat = Beat(lambda _: None, lambda: datetime.now(UTC), moved=False)
    failed = irc.run(config, bridge, beat, "the puppet leaves", turn)
    logging.info("over at %s: %s", datetime.now(UTC), failed)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
