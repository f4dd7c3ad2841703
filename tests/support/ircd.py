"""Real IRC servers on loopback, alone or with services linked, with what a test needs to break them."""

from __future__ import annotations

import contextlib
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from support.client import Client, Line
from support.filtered import Filtered
from support.ledger import LEDGER
from support.processes import PARTS, Child, folder_of, free_port, program, wait_until

CONFIGS = Path(__file__).parents[1] / "servers"
USER = "irc"  # Debian's account for them; they refuse to run as root.

FAST = 'recvq="1M" softsendq="64K" hardsendq="16M" fakelag="no" threshold="100000" commandrate="1000000000"'
DEFAULT = 'recvq="8K" softsendq="8K" hardsendq="1M" fakelag="yes" threshold="10" commandrate="1000"'


@dataclass(frozen=True)
class Make:
    """One make of IRC server or services: its Debian package and its command line, run in its own folder."""

    name: str
    config: str
    command: Callable[[Path], list[str]]


def _inspircd(folder: Path) -> list[str]:
    return [program("inspircd", "inspircd"), "--config", str(folder / "inspircd.conf"), "--nofork", "--nopid"]


def _hybrid(folder: Path) -> list[str]:
    files = {"configfile": "ircd-hybrid.conf"}
    files |= {f"{name}file": name for name in ("pid", "log", "kline", "dline", "xline", "resv")}
    paths = [word for option, name in files.items() for word in (f"-{option}", str(folder / name))]
    return [program("ircd-hybrid", "ircd-hybrid"), "-foreground", *paths]


def _ngircd(folder: Path) -> list[str]:
    # Copied: whom it runs as may not be able to look into the repository.
    shutil.copy(program("ngircd", "ngircd", PARTS / "ngircd"), folder / "ngircd")
    return [str(folder / "ngircd"), "--nodaemon", "--config", str(folder / "ngircd.conf")]


def _anope(folder: Path) -> list[str]:
    return [
        program("anope", "anope"),
        "--config=anope.conf",
        f"--confdir={folder}",
        f"--dbdir={folder}",
        f"--logdir={folder}",
        "--modulesdir=/usr/lib/anope",
        "--localedir=/usr/share/anope/locale",
        "--nofork",
    ]


def _atheme(folder: Path) -> list[str]:
    (folder / "services.db").touch()
    shutil.chown(folder / "services.db", *_owner(folder))
    options = ["-c", "atheme.conf", "-l", "atheme.log", "-p", "atheme.pid", "-D", "."]
    paths = [word if word.startswith("-") else str(folder / word) for word in options]
    return [program("atheme-services", "atheme-services"), "-n", *paths]


def _owner(folder: Path) -> tuple[int, int]:
    status = folder.stat()
    return status.st_uid, status.st_gid


MAKES = {
    "inspircd": Make("inspircd", "inspircd.conf", _inspircd),
    "inspircd-default": Make("inspircd", "inspircd.conf", _inspircd),
    "hybrid": Make("ircd-hybrid", "ircd-hybrid.conf", _hybrid),
    "ngircd": Make("ngircd", "ngircd.conf", _ngircd),
    "anope": Make("anope", "anope.conf", _anope),
    "atheme": Make("atheme-services", "atheme.conf", _atheme),
}

# Anope's module for each make of server.
ANOPE_PROTOCOL = {"inspircd": "inspircd3", "ircd-hybrid": "hybrid", "ngircd": "ngircd"}


