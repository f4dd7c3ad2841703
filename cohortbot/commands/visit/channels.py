"""A look at the channels that the bot should be in: entered and left at once, or seen from outside.

Nothing is changed: a channel that the running bot is in is not entered, one that nobody is in is not made.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from cohortbot.chatlog.plain import plain
from cohortbot.commands.visit.conversation import Conversation
from cohortbot.commands.visit.whois import Bearer, let_services_catch_up
from cohortbot.domain.hearing import Why
from cohortbot.irc import wire
from cohortbot.irc.channels import REFUSALS, batches, join
from cohortbot.irc.network import Network, mode_changes
from cohortbot.irc.people import People

REASON = "cohortbot check"
_AT_ONCE = 10  # channels that we are in at one time: below every network's limit


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel that the bot should be in; `public` is whether it is for anybody.

    `setting` is what stands before the names of its cohort's settings where they are made: `cohorts.deploy.`.
    It is None for one of `irc.channels.extra`. `heard` is whether the bot, if it runs, says that it is there.
    """

    name: str
    key: str | None = None
    public: bool = True
    setting: str | None = None
    heard: bool = False


@dataclass(eq=False, slots=True)
class Look:
    """What was seen of one channel.

    `there` is whether it exists; `inside` whether the running bot is in it, `entered` whether we were.
    `refusal` answered our JOIN. `modes` are the letters that are set, `ranks` those of what the bot is there
    (`v`); each is None where it does not show. `sayings` are the topic and what greeted us; `bans` are masks.
    """

    channel: Channel
    there: bool = False
    inside: bool = False
    entered: bool = False
    refusal: wire.Message | None = None
    modes: str | None = None
    ranks: str | None = None
    sayings: list[str] = field(default_factory=list)
    bans: list[str] = field(default_factory=list)

    @property
    def why(self) -> Why | None:
        """Why we were refused, None if we were not."""
        return REFUSALS[self.refusal.verb] if self.refusal is not None else None

    @property
    def hidden(self) -> bool:
        """Whether WHOIS does not show outsiders who is in the channel: it is secret, or private."""
        return self.there and (self.modes is None or not {"s", "p"}.isdisjoint(self.modes))

    @property
    def seen(self) -> bool:
        """Whether we know what the bot finds there."""
        return self.inside or self.entered


