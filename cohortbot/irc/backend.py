"""The connection under Sopel, supervised by us: read in chunks, written at pace, always taken up again."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import socket
import threading
from collections.abc import Callable
from random import Random
from typing import Any

from sopel.irc.backends import AsyncioBackend

from cohortbot.config import ConfigError, Irc
from cohortbot.domain.lease import Turn
from cohortbot.irc import tls, wire
from cohortbot.irc.backoff import Backoff, Ending
from cohortbot.irc.bridge import Bridge, Heard
from cohortbot.irc.pace import Priority
from cohortbot.irc.sender import Line

log = logging.getLogger(__name__)

REACH_WAIT = 4.0  # seconds for one address to take the connection: a server that is down may swallow it
CONNECT_WAIT = 15.0  # seconds for all addresses, and TLS
LOGIN_WAIT = 60.0  # seconds from the connection to 001
PING_AFTER = 30.0  # seconds of silence after which we ask whether the server is there
DEAD_AFTER = 75.0  # seconds of silence after which it is not
SETTLED = 30.0  # seconds on the network after which an ERROR is not for how we came
QUIT_WAIT = 2.0  # seconds that a server has to close the connection after our QUIT
CHUNK = 65_536  # bytes
_QUICKACK: int | None = getattr(socket, "TCP_QUICKACK", None)  # Linux

_SOPELS_CHORES = frozenset({"WHO", "MODE"})


class Backend(AsyncioBackend):
    """Sopel's backend, driven by us; Sopel is handed what `pass_on` gives it.

    `run_forever` returns when a signal has stopped us, when the network will never let us in (`failed`), or
    when it is not our turn any more (`ousted`).
    """

    def __init__(
        self,
        bot: Any,
        bridge: Bridge,
        pass_on: Callable[[Heard], None],
        quit_reason: str,
        irc: Irc,
        turn: Turn,
    ) -> None:
        super().__init__(bot, host=irc.host, port=irc.port, source_address=None)
        self._irc = irc
        self.failed: str | None = None
        self.ousted = False
        self._turn = turn
        self._bridge = bridge
        self._pass_on = pass_on
        self._quit_reason = quit_reason
        self._stopping = asyncio.Event()
        self._heard_at = 0.0
        self._pump_at: asyncio.TimerHandle | None = None
        self._waking = False  # a call of `_pump` is on its way from another thread

    # What Sopel calls

    def run_forever(self) -> None:
        asyncio.run(self._supervise())
        self.bot.on_close()

    def irc_send(self, data: bytes) -> None:
        """A line of Sopel's own goes through the same bucket as all others."""
        verb = data.partition(b" ")[0].decode("ascii", "replace").upper()
        priority = Priority.CHORE if verb in _SOPELS_CHORES else Priority.ANSWER
        self._bridge.put(Line(data, priority))

    # Supervision

    async def _supervise(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stopping.set)
        backoff = Backoff(Random())
        while not self._stopping.is_set():
            if not self._turn.held:
                self.ousted = True
                return
            ending = await self._connect()
            if self.failed is None and self._turn.held and not self._stopping.is_set():
                await self._pause(backoff.after(ending))
            if self.failed is not None:
                return

    async def _pause(self, seconds: float) -> None:
        log.warning("not on the network; trying again in %.1f s", seconds)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), seconds)

    # One connection

    async def _connect(self) -> Ending:
        """Connect, and stay as long as it lasts; how it ended."""
        opening = asyncio.ensure_future(self._open())
        stopping = asyncio.ensure_future(self._stopping.wait())
        await asyncio.wait({opening, stopping}, timeout=CONNECT_WAIT, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if not opening.done():
            opening.cancel()
            if not self._stopping.is_set():
                log.error("no answer from %s:%d: see irc.host, irc.port and irc.tls", self._host, self._port)
            return Ending.UNREACHED
        try:
            reader, writer = opening.result()
        except ConfigError as fault:  # good at the start, or we would not be here
            log.error("cannot connect: %s", fault)
            return Ending.UNREACHED
        except OSError as fault:  # also every fault of TLS and of names
            log.error("cannot connect to %s:%d: %s", self._host, self._port, tls.fault(self._irc, fault))
            return Ending.UNREACHED
        return await self._stay(reader, writer)

    async def _open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A connection to the first of the server's addresses that takes us; OSError if none does."""
        secured = tls.context(self._irc)
        name = self._host if secured is not None else None
        fault: OSError = OSError(f"{self._host} has no address")
        for address in await _addresses(self._host, self._port):
            try:
                return await asyncio.open_connection(
                    sock=await _reach(address), ssl=secured, server_hostname=name
                )
            except OSError as next_fault:
                fault = next_fault
        raise fault

    async def _stay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Ending:
        loop = asyncio.get_running_loop()
        self._loop, self._writer, self._connected = loop, writer, True
        self._waking = False
        session = self._bridge.open(self._wake)
        session.login.start()
        self._heard_at = began = loop.time()
        self._pump()
        tasks = [asyncio.create_task(self._read(reader)), asyncio.create_task(self._watch())]
        leaving = asyncio.create_task(self._stopping.wait())
        await asyncio.wait({*tasks, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if leaving.done() or self.failed is not None:
            await self._leave(tasks[0])
        self._hang_up([*tasks, leaving])
        if session.turned_out and not (session.login.registered and loop.time() - began >= SETTLED):
            return Ending.TURNED_AWAY
        return Ending.LOST if session.login.registered else Ending.UNREACHED

    async def _leave(self, reading: asyncio.Task[None]) -> None:
        """Say goodbye, past everything that waits, and let the server close the connection."""
        self._connected = False
        if self._writer is not None and not self._writer.is_closing():
            self._writer.write(wire.build("QUIT", text=self._quit_reason))
        await asyncio.wait({reading}, timeout=QUIT_WAIT)

    def _hang_up(self, tasks: list[asyncio.Task[Any]]) -> None:
        self._connected = False
        for task in tasks:
            task.cancel()
        if self._pump_at is not None:
            self._pump_at.cancel()
        if self._writer is not None:
            self._writer.transport.abort()
        self._bridge.close()

    async def _read(self, reader: asyncio.StreamReader) -> None:
        """Read until the server, or a fault of the network, closes the connection."""
        lines = wire.Lines()
        try:
            while data := await reader.read(CHUNK):
                self._acknowledge()
                self._heard_at = asyncio.get_running_loop().time()
                for heard in self._bridge.hear(lines.feed(data)):
                    self._pass_on(heard)
                self._pump()
                if self._bridge.failed is not None:
                    self.failed = self._bridge.failed
                    return
        except OSError as fault:
            log.error("the connection broke: %s", tls.fault(self._irc, fault))
            return
        if not self._stopping.is_set():
            log.error("%s closed the connection", self._host)

    def _acknowledge(self) -> None:
        """Acknowledge at once what was read.

        A server that waits for our acknowledgement before it sends the next small packet (Nagle's algorithm;
        InspIRCd does) else has each command wait up to 40 ms behind the echo of our last line.
        """
        if _QUICKACK is not None and self._writer is not None:
            self._writer.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, _QUICKACK, 1)

    async def _watch(self) -> None:
        """Notice a server that says nothing any more, or never lets us in."""
        loop = asyncio.get_running_loop()
        started = asked = loop.time()
        while True:
            await asyncio.sleep(1.0)
            now = loop.time()
            if not self._turn.held:
                log.error("it is not our turn on the network any more")
                return
            if now - self._heard_at >= DEAD_AFTER:
                log.error("%s has said nothing for %.0f s", self._host, DEAD_AFTER)
                return
            if not self._bridge.ready and now - started >= LOGIN_WAIT:
                log.error("%s does not let us in", self._host)
                return
            if now - max(self._heard_at, asked) >= PING_AFTER:
                asked = now
                self._bridge.put(Line(wire.build("PING", "alive"), Priority.URGENT))

    # Writing

    def _wake(self) -> None:
        """Something may be due; from any thread. Once is enough: many fill the pipe that signals need too."""
        if not self._waking and self._loop is not None:
            self._waking = True
            _soon(self._loop, self._pump)

    def _pump(self) -> None:
        """Send what is due, and come back when more is."""
        self._waking = False
        if self._pump_at is not None:
            self._pump_at.cancel()
            self._pump_at = None
        if self._writer is None or self._loop is None or not self._connected:
            return
        lines, wait = self._bridge.due()
        if lines:
            self._writer.write(b"".join(line.data for line in lines))
        if wait is not None:
            self._pump_at = self._loop.call_later(wait, self._pump)


_Address = tuple[socket.AddressFamily, Any]  # as getaddrinfo gives it and connect takes it


async def _reach(address: _Address) -> socket.socket:
    """A TCP connection to this address; OSError (TimeoutError is one) if it does not take us soon."""
    family, where = address
    connection = socket.socket(family, socket.SOCK_STREAM)
    connection.setblocking(False)
    try:
        await asyncio.wait_for(asyncio.get_running_loop().sock_connect(connection, where), REACH_WAIT)
    except TimeoutError:
        connection.close()
        raise TimeoutError(f"no answer within {REACH_WAIT:.0f} s") from None
    except BaseException:
        connection.close()
        raise
    return connection


async def _addresses(host: str, port: int) -> list[_Address]:
    """The addresses of a name, in the system's order; looked up by a thread that no exit waits for."""
    loop = asyncio.get_running_loop()
    found: asyncio.Future[list[_Address]] = loop.create_future()

    def settle(fault: OSError | None, addresses: list[_Address]) -> None:
        if not found.done():
            found.set_exception(fault) if fault else found.set_result(addresses)

    def look_up() -> None:
        try:
            infos = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except OSError as fault:
            error = fault
            _soon(loop, lambda: settle(error, []))
        else:
            _soon(loop, lambda: settle(None, [(info[0], info[4]) for info in infos]))

    threading.Thread(target=look_up, name="name lookup", daemon=True).start()
    return await found


def _soon(loop: asyncio.AbstractEventLoop, call: Callable[[], None]) -> None:
    """Have the loop's thread call it; nothing when the loop has ended meanwhile."""
    try:
        loop.call_soon_threadsafe(call)
    except RuntimeError:
        log.debug("said after the end")
