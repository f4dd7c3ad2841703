"""Channels of the demo's IRC network: JOIN, PART, TOPIC, NAMES, KICK, INVITE and LIST."""

from __future__ import annotations

from itertools import zip_longest

from cohortbot.demo.ircd_lines import Line
from cohortbot.demo.ircd_state import CHANNEL_LENGTH, CHANNEL_LIMIT, Channel, Client, Network, fold

NAMES_BYTES = (
    280  # of nicks after which a new 353 begins: with one more mask and the longest channel under 512
)
TOPIC_LENGTH = 300
KICK_LENGTH = 250


def channel_of(network: Network, client: Client, name: str) -> Channel | None:
    """The channel of that name that the client is in; otherwise None, and the client has been told why."""
    channel = network.channel(name)
    if channel is None:
        network.refuse(client, "nosuchchannel", name)
        return None
    if client not in channel.members:
        network.refuse(client, "notonchannel", name)
        return None
    return channel


# -- JOIN and PART


def join(network: Network, client: Client, line: Line) -> None:
    """JOIN of one or more channels, with keys in the same order; `JOIN 0` leaves all."""
    if line.params[0] == "0":
        for channel in list(client.channels.values()):
            _part(network, client, channel, "Left all channels")
        return
    names = [name for name in line.params[0].split(",") if name]
    keys = line.params[1].split(",") if len(line.params) > 1 else []
    for name, key in list(zip_longest(names, keys))[: len(names)]:
        _join_one(network, client, name, key)


def _join_one(network: Network, client: Client, name: str, key: str | None) -> None:
    channel = network.channel(name)
    if channel and client in channel.members:
        return None
    if len(client.channels) >= CHANNEL_LIMIT:
        return network.refuse(client, "toomanychannels", name)
    if channel is None:
        if not _is_channel_name(name):
            return network.refuse(client, "nosuchchannel", name)
        channel = network.channels[fold(name)] = Channel(name, network.now())
        return _enter(network, client, channel, {"o"})
    if refusal := _why_not(channel, client, key):
        return network.refuse(client, refusal, channel.name)
    return _enter(network, client, channel, set())


def _is_channel_name(name: str) -> bool:
    plain = not any(char in " \a" or ord(char) < 32 for char in name)
    return name.startswith("#") and plain and len(name.encode("utf-8", "surrogateescape")) <= CHANNEL_LENGTH


def _why_not(channel: Channel, client: Client, key: str | None) -> str | None:
    """The refusal that keeps a client out; an invitation opens +i, +b and +l, a key is always asked."""
    if channel.key is not None and key != channel.key:
        return "badchannelkey"
    if client in channel.invited:
        return None
    if "i" in channel.flags:
        return "inviteonlychan"
    if channel.is_banned(client):
        return "bannedfromchan"
    if channel.limit is not None and len(channel.members) >= channel.limit:
        return "channelisfull"
    return None


def _enter(network: Network, client: Client, channel: Channel, modes: set[str]) -> None:
    channel.invited.discard(client)
    channel.members[client] = modes
    client.channels[fold(channel.name)] = channel
    plain = network.event(client, "JOIN", channel.name)
    extended = network.event(client, "JOIN", channel.name, client.account or "*", client.realname)
    for member in channel.members:
        network.tell([member], extended if "extended-join" in member.caps else plain)
    if client.away:
        watching = [one for one in channel.members if "away-notify" in one.caps and one is not client]
        network.tell(watching, network.event(client, "AWAY", client.away))
    if channel.topic:
        _tell_topic(network, client, channel)
    _tell_names(network, client, channel)


def part(network: Network, client: Client, line: Line) -> None:
    """PART of one or more channels, with an optional reason."""
    reason = line.params[1] if len(line.params) > 1 else ""
    for name in filter(None, line.params[0].split(",")):
        channel = channel_of(network, client, name)
        if channel:
            _part(network, client, channel, reason)


def _part(network: Network, client: Client, channel: Channel, reason: str) -> None:
    words = (channel.name, reason) if reason else (channel.name,)
    network.tell(channel.members, network.event(client, "PART", *words))
    network.leave_channel(client, channel)


# -- TOPIC


