"""The demo's IRC server: loopback only, a process of its own, simulated accounts, nothing kept.

`python -m cohortbot.demo.ircd --port 0 --account anna:secret` prints its port and serves until SIGTERM.
It pings nobody: on loopback the kernel reports a client that died, and one that stopped reading is cut off.
"""

from __future__ import annotations

import argparse
import asyncio
import errno
import secrets
import signal
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from cohortbot.clock import Clock
from cohortbot.demo import ircd_channels, ircd_login, ircd_modes, ircd_queries
from cohortbot.demo.ircd_lines import MAX_BODY, MAX_TAGS, Line, parse
from cohortbot.demo.ircd_services import NickServ
from cohortbot.demo.ircd_state import Client, Network
from cohortbot.demo.ircd_talk import Talk

LOOPBACK = "127.0.0.1"
PORTS_TRIED = 50  # a port in use, and the next ones
SEND_QUEUE = 1_000_000  # bytes a client may leave unread
RECEIVE_QUEUE = MAX_TAGS + MAX_BODY  # bytes without a line end

Handler = Callable[[Network, Client, Line], None]


@dataclass(frozen=True, slots=True)
class Command:
    """One verb: its handler, how many parameters it needs, and whether it may come before the welcome."""

    handler: Handler
    needs: int = 0
    early: bool = False


def commands(nickserv: NickServ) -> dict[str, Command]:
    """Every verb that the server knows."""
    talk = Talk(nickserv)
    return {
        "CAP": Command(ircd_login.cap, 1, early=True),
        "AUTHENTICATE": Command(ircd_login.authenticate, 1, early=True),
        "PASS": Command(ircd_login.password, 1, early=True),
        "NICK": Command(ircd_login.nick, early=True),
        "USER": Command(ircd_login.user, 4, early=True),
        "PING": Command(ircd_login.ping, early=True),
        "PONG": Command(ircd_login.pong, early=True),
        "QUIT": Command(ircd_login.quit_, early=True),
        "AWAY": Command(ircd_login.away),
        "LUSERS": Command(ircd_login.lusers),
        "MOTD": Command(ircd_login.motd),
        "JOIN": Command(ircd_channels.join, 1),
        "PART": Command(ircd_channels.part, 1),
        "TOPIC": Command(ircd_channels.topic, 1),
        "NAMES": Command(ircd_channels.names),
        "LIST": Command(ircd_channels.list_),
        "KICK": Command(ircd_channels.kick, 2),
        "INVITE": Command(ircd_channels.invite, 2),
        "MODE": Command(ircd_modes.mode, 1),
        "WHO": Command(ircd_queries.who, 1),
        "WHOIS": Command(ircd_queries.whois, 1),
        "ISON": Command(ircd_queries.ison, 1),
        "USERHOST": Command(ircd_queries.userhost, 1),
        "VERSION": Command(ircd_queries.version),
        "OPER": Command(ircd_queries.oper),
        "KILL": Command(ircd_queries.oper),
        "PRIVMSG": Command(talk.speak),
        "NOTICE": Command(talk.speak),
        "TAGMSG": Command(talk.tag, 1),
        "NICKSERV": Command(nickserv.relay),
        "NS": Command(nickserv.relay),
    }


class Server:
    """The network with its services and verbs: what a connection needs."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self._nickserv = NickServ(network)
        self._commands = commands(self._nickserv)

    def obey(self, client: Client, line: Line) -> None:
        """Run one line of a client, or refuse it: unknown, too early, too short."""
        command = self._commands.get(line.verb)
        if not client.registered and not (command and command.early):
            return self.network.refuse(client, "notregistered")
        if command is None:
            return self.network.refuse(client, "unknowncommand", line.verb)
        if len(line.params) < command.needs:
            return self.network.refuse(client, "needmoreparams", line.verb)
        known_as = client.nick if client.registered else None
        command.handler(self.network, client, line)
        if client.registered and client.nick != known_as:
            self._nickserv.warn_of_owner(client)
        return None


class Connection(asyncio.Protocol):
    """One socket: bytes to lines, lines to the server.

    A fault in a handler ends this connection alone: asyncio reports it on stderr and closes the socket.
    """

    _transport: asyncio.Transport
    _client: Client

    def __init__(self, server: Server) -> None:
        self._server = server
        self._unread = b""
        self._skipping = False  # inside a line that is too long

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._client = Client(self._send, transport.close, self._server.network.now())

    def connection_lost(self, exc: Exception | None) -> None:
        self._server.network.depart(
            self._client, "Read error" if exc else "Remote host closed the connection"
        )

    def data_received(self, data: bytes) -> None:
        *lines, self._unread = (self._unread + data).split(b"\n")
        for raw in lines:
            if self._client.gone:
                return
            self._line(raw)
        if len(self._unread) > RECEIVE_QUEUE:
            self._unread, self._skipping = b"", True

    def _line(self, raw: bytes) -> None:
        if self._skipping or len(raw) > RECEIVE_QUEUE:
            self._skipping = False
            return self._server.network.refuse(self._client, "inputtoolong")
        line = parse(raw)
        return self._server.obey(self._client, line) if line else None

    def _send(self, data: bytes) -> None:
        if self._transport.is_closing():
            return
        self._transport.write(data)
        if self._transport.get_write_buffer_size() > SEND_QUEUE:
            self._transport.abort()


# -- the process


async def listen(server: Server, port: int) -> asyncio.Server:
    """Listen on loopback at `port` or, where that is in use, at the next free one; 0 is any free port."""
    loop = asyncio.get_running_loop()
    for candidate in range(port, port + PORTS_TRIED):
        try:
            return await loop.create_server(lambda: Connection(server), LOOPBACK, candidate)
        except OSError as fault:
            if fault.errno != errno.EADDRINUSE:
                raise
    raise OSError(errno.EADDRINUSE, f"ports {port} to {port + PORTS_TRIED - 1} of {LOOPBACK} are all in use")


async def serve(port: int, accounts: dict[str, str]) -> None:
    """Print the port, then serve until SIGTERM or SIGINT; whoever is on then is told."""
    # A server has a clock of its own: COHORTBOT_CLOCK_OFFSET is added to its tags by who receives them.
    network = Network(accounts, Clock().now, boot=secrets.token_hex(4))
    listener = await listen(Server(network), port)
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    print(listener.sockets[0].getsockname()[1], flush=True)
    await stop.wait()
    listener.close()
    for client in list(network.clients.values()):
        ircd_login.expel(network, client, "Server shutting down")


def account(text: str) -> tuple[str, str]:
    """`NAME:PASSWORD` of the command line, split at the first colon."""
    name, colon, password = text.partition(":")
    if not (name and colon and password):
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME:PASSWORD")
    return name, password


def main(argv: Sequence[str] | None = None) -> int:
    """Run the server; 0 after SIGTERM, 1 if there is no port to listen on."""
    parser = argparse.ArgumentParser(
        prog="python -m cohortbot.demo.ircd", description="The demo's IRC server."
    )
    parser.add_argument(
        "--port", type=int, default=6667, help="if in use, the next free one; 0: any (%(default)s)"
    )
    parser.add_argument("--account", type=account, action="append", default=[], metavar="NAME:PASSWORD")
    options = parser.parse_args(argv)
    try:
        asyncio.run(serve(options.port, dict(options.account)))
    except OSError as fault:
        print(f"ircd: {fault.strerror or fault}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