class Looking:
    """Looks at channels on one connection, where we are `nick`; `bot` is the running bot, if it is seen."""

    def __init__(
        self, conversation: Conversation, network: Network, nick: str, bot: Bearer | None, service: str
    ) -> None:
        self._conversation = conversation
        self._network = network
        self._bot = bot
        self._service = service
        self._people = People(network, lambda: "", lambda _: None)
        self._people.own_nick = nick

    def look_at(self, channels: Sequence[Channel]) -> list[Look]:
        """One look a channel, in their order."""
        looks = {self._network.fold(channel.name): Look(channel) for channel in channels}
        self._find_hidden(self._read_modes(looks))
        if self._bot is not None:
            for key, look in looks.items():
                look.ranks = self._bot.channels.get(key)
                look.inside = look.ranks is not None or (look.hidden and look.channel.heard)
        self._read_topics({key: look for key, look in looks.items() if look.inside})
        outside = [(key, look) for key, look in looks.items() if look.there and not look.inside]
        for start in range(0, len(outside), _AT_ONCE):
            self._enter(dict(outside[start : start + _AT_ONCE]))
        self._read_bans({key: look for key, look in looks.items() if look.inside or look.why is Why.BANNED})
        return list(looks.values())

    def _ask(self, *lines: bytes) -> list[wire.Message]:
        heard = self._conversation.ask(*lines) if lines else []
        for message in heard:
            self._people.hear(message)
        return heard

    def _of(self, looks: dict[str, Look], channel: str) -> Look | None:
        return looks.get(self._network.fold(channel))

    def _read_modes(self, looks: dict[str, Look]) -> dict[str, Look]:
        """Only a channel that is there has modes. Returns those that are not there, the server says."""
        denied = {}
        for line in self._ask(*(wire.build("MODE", look.channel.name) for look in looks.values())):
            look = self._of(looks, line.param(1))
            if look is not None and line.verb == "324":
                look.there = True
                letters = self._network.mode_letters
                look.modes = "".join(letter for _, letter, _ in mode_changes(line.params[2:], letters))
            elif look is not None and line.verb == "403":
                denied[self._network.fold(look.channel.name)] = look
        return denied

    def _find_hidden(self, denied: dict[str, Look]) -> None:
        """InspIRCd says so of secret channels too, but not to somebody who would invite from outside."""
        own = self._people.own_nick
        for line in self._ask(*(wire.build("INVITE", own, look.channel.name) for look in denied.values())):
            look = self._of(denied, line.param(1))
            if look is not None and line.verb == "442":
                look.there = True

    def _read_topics(self, looks: dict[str, Look]) -> None:
        """Of channels that we do not enter: some servers tell outsiders, the others list it."""
        unanswered = dict(looks)
        for ask in ("TOPIC", "LIST"):
            for line in self._ask(*(wire.build(ask, look.channel.name) for look in unanswered.values())):
                look = self._of(looks, line.param(1))
                if line.verb in ("331", "332", "322") and look is not None:
                    unanswered.pop(self._network.fold(look.channel.name), None)
                    look.sayings += [] if line.verb == "331" else [plain(line.text)]

    def _enter(self, looks: dict[str, Look]) -> None:
        """All of these at once, until services have greeted us; then out."""
        wanted = [(look.channel.name, look.channel.key) for look in looks.values()]
        heard = self._ask(*(join(batch) for batch in batches(wanted, self._network.joins_at_once)))
        inside = list(self._people.channels.values())  # also where a forward has led us
        unknown = [name for name in inside if (look := self._of(looks, name)) and look.modes is None]
        if unknown:
            self._read_modes({self._network.fold(name): looks[self._network.fold(name)] for name in unknown})
        if inside:
            greetings = let_services_catch_up(self._conversation, self._service)
            for message in greetings:
                self._people.hear(message)
            heard += greetings
        me = self._people.find(self._people.own_nick)
        for name in inside:
            look = self._of(looks, name)
            if look is not None and me is not None:
                look.entered = True
                look.ranks = me.channels.get(self._network.fold(name), "")
        self._listen(looks, heard)
        self._leave(inside)

    def _leave(self, channels: Sequence[str]) -> None:
        at_once = self._network.joins_at_once
        some = (channels[start : start + at_once] for start in range(0, len(channels), at_once))
        self._ask(*(wire.build("PART", ",".join(names), text=REASON) for names in some))

    def _listen(self, looks: dict[str, Look], heard: Iterable[wire.Message]) -> None:
        """The refusals, topics and greetings among what was heard; a greeting names its channel."""
        for line in heard:
            if line.verb in REFUSALS:
                if (look := self._of(looks, line.param(1))) is not None and not look.entered:
                    look.refusal = line
            elif line.verb == "332" and (look := self._of(looks, line.param(1))) is not None:
                look.sayings.append(plain(line.text))
            elif line.verb == "NOTICE":
                for look in self._greeted(looks, line):
                    look.sayings.append(plain(line.text))

    def _greeted(self, looks: dict[str, Look], notice: wire.Message) -> list[Look]:
        entered = {key: look for key, look in looks.items() if look.entered}
        if (look := self._of(entered, notice.param(0))) is not None:
            return [look]
        words = {self._network.fold(word.strip("[]():,\x02")) for word in plain(notice.text).split()}
        named = [look for key, look in entered.items() if key in words]
        return named or list(entered.values()) * (len(entered) == 1)

    def _read_bans(self, looks: dict[str, Look]) -> None:
        """Where the server shows them to outsiders."""
        for line in self._ask(*(wire.build("MODE", look.channel.name, "b") for look in looks.values())):
            look = self._of(looks, line.param(1))
            if line.verb == "367" and look is not None:
                look.bans.append(line.param(2))
