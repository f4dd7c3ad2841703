"""Getting on and off the demo's IRC network: CAP, SASL, NICK, USER, the welcome, AWAY, PING, QUIT."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator

from cohortbot.demo.ircd_lines import Line, compose
from cohortbot.demo.ircd_state import (
    CAPABILITIES,
    CASEMAPPING,
    CHANNEL_LENGTH,
    CHANNEL_LIMIT,
    NICK_LENGTH,
    Client,
    Network,
    fold,
)

NICK = re.compile(rf"[A-Za-z\[\]\\`_^{{|}}][A-Za-z0-9\[\]\\`_^{{|}}-]{{0,{NICK_LENGTH - 1}}}")
USER_LENGTH = 20
SASL_CHUNK = 400  # bytes of base64 in one AUTHENTICATE: IRCv3 SASL 3.1
SASL_LIMIT = 4 * SASL_CHUNK

MOTD = (
    "This network exists while the cohortbot demo runs; nobody else can reach it.",
    "/join #cohort-patch to watch, !join patch to take part, /msg cohortbot help for the rest.",
)


def isupport(network: Network) -> list[str]:
    """The tokens of 005: what this server can do and how far."""
    return [
        "AWAYLEN=200",
        "BOT=B",
        f"CASEMAPPING={CASEMAPPING}",
        f"CHANLIMIT=#:{CHANNEL_LIMIT}",
        "CHANMODES=b,k,l,imnpst",
        f"CHANNELLEN={CHANNEL_LENGTH}",
        "CHANTYPES=#",
        "KICKLEN=250",
        "MODES=6",
        f"NETWORK={network.name}",
        f"NICKLEN={NICK_LENGTH}",
        "PREFIX=(ov)@+",
        "STATUSMSG=@+",
        "TARGMAX=PRIVMSG:4,NOTICE:4,TAGMSG:4,JOIN:,PART:,KICK:4,WHOIS:1,NAMES:1",
        "TOPICLEN=300",
        f"USERLEN={USER_LENGTH}",
        "WHOX",
    ]


# -- capabilities


def cap(network: Network, client: Client, line: Line) -> None:
    """LS, LIST, REQ and END; during registration everything but END holds the welcome back."""
    subcommand, *rest = line.params
    match subcommand.upper():
        case "LS":
            _cap_ls(network, client, rest)
        case "LIST":
            network.say(client, "CAP", client.nick, "LIST", " ".join(sorted(client.caps)))
        case "REQ":
            _cap_req(network, client, " ".join(rest).split())
        case "END":
            client.negotiating = False
            welcome_when_ready(network, client)
        case _:
            network.refuse(client, "invalidcapcmd", subcommand)


def _cap_ls(network: Network, client: Client, rest: list[str]) -> None:
    client.negotiating = not client.registered
    if rest and rest[0].isdecimal():
        client.cap_version = max(client.cap_version, int(rest[0][:6]))
    if client.cap_version >= 302:
        client.caps.add("cap-notify")
    with_values = client.cap_version >= 302
    offered = (f"{cap}={value}" if value and with_values else cap for cap, value in CAPABILITIES.items())
    network.say(client, "CAP", client.nick, "LS", " ".join(offered))


def _cap_req(network: Network, client: Client, wanted: list[str]) -> None:
    """All of a request or none of it (IRCv3 capability negotiation)."""
    client.negotiating = not client.registered
    if any(cap.removeprefix("-") not in CAPABILITIES for cap in wanted):
        network.say(client, "CAP", client.nick, "NAK", " ".join(wanted))
        return
    for cap in wanted:
        if cap.startswith("-"):
            client.caps.discard(cap[1:])
        else:
            client.caps.add(cap)
    network.say(client, "CAP", client.nick, "ACK", " ".join(wanted))


# -- SASL


def authenticate(network: Network, client: Client, line: Line) -> None:
    """One AUTHENTICATE line of a PLAIN exchange (RFC 4616), in chunks of 400 bytes."""
    word = line.params[0]
    if client.account:
        return network.refuse(client, "saslalready")
    if word == "*":
        client.sasl = None
        return network.refuse(client, "saslaborted")
    if client.sasl is None:
        return _sasl_begin(network, client, word)
    if len(word) > SASL_CHUNK or len(client.sasl) + len(word) > SASL_LIMIT:
        client.sasl = None
        return network.refuse(client, "sasltoolong")
    client.sasl += "" if word == "+" else word
    if len(word) < SASL_CHUNK:
        gathered, client.sasl = client.sasl, None
        _sasl_finish(network, client, gathered)
    return None


def _sasl_begin(network: Network, client: Client, mechanism: str) -> None:
    if mechanism.upper() != "PLAIN":
        network.reply(client, "saslmechs", "PLAIN", "are available SASL mechanisms")
        return network.refuse(client, "saslfail")
    client.sasl = ""
    return client.send(compose(None, "AUTHENTICATE", ["+"]))


def _sasl_finish(network: Network, client: Client, gathered: str) -> None:
    try:
        decoded = base64.b64decode(gathered.encode("utf-8", "surrogateescape"), validate=True)
    except binascii.Error:
        return network.refuse(client, "saslfail")
    fields = decoded.decode("utf-8", "surrogateescape").split("\0")
    account = network.login(fields[1], fields[2]) if len(fields) == 3 else None
    if account is None:
        return network.refuse(client, "saslfail")
    network.set_account(client, account)
    return network.reply(client, "saslsuccess", "SASL authentication successful")


# -- registration


def password(network: Network, client: Client, line: Line) -> None:  # noqa: ARG001
    """PASS is accepted before registration and means nothing: this server has no password."""
    if client.registered:
        network.refuse(client, "alreadyregistered")


def user(network: Network, client: Client, line: Line) -> None:
    """USER: the user name with what a mask cannot hold left out, and the real name."""
    if client.user:
        return network.refuse(client, "alreadyregistered")
    name = re.sub(r"[^A-Za-z0-9._~-]", "", line.params[0])[:USER_LENGTH]
    client.user = name or "user"
    client.realname = line.params[3]
    return welcome_when_ready(network, client)


def nick(network: Network, client: Client, line: Line) -> None:
    """NICK: refused if malformed or taken; a change is seen by its owner and whoever shares a channel."""
    wanted = line.params[0] if line.params else ""
    if not wanted:
        return network.refuse(client, "nonicknamegiven")
    if not NICK.fullmatch(wanted):
        return network.refuse(client, "erroneusnickname", wanted)
    if network.client(wanted) not in (None, client):
        return network.refuse(client, "nicknameinuse", wanted)
    if wanted == client.nick:
        return None
    if client.registered:
        network.tell([client, *network.sharers(client)], network.event(client, "NICK", wanted))
    network.clients.pop(fold(client.nick), None)
    client.nick = wanted
    network.clients[fold(wanted)] = client
    return welcome_when_ready(network, client)


def welcome_when_ready(network: Network, client: Client) -> None:
    """Registration is complete with a nick, a user and no negotiation under way."""
    if client.registered or client.negotiating or client.nick == "*" or not client.user:
        return
    client.registered = True
    client.last_active = network.now()
    network.reply(client, "welcome", f"Welcome to {network.name}, {client.mask}")
    network.reply(client, "yourhost", f"Your host is {network.server}, part of the cohortbot demo")
    network.reply(client, "created", f"This server was started {network.started:%Y-%m-%d %H:%M:%S} UTC")
    network.reply(client, "myinfo", network.server, "cohortbot-demo", "iBw", "biklmnopstv", "bklov")
    for tokens in _batches(isupport(network), 12):
        network.reply(client, "featurelist", *tokens, "are supported by this server")
    lusers(network, client)
    motd(network, client)


def _batches(words: list[str], size: int) -> Iterator[list[str]]:
    return (words[start : start + size] for start in range(0, len(words), size))


def lusers(network: Network, client: Client, line: Line | None = None) -> None:  # noqa: ARG001
    people = sum(other.registered for other in network.clients.values())
    network.reply(client, "luserclient", f"There are {people} users and 0 invisible on 1 servers")
    network.reply(client, "luserchannels", str(len(network.channels)), "channels formed")
    network.reply(client, "luserme", f"I have {people} clients and 0 servers")


def motd(network: Network, client: Client, line: Line | None = None) -> None:  # noqa: ARG001
    network.reply(client, "motdstart", f"- {network.server} Message of the day -")
    for sentence in MOTD:
        network.reply(client, "motd", f"- {sentence}")
    network.reply(client, "endofmotd", "End of /MOTD command.")


# -- staying and going


def ping(network: Network, client: Client, line: Line) -> None:
    """PONG with the token as it came; its colon is always there, since a token may begin with one."""
    if not line.params:
        return network.refuse(client, "noorigin")
    return network.say(client, "PONG", network.server, line.params[0])


def pong(network: Network, client: Client, line: Line) -> None:
    """A PONG that nobody asked for is no fault."""


def away(network: Network, client: Client, line: Line) -> None:
    """AWAY with a reason or, without one, back; away-notify tells the channels."""
    client.away = (line.params[0][:200] or None) if line.params else None
    if client.away:
        network.reply(client, "nowaway", "You have been marked as being away")
    else:
        network.reply(client, "unaway", "You are no longer marked as being away")
    watching = [other for other in network.sharers(client) if "away-notify" in other.caps]
    network.tell(watching, network.event(client, "AWAY", *([client.away] if client.away else [])))


def quit_(network: Network, client: Client, line: Line) -> None:
    """QUIT: the others hear the reason, the client an ERROR, then the socket closes."""
    reason = f"Quit: {line.params[0]}" if line.params and line.params[0] else "Client Quit"
    expel(network, client, reason)


def expel(network: Network, client: Client, reason: str) -> None:
    """End a connection from this side, saying why."""
    client.send(compose(None, "ERROR", [f"Closing link: {client.host} ({reason})"]))
    network.depart(client, reason)
    client.hang_up()