def topic(network: Network, client: Client, line: Line) -> None:
    """Show or set a topic; with +t only an operator sets it."""
    if len(line.params) < 2:
        return _show_topic(network, client, line.params[0])
    channel = channel_of(network, client, line.params[0])
    if channel is None:
        return None
    if "t" in channel.flags and not channel.is_op(client):
        return network.refuse(client, "chanoprivsneeded", channel.name)
    channel.topic = line.params[1][:TOPIC_LENGTH]
    channel.topic_by = client.mask
    channel.topic_at = network.now()
    return network.tell(channel.members, network.event(client, "TOPIC", channel.name, channel.topic))


def _show_topic(network: Network, client: Client, name: str) -> None:
    channel = network.channel(name)
    if channel is None or (channel.hidden and client not in channel.members):
        return network.refuse(client, "nosuchchannel", name)
    if not channel.topic:
        return network.reply(client, "notopic", channel.name, "No topic is set.")
    return _tell_topic(network, client, channel)


def _tell_topic(network: Network, client: Client, channel: Channel) -> None:
    network.reply(client, "currenttopic", channel.name, channel.topic)
    if channel.topic_at:
        network.reply(
            client, "topicinfo", channel.name, channel.topic_by, str(int(channel.topic_at.timestamp()))
        )


# -- NAMES and LIST


def names(network: Network, client: Client, line: Line) -> None:
    """NAMES of channels; of a hidden one only to its members."""
    asked = line.params[0].split(",") if line.params else []
    for name in asked[:1]:
        channel = network.channel(name)
        if channel and (not channel.hidden or client in channel.members):
            _tell_names(network, client, channel)
            return
    network.reply(client, "endofnames", asked[0] if asked else "*", "End of /NAMES list.")


def _tell_names(network: Network, client: Client, channel: Channel) -> None:
    whole_masks = "userhost-in-names" in client.caps
    kind = "@" if "s" in channel.flags else "*" if "p" in channel.flags else "="
    gathered: list[str] = []
    for member in channel.members:
        gathered.append(channel.prefixes(member, client) + (member.mask if whole_masks else member.nick))
        if sum(len(word) + 1 for word in gathered) > NAMES_BYTES:
            network.reply(client, "namreply", kind, channel.name, " ".join(gathered))
            gathered = []
    if gathered:
        network.reply(client, "namreply", kind, channel.name, " ".join(gathered))
    network.reply(client, "endofnames", channel.name, "End of /NAMES list.")


def list_(network: Network, client: Client, line: Line) -> None:
    """LIST of all channels, or of those named; hidden ones only to their members."""
    wanted = {fold(name) for name in line.params[0].split(",")} if line.params else None
    network.reply(client, "liststart", "Channel", "Users  Name")
    for folded, channel in network.channels.items():
        if channel.hidden and client not in channel.members:
            continue
        if wanted is None or folded in wanted:
            network.reply(client, "list", channel.name, str(len(channel.members)), channel.topic)
    network.reply(client, "listend", "End of /LIST")


# -- KICK and INVITE


def kick(network: Network, client: Client, line: Line) -> None:
    """KICK of up to four people by an operator."""
    channel = channel_of(network, client, line.params[0])
    if channel is None:
        return None
    if not channel.is_op(client):
        return network.refuse(client, "chanoprivsneeded", channel.name)
    reason = line.params[2][:KICK_LENGTH] if len(line.params) > 2 else client.nick
    for nick in line.params[1].split(",")[:4]:
        victim = network.client(nick)
        if victim is None:
            network.refuse(client, "nosuchnick", nick)
        elif victim not in channel.members:
            network.refuse(client, "usernotinchannel", victim.nick, channel.name)
        else:
            network.tell(
                channel.members,
                network.event(client, "KICK", channel.name, victim.nick, reason or client.nick),
            )
            network.leave_channel(victim, channel)
    return None


def invite(network: Network, client: Client, line: Line) -> None:
    """INVITE: by any member, to a channel with +i by an operator."""
    nick, name = line.params[:2]
    guest = network.client(nick)
    if guest is None or not guest.registered:
        return network.refuse(client, "nosuchnick", nick)
    channel = channel_of(network, client, name)
    if channel is None:
        return None
    if guest in channel.members:
        return network.refuse(client, "useronchannel", guest.nick, channel.name)
    if "i" in channel.flags and not channel.is_op(client):
        return network.refuse(client, "chanoprivsneeded", channel.name)
    channel.invited.add(guest)
    network.reply(client, "inviting", guest.nick, channel.name)
    if guest.away:
        network.reply(client, "away", guest.nick, guest.away)
    return network.tell([guest], network.event(client, "INVITE", guest.nick, channel.name))
