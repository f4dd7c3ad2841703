"""A programme on a network where nothing is wrong, and the ways to break each of its things and mend it."""

from __future__ import annotations

import contextlib
import io
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from cohortbot.commands import check as checking
from cohortbot.commands.check import check
from cohortbot.commands.services import ANOPE
from cohortbot.store.migrate import upgrade
from support.certificates import Authority, serving
from support.client import Client, Line
from support.filtered import Filtered, Wire
from support.ircd import IrcServer
from support.processes import wait_until
from support.tls_front import TlsFront

SLUGS = ("deploy", "patch")


class Site:
    """A programme on a network where nothing is wrong: account, channels and their founder are there."""

    def __init__(self, folder: Path, server: IrcServer, stem: str, *, by_sasl: bool) -> None:
        self.server = server
        self.wire = Filtered(server.port)
        self.authority = Authority(folder / "authority")
        self.front = TlsFront(self.wire.port, serving(self.authority.issue("irc", f"IP:{server.host}")))
        self.nick, password = server.register_account(f"{stem}bot")
        self.founder = self._person(f"{stem}founder")
        prefix = f"#{stem}-"
        self.deploy, self.patch, self.lounge = (f"{prefix}{name}" for name in (*SLUGS, "lounge"))
        for channel in (self.deploy, self.patch, self.lounge):
            for line in ANOPE.channel_lines(channel, self.nick):
                self.type(line)
        self.folder, self.file = folder, folder / "config.yaml"
        login = {"sasl": {"account": self.nick}} if by_sasl else {"nickserv": {}}
        self.plain: dict[str, Any] = {
            "programme": {"name": "Lab", "channel_prefix": prefix},
            "irc": {
                "network": "lab",
                "host": server.host,
                "port": self.front.port,
                "tls_ca": str(self.authority.file),
                "nick": self.nick,
                "channels": {"extra": [self.lounge]},
                **{way: {**more, "password": password} for way, more in login.items()},
            },
            "database": {"url": f"sqlite:///{folder}/cohortbot.db"},
            "logs": {"folder": str(folder / "logs")},
            "web": {"listen": "127.0.0.1:8080"},
            "cohorts": {slug: {"title": slug, "goal": "Done"} for slug in SLUGS},
        }
        upgrade(self.plain["database"]["url"])
        self.code, self.healthy = self.check()

    def close(self) -> None:
        self.founder.close()
        self.front.close()
        self.wire.close()

    def check(self) -> tuple[int, list[str]]:
        """The exit code and the lines of one run, but for how much room there is: that changes by itself."""
        self.file.write_text(yaml.safe_dump(self.plain), encoding="utf-8")
        self.file.chmod(0o600)
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            code = check(self.file, {})
        lines = re.sub(r", [\d,]+ MB left$", ", much left", printed.getvalue(), flags=re.MULTILINE)
        return code, lines.splitlines()

    def words(self) -> dict[str, str]:
        """What is filled in, in commands and in expected lines."""
        return {
            "deploy": self.deploy,
            "patch": self.patch,
            "lounge": self.lounge,
            "bot": self.nick,
            "folder": str(self.folder),
            "port": str(self.plain["irc"]["port"]),
        }

    def type(self, line: str) -> None:
        """What the founder types, until it is done."""
        verb, target, text = [*line.split(" ", 2), ""][:3]
        if verb == "/join":
            self.founder.join(target)
            return
        self.founder.mark()
        if verb == "/msg":
            self.founder.say(target, text)
            self.founder.expect(target, self.founder.nick, verb="NOTICE")
        else:
            command = verb.removeprefix("/").upper()
            self.founder.send(f"{command} {target} {text}")
            self.founder.wait_for(f" {command} {target} ")

    def _person(self, nick: str) -> Client:
        account = self.server.register_account(nick)
        person = Client(self.server.host, self.server.port, nick).register()
        person.identify(*account)
        return person


# What can be broken, and how it is mended


Breakage = Callable[[Site], AbstractContextManager[object]]


def typed(line: str, mend: str) -> Breakage:
    """The founder types something; `{deploy}`, `{bot}` are filled in."""

    @contextlib.contextmanager
    def broken(site: Site) -> Iterator[None]:
        site.type(line.format(**site.words()))
        yield
        site.type(mend.format(**site.words()))

    return broken


def configured(section: str, **keys: Any) -> Breakage:
    """Other values in the file; those that are callable are asked for them."""

    @contextlib.contextmanager
    def broken(site: Site) -> Iterator[None]:
        before = site.plain[section]
        values = {key: value(site) if callable(value) else value for key, value in keys.items()}
        site.plain[section] = {**before, **values}
        yield
        site.plain[section] = before

    return broken


def both(*breakages: Breakage) -> Breakage:
    """One after the other; mended in the other order."""

    @contextlib.contextmanager
    def broken(site: Site) -> Iterator[None]:
        with contextlib.ExitStack() as stack:
            for breaks in breakages:
                stack.enter_context(breaks(site))
            yield

    return broken


def changed_on_the_wire(before: str, after: str) -> Breakage:
    """The server says something else than it does."""

    @contextlib.contextmanager
    def broken(site: Site) -> Iterator[None]:
        def from_server(line: Line, wire: Wire) -> list[str]:  # noqa: ARG001
            return [line.raw.replace(before, after)]

        site.wire.from_server = from_server
        yield
        site.wire.from_server = None

    return broken


def certified(*names: str, stranger: bool = False, **validity: timedelta) -> Breakage:
    """The server shows another certificate."""

    @contextlib.contextmanager
    def broken(site: Site) -> Iterator[None]:
        folder = (
            Path(site.plain["logs"]["folder"]).parent / f"certificates{len(names)}{stranger}{bool(validity)}"
        )
        authority = Authority(folder) if stranger else site.authority
        before = site.front.context
        site.front.context = serving(authority.issue("other", *names, **validity, chain=folder.name))
        yield
        site.front.context = before

    return broken


@contextlib.contextmanager
def nick_taken(site: Site) -> Iterator[None]:
    wait_until(lambda: not site.server.sees(site.nick), "that whoever looked before has left")
    thief = Client(site.server.host, site.server.port, site.nick).register()
    yield
    thief.quit()


@contextlib.contextmanager
def no_room_for_logs(site: Site) -> Iterator[None]:  # noqa: ARG001
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(checking, "LOW_SPACE", 10**18)
        yield