class IrcServer:
    """A real IRC server, its services if it was given any, and the clients that a test opened on it."""

    host = "127.0.0.1"
    network = "LabNet"  # as 005 calls it

    def __init__(
        self,
        kind: str,
        services: str | None,
        folder: Path,
        *,
        uplink: int | None = None,
        edits: Mapping[str, str] | None = None,
    ) -> None:
        """Start one of `kind` (a key of MAKES) with `services` ("anope", "atheme") linked to it.

        With `uplink` it is the second server of a network, and links to the first one on that port. `edits`
        are texts of its config files, and what stands in their place.
        """
        self.kind = kind
        self.make = MAKES[kind]
        self.services = services
        self.port = free_port()
        self._backstage_port = free_port() if self.make.name == "inspircd" else self.port
        self.link_port = free_port() if kind != "ngircd" else self.port
        self._uplink = uplink
        self._edits = edits or {}
        self._folder = folder
        self._services_child: Child | None = None
        self._backstage_client: Client | None = None
        self._clients: list[Client] = []
        self.start()

    # The server's life

    def start(self) -> None:
        """Start it, on the port that it always had, and its services; returns when both serve."""
        words = {"PACE": DEFAULT if self.kind == "inspircd-default" else FAST}
        self._child = self._spawn(self.make, words)
        for port in {self.port, self._backstage_port}:
            self._child.wait_for_port(port)
        if self.services:
            self.start_services()

    def stop(self) -> None:
        """Its services leave, then it is gone at once, as in a power cut: every connection is reset."""
        self.stop_services()
        self._child.kill()
        self._backstage_client = None

    def freeze(self) -> None:
        """Connections stay open, and nothing is answered."""
        self._child.freeze()

    def thaw(self) -> None:
        self._child.thaw()

    def stop_services(self) -> None:
        """The network loses its services; they write down their accounts as they go."""
        if self._services_child:
            self._services_child.thaw()
            self._services_child.end()
            self._services_child = None

    def start_services(self) -> None:
        """Start and link them; returns when NickServ answers, and SASL is offered where the server has it."""
        assert self.services
        words = {"PROTOCOL": ANOPE_PROTOCOL[self.make.name]}
        self._services_child = self._spawn(MAKES[self.services], words)
        wait_until(self._linked, f"{self.services} to link to {self.kind}", why=self._services_child.tail)

    def freeze_services(self) -> None:
        """Services stay linked, and answer nothing."""
        assert self._services_child
        self._services_child.freeze()

    def thaw_services(self) -> None:
        assert self._services_child
        self._services_child.thaw()

    # People

    def open(self, nick: str) -> Client:
        """A connection that has said nothing yet; closed when the test ends."""
        client = Client(self.host, self.port, nick, watch=self._watch)
        self._clients.append(client)
        return client

    def connect(
        self,
        nick: str,
        *,
        sasl: tuple[str, str] | None = None,
        caps: tuple[str, ...] = (),
        user: str | None = None,
        join: tuple[str, ...] = (),
    ) -> Client:
        """Somebody logged on, by SASL if (account, password) is given, and in the channels of `join`."""
        client = self.open(nick).register(sasl=sasl, caps=caps, user=user)
        client.join(*join)
        return client

    def connect_all(self, *nicks: str, join: tuple[str, ...] = ()) -> list[Client]:
        """Many people at once: a server that logs on once a second does so for all of them together."""
        clients = [self.open(nick) for nick in nicks]
        for client in clients:
            client.introduce()
        for client in clients:
            client.welcomed().join(*join)
        return clients

    def log_in_all(self, *accounts: tuple[str, str], join: tuple[str, ...] = ()) -> list[Client]:
        """As `connect_all`, each by SASL as (account, password), under the account's name."""
        clients = [self.open(account) for account, _ in accounts]
        for client, account in zip(clients, accounts, strict=True):
            client.introduce(sasl=account)
        for client in clients:
            client.welcomed().join(*join)
        return clients

    def register_account(self, account: str, password: str = "sesame") -> tuple[str, str]:
        """Make an account with NickServ; (account, password), as `sasl` and `identify` want it.

        Nobody may bear the nick at this moment: it is registered from a connection of our own.
        """
        backstage = self.backstage()
        home = backstage.nick
        backstage.change_nick(account)
        backstage.mark()
        backstage.say("NickServ", f"REGISTER {password} {account}@example.invalid")
        answer = backstage.wait_for(r"^:NickServ\S* NOTICE .*registered")
        if "already" in answer.text:
            pytest.fail(f"the account {account} was there before this test")
        backstage.say("NickServ", "LOGOUT")
        backstage.wait_for(r"^:NickServ\S* NOTICE .*logged out")
        backstage.change_nick(home)
        return account, password

    def backstage(self) -> Client:
        """A connection for preparing and looking, not held to the people's pace; it outlives tests."""
        if self._backstage_client is None:
            nick = "backstage" if self._uplink is None else "backstagetwo"
            client = Client(self.host, self._backstage_port, nick, watch=self._watch)
            self._backstage_client = client.register()
        self._backstage_client.mark()
        return self._backstage_client

    def sees(self, nick: str) -> bool:
        """Whether somebody bears this nick."""
        backstage = self.backstage()
        backstage.send(f"WHOIS {nick}")  # ngircd leaves services out of ISON.
        return any(line.verb == "311" for line in backstage.heard_until(lambda line: line.verb == "318"))

    def channels_of(self, nick: str) -> set[str]:
        """The channels somebody is in, by WHOIS, lower case; empty also for one who is not there."""
        backstage = self.backstage()
        backstage.send(f"WHOIS {nick}")
        lines = backstage.heard_until(lambda line: line.verb == "318")
        names = [name for line in lines if line.verb == "319" for name in line.text.split()]
        return {name.lstrip("@+%&~!").lower() for name in names}

    def hang_up(self) -> None:
        """Close what a test opened; it does not wait for the nicks to be free, as no two tests share one."""
        clients, self._clients = self._clients, []
        for client in clients:
            client.close()

    def close(self) -> None:
        """End it and its services."""
        self.hang_up()
        self.stop()

    # Within

    def _spawn(self, make: Make, words: Mapping[str, str]) -> Child:
        words = {
            "PORT": str(self.port),
            "BACKSTAGE": str(self._backstage_port),
            "LINK": str(self.link_port),
            "NAME": "irc.lab.test" if self._uplink is None else "irc2.lab.test",
            "SID": "001" if self._uplink is None else "002",
            "UPLINK": str(self._uplink),
            "DIR": str(self._folder),
            **words,
        }
        text = (CONFIGS / make.config).read_text()
        for old, new in self._edits.items():
            text = text.replace(old, new)
        if self._uplink is not None:
            text += (CONFIGS / make.config.replace(".conf", "-second.conf")).read_text()
        (self._folder / make.config).write_text(re.sub("@([A-Z]+)@", lambda match: words[match[1]], text))
        for name in ("motd.txt", "motd"):
            (self._folder / name).write_text("A server for tests.\n")
        return Child(make.name, make.command(self._folder), self._folder, user=USER)

    def _watch(self, line: Line) -> None:
        LEDGER.spoke(self.make.name)
        if self.services and (line.nick == "NickServ" or line.verb == "903"):
            LEDGER.spoke(MAKES[self.services].name)

    def _linked(self) -> bool:
        if not self.sees("NickServ"):
            return False
        return self.make.name != "inspircd" or "sasl" in self.backstage().offered()


