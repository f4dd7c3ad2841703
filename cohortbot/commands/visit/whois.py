"""What WHOIS tells about somebody: who it is, by which proof, and which channels they are seen in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from cohortbot.commands.visit.conversation import Conversation
from cohortbot.irc import wire
from cohortbot.irc.network import Network

SERVICES_CATCH_UP = 3.0  # seconds that services are given for one answer


@dataclass(frozen=True, slots=True)
class Bearer:
    """Who bears a nick. `account` is WHOIS 330, None without; `identified` whether there was a 307.

    `channels` are those that the server shows, as its casemapping lowers them, with the mode letters of what
    they are there. `server` is the one that they are on.
    """

    nick: str
    user: str
    host: str
    realname: str
    server: str = ""
    account: str | None = None
    identified: bool = False
    channels: Mapping[str, str] = field(default_factory=dict)


def whois(conversation: Conversation, network: Network, nick: str) -> Bearer | None:
    """Who bears `nick` now, None if nobody does."""
    about = [line for line in conversation.ask(wire.build("WHOIS", nick)) if len(line.params) > 2]
    by_verb = {line.verb: line for line in about}
    person = by_verb.get("311")
    if person is None:
        return None
    return Bearer(
        nick=person.param(1),
        user=person.param(2),
        host=person.param(3),
        realname=person.text,
        server=by_verb["312"].param(2) if "312" in by_verb else "",
        account=by_verb["330"].param(2) if "330" in by_verb else None,
        identified="307" in by_verb,
        channels=dict(
            _channel(word, network) for line in about if line.verb == "319" for word in line.text.split()
        ),
    )


def let_services_catch_up(conversation: Conversation, service: str) -> list[wire.Message]:
    """Return when services have dealt with all that happened, or do not answer; what was heard meanwhile.

    A WHOIS of two parameters is answered by the server that the nick is on: here services themselves, which
    take the network's events in their order. They send mode changes after their answers: hence twice.
    """
    heard: list[wire.Message] = []
    for _ in range(2):
        conversation.say("WHOIS", service, service)
        heard += conversation.hear_for(SERVICES_CATCH_UP, lambda line: _ends_whois(line, service))
        if not heard or not _ends_whois(heard[-1], service):
            break
    return heard + conversation.ask()


def _ends_whois(line: wire.Message, nick: str) -> bool:
    return line.verb in ("318", "401", "402") and line.param(1).lower() == nick.lower()


def _channel(word: str, network: Network) -> tuple[str, str]:
    """`@+#channel` as its lowered name and mode letters; `&` and `+` may also begin a channel's name."""
    letters = ""
    while word[:1] in network.ranks and word[1:2] in (*network.ranks, *network.channel_types):
        letters += network.ranks[word[0]]
        word = word[1:]
    return network.fold(word), letters
