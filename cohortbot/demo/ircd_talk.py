"""What is said on the demo's IRC network: PRIVMSG, NOTICE, TAGMSG, to people and channels."""

from __future__ import annotations

from cohortbot.demo.ircd_lines import Line
from cohortbot.demo.ircd_services import NickServ
from cohortbot.demo.ircd_state import Channel, Client, Network

MAX_TARGETS = 4  # TARGMAX of 005
RANKS = {"@": "o", "+": "ov"}  # STATUSMSG: who hears what is said to @#channel and +#channel


class Talk:
    """The three verbs of talking; private words to NickServ go to it, not to a socket."""

    def __init__(self, nickserv: NickServ) -> None:
        self._nickserv = nickserv

    def speak(self, network: Network, client: Client, line: Line) -> None:
        """PRIVMSG or NOTICE. A NOTICE is never answered, nor refused (RFC 2812, section 3.3.2)."""
        client.last_active = network.now()
        if not line.params or not line.params[0]:
            return _refuse(network, client, line, "norecipient")
        if len(line.params) < 2 or not line.params[1]:
            return _refuse(network, client, line, "notexttosend")
        return self._to_each(network, client, line, line.params[1:2])

    def tag(self, network: Network, client: Client, line: Line) -> None:
        """TAGMSG: client-only tags without a text; only clients with message-tags know of it."""
        if line.client_tags:
            self._to_each(network, client, line, ())

    def _to_each(self, network: Network, client: Client, line: Line, text: tuple[str, ...]) -> None:
        targets = [target for target in line.params[0].split(",") if target]
        for target in targets[:MAX_TARGETS]:
            if target.lstrip("@+").startswith("#"):
                _to_channel(network, client, line, target, text)
            else:
                self._to_person(network, client, line, target, text)
        if len(targets) > MAX_TARGETS:
            _refuse(network, client, line, "toomanytargets", targets[MAX_TARGETS])

    def _to_person(
        self, network: Network, client: Client, line: Line, target: str, text: tuple[str, ...]
    ) -> None:
        person = network.client(target)
        if person is None or not person.registered:
            return _refuse(network, client, line, "nosuchnick", target)
        _deliver(network, client, line, {person}, (person.nick, *text))
        if person is self._nickserv.client and line.verb == "PRIVMSG":
            return self._nickserv.hear(client, text[0])
        if person.away and line.verb == "PRIVMSG":
            return network.reply(client, "away", person.nick, person.away)
        return None


def _to_channel(network: Network, client: Client, line: Line, target: str, text: tuple[str, ...]) -> None:
    rank = target[: len(target) - len(target.lstrip("@+"))]
    channel = network.channel(target[len(rank) :])
    if channel is None:
        return _refuse(network, client, line, "nosuchchannel", target)
    if not channel.may_speak(client):
        return _refuse(network, client, line, "cannotsendtochan", channel.name)
    hearers = _of_rank(channel, rank[:1]) - {client}
    return _deliver(network, client, line, hearers, (rank[:1] + channel.name, *text))


def _of_rank(channel: Channel, rank: str) -> set[Client]:
    letters = RANKS.get(rank)
    if letters is None:
        return set(channel.members)
    return {member for member, held in channel.members.items() if held & set(letters)}


def _deliver(
    network: Network, client: Client, line: Line, hearers: set[Client], params: tuple[str, ...]
) -> None:
    """To the hearers, and back to the speaker who asked for echo-message."""
    event = network.event(client, line.verb, *params, line=line)
    if "echo-message" in client.caps:
        hearers = hearers | {client}
    able = (one for one in hearers if line.verb != "TAGMSG" or "message-tags" in one.caps)
    network.tell(able, event)


def _refuse(network: Network, client: Client, line: Line, numeric: str, *about: str) -> None:
    if line.verb == "PRIVMSG":
        network.refuse(client, numeric, *about)
