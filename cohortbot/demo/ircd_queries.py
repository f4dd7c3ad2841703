"""Who is here, on the demo's IRC network: WHO, WHOX, WHOIS, ISON, USERHOST and VERSION."""

from __future__ import annotations

from collections.abc import Iterable

from cohortbot.demo.ircd_lines import Line
from cohortbot.demo.ircd_state import Channel, Client, Network, fold, matches

WHOX_ORDER = "tcuihsnfdlaor"  # the order of fields in 354, whatever the order asked in


def who(network: Network, client: Client, line: Line) -> None:
    """WHO of a channel, a nick or a mask; `%fields,token` asks for 354 in place of 352 (WHOX)."""
    target = line.params[0]
    options = line.params[1] if len(line.params) > 1 else ""
    for channel, person in _found(network, client, target):
        if "%" in options:
            network.reply(client, "whospcrpl", *_whox(network, client, channel, person, options))
        else:
            network.reply(client, "whoreply", *_who(network, client, channel, person))
    network.reply(client, "endofwho", target, "End of /WHO list.")


def _found(network: Network, viewer: Client, target: str) -> Iterable[tuple[Channel | None, Client]]:
    if target.startswith("#"):
        channel = network.channel(target)
        if channel is None or (channel.hidden and viewer not in channel.members):
            return []
        return [(channel, member) for member in channel.members]
    people = [one for one in network.clients.values() if one.registered and _fits(one, target)]
    return [(next(network.shared_channels(one, viewer), None), one) for one in people]


def _fits(person: Client, target: str) -> bool:
    return fold(person.nick) == fold(target) or ("!" in target and matches(target, person.mask))


def _flags(viewer: Client, channel: Channel | None, person: Client) -> str:
    marks = channel.prefixes(person, viewer) if channel else ""
    return ("G" if person.away else "H") + ("B" if person.bot else "") + marks


def _who(network: Network, viewer: Client, channel: Channel | None, person: Client) -> tuple[str, ...]:
    name = channel.name if channel else "*"
    flags = _flags(viewer, channel, person)
    return name, person.user, person.host, network.server, person.nick, flags, f"0 {person.realname}"


def _whox(
    network: Network, viewer: Client, channel: Channel | None, person: Client, options: str
) -> list[str]:
    """The fields asked for, in WHOX's own order; account `0` means logged out."""
    asked, _, token = options.partition("%")[2].partition(",")
    fields = {
        "t": token[:3] or "0",
        "c": channel.name if channel else "*",
        "u": person.user,
        "i": person.host,
        "h": person.host,
        "s": network.server,
        "n": person.nick,
        "f": _flags(viewer, channel, person),
        "d": "0",
        "l": str(_idle_seconds(network, person)),
        "a": person.account or "0",
        "o": "n/a",
        "r": person.realname,
    }
    return [fields[letter] for letter in WHOX_ORDER if letter in asked]


def _idle_seconds(network: Network, person: Client) -> int:
    return int((network.now() - (person.last_active or person.signed_on)).total_seconds())


def whois(network: Network, client: Client, line: Line) -> None:
    """WHOIS of one nick (the last parameter; a server before it is ignored); 330 names the account."""
    nick = line.params[-1].split(",")[0]
    person = network.client(nick)
    if person is None or not person.registered:
        network.refuse(client, "nosuchnick", nick or "*")
        return network.reply(client, "endofwhois", nick or "*", "End of /WHOIS list.")
    network.reply(client, "whoisuser", person.nick, person.user, person.host, "*", person.realname)
    shown = [
        channel.prefixes(person, client) + channel.name for channel in network.shared_channels(person, client)
    ]
    for few in (shown[start : start + 5] for start in range(0, len(shown), 5)):
        network.reply(client, "whoischannels", person.nick, " ".join(few))
    network.reply(client, "whoisserver", person.nick, network.server, "The cohortbot demo")
    if person.away:
        network.reply(client, "away", person.nick, person.away)
    if person.bot:
        network.reply(client, "whoisbot", person.nick, f"is a bot on {network.name}")
    if person.account:
        network.reply(client, "whoisaccount", person.nick, person.account, "is logged in as")
    idle, signed_on = _idle_seconds(network, person), int(person.signed_on.timestamp())
    network.reply(client, "whoisidle", person.nick, str(idle), str(signed_on), "seconds idle, signon time")
    return network.reply(client, "endofwhois", person.nick, "End of /WHOIS list.")


def ison(network: Network, client: Client, line: Line) -> None:
    """Which of these nicks are on."""
    asked = " ".join(line.params).split()
    on = [person.nick for nick in asked if (person := network.client(nick)) and person.registered]
    network.reply(client, "ison", " ".join(on))


def userhost(network: Network, client: Client, line: Line) -> None:
    """`nick=+user@host` of up to five nicks, `-` for who is away."""
    found = [person for nick in line.params[:5] if (person := network.client(nick)) and person.registered]
    said = (f"{one.nick}={'-' if one.away else '+'}{one.user}@{one.host}" for one in found)
    network.reply(client, "userhost", " ".join(said))


def version(network: Network, client: Client, line: Line) -> None:  # noqa: ARG001
    network.reply(client, "version", "cohortbot-demo", network.server, "an IRC server for one machine")


def oper(network: Network, client: Client, line: Line) -> None:  # noqa: ARG001
    network.refuse(client, "noprivileges")