@contextlib.contextmanager
def irc_server(
    kind: str, services: str | None = None, edits: Mapping[str, str] | None = None
) -> Iterator[IrcServer]:
    """A server of one's own, for tests that stop or freeze it, or want it otherwise than others (`edits`)."""
    with folder_of(USER, kind) as folder:
        server = IrcServer(kind, services, folder, edits=edits)
        try:
            yield server
        finally:
            server.close()


class Split:
    """A network of two servers, services on the first, whose link can be cut and mended."""

    def __init__(self, first: IrcServer, second: IrcServer, link: Filtered) -> None:
        self.first = first
        self.second = second
        self.whole = False
        self._link = link

    def cut(self) -> None:
        """The second server and all on it are gone; returns when both sides say so."""
        self.whole = False
        self._link.cut()
        wait_until(lambda: not any(self._see_each_other()), "the netsplit")

    def mend(self) -> None:
        """They come back; returns when they have."""
        self._link.mend()
        self.link()

    def link(self) -> None:
        """An operator of the second server links it to the first; returns when the two are one network."""
        operator = self.second.backstage()
        operator.send("OPER oper oper")
        operator.wait_for(lambda line: line.verb == "381")
        operator.send("CONNECT irc.lab.test")
        wait_until(lambda: all(self._see_each_other()), "the servers to link", why=operator.transcript)
        self.whole = True

    def _see_each_other(self) -> tuple[bool, bool]:
        first, second = self.first, self.second
        return first.sees(second.backstage().nick), second.sees(first.backstage().nick)


@contextlib.contextmanager
def two_servers(kind: str, services: str) -> Iterator[Split]:
    """A network of two servers of one kind, linked."""
    with contextlib.ExitStack() as stack:
        first = stack.enter_context(irc_server(kind, services))
        link = Filtered(first.link_port)
        stack.callback(link.close)
        folder = stack.enter_context(folder_of(USER, f"second-{kind}"))
        second = IrcServer(kind, None, folder, uplink=link.port)
        stack.callback(second.close)
        split = Split(first, second, link)
        split.link()
        yield split
