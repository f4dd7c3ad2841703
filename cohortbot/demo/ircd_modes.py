"""Modes of the demo's IRC network: rank, bans, key, limit and flags of channels; modes of people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cohortbot.demo.ircd_channels import channel_of
from cohortbot.demo.ircd_lines import Line
from cohortbot.demo.ircd_state import Channel, Client, Network

MAX_WITH_ARGUMENT = 6  # changes with an argument in one command: MODES=6 of 005
MAX_BANS = 100
MASK_LENGTH = 120
KEY_LENGTH = 23
FLAGS = "imnpst"


@dataclass(frozen=True, slots=True)
class Change:
    """One change of a MODE line: `sign` is + or -; `argument` is None for a flag, or where one is missing."""

    sign: str
    letter: str
    argument: str | None = None


def changes(modes: str, arguments: Sequence[str]) -> Iterator[Change]:
    """The changes of `+ov-l anna bo` in order; without a sign they are additions."""
    left = list(arguments)
    sign = "+"
    for letter in modes:
        if letter in "+-":
            sign = letter
            continue
        takes_one = letter in "ovbk" or (letter == "l" and sign == "+")
        yield Change(sign, letter, left.pop(0) if takes_one and left else None)


def mode(network: Network, client: Client, line: Line) -> None:
    """MODE of a channel or of oneself: shows without changes, else applies what is allowed."""
    target = line.params[0]
    if not target.startswith("#"):
        return _user_mode(network, client, target, line.params[1:])
    channel = network.channel(target)
    if channel is None:
        return network.refuse(client, "nosuchchannel", target)
    if len(line.params) == 1:
        return _show(network, client, channel)
    if line.params[1].lstrip("+") == "b" and len(line.params) == 2:
        return _show_bans(network, client, channel)
    return _change(network, client, channel, line)


def _show(network: Network, client: Client, channel: Channel) -> None:
    letters = "+" + "".join(sorted(channel.flags))
    arguments: list[str] = []
    if channel.key is not None:
        letters += "k"
        arguments.append(channel.key if client in channel.members else "*")
    if channel.limit is not None:
        letters += "l"
        arguments.append(str(channel.limit))
    network.reply(client, "channelmodeis", channel.name, letters, *arguments)
    network.reply(client, "channelcreate", channel.name, str(int(channel.created.timestamp())))


def _show_bans(network: Network, client: Client, channel: Channel) -> None:
    if not channel.hidden or client in channel.members:
        for ban, (setter, at) in channel.bans.items():
            network.reply(client, "banlist", channel.name, ban, setter, str(int(at.timestamp())))
    network.reply(client, "endofbanlist", channel.name, "End of channel ban list")


def _change(network: Network, client: Client, channel: Channel, line: Line) -> None:
    if channel_of(network, client, channel.name) is None:
        return None
    if not channel.is_op(client):
        return network.refuse(client, "chanoprivsneeded", channel.name)
    done: list[Change] = []
    with_argument = 0
    for change in changes(line.params[1], line.params[2:]):
        with_argument += change.argument is not None
        if with_argument > MAX_WITH_ARGUMENT:
            break
        applied = _apply(network, client, channel, change)
        if applied:
            done.append(applied)
    if not done:
        return None
    words = [one.argument for one in done if one.argument is not None]
    return network.tell(channel.members, network.event(client, "MODE", channel.name, _spelled(done), *words))


def _spelled(done: Sequence[Change]) -> str:
    """The letters with each sign said once: `+ov-l`."""
    spelled, sign = "", ""
    for change in done:
        spelled += (change.sign if change.sign != sign else "") + change.letter
        sign = change.sign
    return spelled


def _apply(network: Network, client: Client, channel: Channel, change: Change) -> Change | None:
    """The change as it took effect, or None if it changed nothing (the client knows, where it is a fault)."""
    match change.letter:
        case "o" | "v":
            return _rank(network, client, channel, change)
        case "b":
            return _ban(network, client, channel, change)
        case "k":
            return _key(network, client, channel, change)
        case "l":
            return _limit(channel, change)
        case letter if letter in FLAGS:
            return _flag(channel, change)
        case letter:
            network.refuse(client, "unknownmode", letter)
            return None


def _rank(network: Network, client: Client, channel: Channel, change: Change) -> Change | None:
    if not change.argument:
        network.refuse(client, "needmoreparams", "MODE")
        return None
    person = network.client(change.argument)
    if person is None:
        network.refuse(client, "nosuchnick", change.argument)
        return None
    if person not in channel.members:
        network.refuse(client, "usernotinchannel", person.nick, channel.name)
        return None
    held = channel.members[person]
    if (change.letter in held) == (change.sign == "+"):
        return None
    held.symmetric_difference_update(change.letter)
    return Change(change.sign, change.letter, person.nick)


def _ban(network: Network, client: Client, channel: Channel, change: Change) -> Change | None:
    if not change.argument:
        _show_bans(network, client, channel)
        return None
    mask = whole_mask(change.argument[:MASK_LENGTH])
    if change.sign == "-":
        return Change("-", "b", mask) if channel.bans.pop(mask, None) else None
    if mask in channel.bans:
        return None
    if len(channel.bans) >= MAX_BANS:
        network.refuse(client, "banlistfull", channel.name, mask)
        return None
    channel.bans[mask] = (client.mask, network.now())
    return Change("+", "b", mask)


def whole_mask(mask: str) -> str:
    """`cy` -> `cy!*@*`, `*@host` -> `*!*@host`; what is whole stays as it is."""
    if "@" not in mask:
        return mask + ("@*" if "!" in mask else "!*@*")
    return mask if "!" in mask else f"*!{mask}"


def _key(network: Network, client: Client, channel: Channel, change: Change) -> Change | None:
    if change.sign == "-":
        if channel.key is None:
            return None
        channel.key = None
        return Change("-", "k", "*")
    key = change.argument
    if not key or "," in key or " " in key or key.startswith(":") or len(key) > KEY_LENGTH:
        network.refuse(client, "invalidkey", channel.name)
        return None
    channel.key = key
    return Change("+", "k", key)


def _limit(channel: Channel, change: Change) -> Change | None:
    if change.sign == "-":
        had, channel.limit = channel.limit, None
        return Change("-", "l") if had is not None else None
    text = change.argument or ""
    if not (text.isascii() and text.isdecimal() and len(text) <= 6 and int(text) > 0):
        return None
    channel.limit = int(text)
    return Change("+", "l", str(channel.limit))


def _flag(channel: Channel, change: Change) -> Change | None:
    if (change.letter in channel.flags) == (change.sign == "+"):
        return None
    channel.flags.symmetric_difference_update(change.letter)
    return Change(change.sign, change.letter)


# -- modes of people


def _user_mode(network: Network, client: Client, target: str, params: Sequence[str]) -> None:
    person = network.client(target)
    if person is None:
        return network.refuse(client, "nosuchnick", target)
    if person is not client:
        return network.refuse(client, "usersdontmatch")
    if not params:
        return network.reply(client, "umodeis", "+" + "".join(sorted(client.modes)))
    done = [change for change in changes(params[0], ()) if _user_flag(network, client, change)]
    if not done:
        return None
    return network.tell([client], network.event(client, "MODE", client.nick, _spelled(done)))


def _user_flag(network: Network, client: Client, change: Change) -> bool:
    """+i (invisible), +w (wallops) and +B (a bot) are kept; nobody becomes an operator of the network."""
    if change.letter not in "iwB":
        network.refuse(client, "umodeunknownflag")
        return False
    if (change.letter in client.modes) == (change.sign == "+"):
        return False
    client.modes.symmetric_difference_update(change.letter)
    return True
