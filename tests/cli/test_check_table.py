"""`cohortbot check` on real networks: what is broken changes its own line, and no other.

The table: each thing that can be wrong is made wrong on a network where all is well, and mended again.
"""

from __future__ import annotations

import contextlib
import io
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from support.certificates import DAY, Authority, serving
from support.client import Client, Line
from support.filtered import Filtered, Wire, unchanged
from support.ircd import IrcServer
from support.processes import free_port
from support.tls_front import TlsFront

from cohortbot.commands import check as checking
from cohortbot.commands.check import check
from cohortbot.commands.services import ANOPE
from cohortbot.store.migrate import upgrade

Name = Callable[[str], str]
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
        site.wire.from_server = unchanged

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
    thief = Client(site.server.host, site.server.port, site.nick).register()
    yield
    thief.quit()


@contextlib.contextmanager
def no_room_for_logs(site: Site) -> Iterator[None]:  # noqa: ARG001
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(checking, "LOW_SPACE", 10**18)
        yield


@dataclass(frozen=True)
class Case:
    """`breaks` something; `line` is what takes the place of the line about `about`, `about` included.

    `hides` are what cannot be looked at then. `{deploy}` and so on are filled in.
    """

    breaks: Breakage
    line: str
    hides: tuple[str, ...] = ()


ALL_OF_THE_NETWORK = ("caps", "login", "identity", "nick", "channels", "voice", "newcomers", "logged")
HERE = "IP:127.0.0.1"
IN_CHANNELS = {
    "a key": Case(
        typed("/mode {deploy} +k sesame", "/mode {deploy} -k sesame"),
        "FAULT channels: {deploy} has a key: give it to the bot by cohorts.deploy.channel_key, or /mode ",
    ),
    "for invited people": Case(
        typed("/mode {deploy} +i", "/mode {deploy} -i"),
        "FAULT channels: {deploy} is for invited people (+i): /mode {deploy} ",
    ),
    "banned": Case(
        typed("/mode {deploy} +b {bot}!*@*", "/mode {deploy} -b {bot}!*@*"),
        "FAULT channels: the bot is banned from {deploy}: /mode {deploy} -b ",
    ),
    "full": Case(
        typed("/mode {deploy} +l 1", "/mode {deploy} -l"),
        "FAULT channels: {deploy} is full (+l): /mode {deploy} -l",
    ),
    "no voice": Case(
        typed("/msg ChanServ VOP {deploy} DEL {bot}", "/msg ChanServ VOP {deploy} ADD {bot}"),
        "FAULT voice: the bot has none in {deploy}: /msg ChanServ VOP {deploy} ADD {bot}",
    ),
    "identified people may enter": Case(
        typed("/mode {deploy} +R", "/mode {deploy} -R"),
        "FAULT newcomers: {deploy} is for identified people (+R): /mode {deploy} -R",
    ),
    "identified people may speak": Case(
        typed("/mode {deploy} +M", "/mode {deploy} -M"),
        "FAULT newcomers: only identified people may speak in {deploy} (+M): /mode {deploy} -M",
    ),
    "moderated": Case(
        typed("/mode {deploy} +m", "/mode {deploy} -m"),
        "FAULT newcomers: {deploy} is moderated, newcomers are mute (+m): /mode {deploy} -m",
    ),
    "nobody is told of the log": Case(
        typed(
            "/msg ChanServ ENTRYMSG {deploy} CLEAR",
            "/msg ChanServ ENTRYMSG {deploy} ADD This channel is logged",
        ),
        "FAULT logged: neither topic nor entry message of {deploy} says so: /msg ChanServ ENTRYMSG {deploy} ",
    ),
}
BANNED_WHERE_BANS_ARE_SHOWN = "FAULT channels: the bot is banned from {deploy}: /mode {deploy} -b {bot}!*@*"
BY_NICKSERV = {
    **IN_CHANNELS,
    "an unknown key in the file": Case(
        configured("programme", colour="red"),
        "FAULT config: 1 fault; nothing else was tried",
        hides=("server", *ALL_OF_THE_NETWORK, "database", "logs", "web"),
    ),
    "banned": Case(IN_CHANNELS["banned"].breaks, BANNED_WHERE_BANS_ARE_SHOWN),
    "another key": Case(
        both(
            typed("/mode {deploy} +k sesame", "/mode {deploy} -k sesame"),
            configured("cohorts", deploy={"title": "deploy", "goal": "Done", "channel_key": "mustard"}),
        ),
        "FAULT channels: {deploy} has another key: give it to the bot by cohorts.deploy.channel_key, or",
    ),
    "an extra channel with a key": Case(
        typed("/mode {lounge} +k sesame", "/mode {lounge} -k sesame"),
        "FAULT channels: {lounge} has a key, which only a cohort's channel may have: /mode {lounge} -k",
    ),
    "more channels than the server allows": Case(
        changed_on_the_wire("CHANLIMIT=#:2000", "CHANLIMIT=#:2"),
        "FAULT channels: 3 are wanted, the server allows 2 (#): ask its staff for more",
    ),
    "a channel that is not there": Case(
        configured("irc", channels={"extra": ["#nowhere"]}),
        "ok channels: may be in {deploy}, {patch}; not there yet, and left alone: #nowhere",
    ),
    "NickServ's password": Case(
        configured("irc", nickserv={"password": "mustard"}),
        "FAULT login: NickServ does not know us by irc.nickserv.password (Password incorrect.)",
        hides=("voice",),
    ),
    "another name of NickServ": Case(
        configured("irc", nickserv={"password": "mustard", "service": "NickSurf"}),
        "FAULT login: nobody bears the nick NickSurf: services are down, or see irc.nickserv.service",
        hides=("voice",),
    ),
    "logins not announced": Case(
        changed_on_the_wire(" WHOX ", " "), "ok identity: the server is asked at each command (WHOIS 330)"
    ),
    "no schema": Case(
        configured("database", url=lambda site: f"sqlite:///{site.folder}/empty.db"),
        "FAULT database: {folder}/empty.db: the database is empty: run `cohortbot db upgrade`",
    ),
    "a folder that cannot be written": Case(
        configured("logs", folder=lambda site: str(site.file)),
        "FAULT logs: {folder}/config.yaml cannot be written (File exists): see logs.folder, and whose it is",
    ),
    "no room": Case(no_room_for_logs, "FAULT logs: {folder}/logs has "),
    "links that nobody can open": Case(
        configured("web", listen="0.0.0.0:8080"),
        "FAULT web: nobody else can open http://0.0.0.0:8080, with which links begin: set web.base_url",
    ),
    "links without an address": Case(
        configured("web", base_url="https://cohorts.invalid"), "FAULT web: cohorts.invalid has no address ("
    ),
}
BY_WHOIS = {
    **IN_CHANNELS,
    "nobody listens": Case(
        configured("irc", port=free_port()),
        "FAULT server: 127.0.0.1:{port}: Connection refused: see irc.host, irc.port",
        hides=ALL_OF_THE_NETWORK,
    ),
    "no such host": Case(
        configured("irc", host="irc.invalid"),
        "FAULT server: irc.invalid has no address (",
        hides=ALL_OF_THE_NETWORK,
    ),
    "an expired certificate": Case(
        certified(HERE, begins=-2 * DAY, ends=-DAY),
        "FAULT server: 127.0.0.1:{port}: its certificate cannot be trusted: it has expired; ",
        hides=ALL_OF_THE_NETWORK,
    ),
    "a certificate of another name": Case(
        certified("DNS:irc.elsewhere.test"),
        "FAULT server: 127.0.0.1:{port}: its certificate cannot be trusted: it is not for 127.0.0.1; ",
        hides=ALL_OF_THE_NETWORK,
    ),
    "a certificate of another authority": Case(
        certified(HERE, stranger=True),
        "FAULT server: 127.0.0.1:{port}: its certificate cannot be trusted: it is not by the authority in ",
        hides=ALL_OF_THE_NETWORK,
    ),
    "an authority that is not in the system": Case(
        configured("irc", tls_ca=None),
        "FAULT server: 127.0.0.1:{port}: its certificate cannot be trusted: this machine does not know who",
        hides=ALL_OF_THE_NETWORK,
    ),
    "an authority that is no file": Case(
        configured("irc", tls_ca="nowhere.pem"),
        "FAULT server: irc.tls_ca: '{folder}/nowhere.pem' cannot be read: No such file",
        hides=ALL_OF_THE_NETWORK,
    ),
    "a client certificate that is no file": Case(
        configured("irc", sasl={"certificate": "nowhere.pem"}),
        "FAULT login: irc.sasl.certificate: '{folder}/nowhere.pem' cannot be read: No such file",
    ),
}
BY_SASL = {
    **{name: IN_CHANNELS[name] for name in ("a key", "no voice")},
    "a capability less": Case(
        changed_on_the_wire(" echo-message", ""),
        "ok caps: account-notify account-tag batch cap-notify chghost ",
    ),
    "the account's password": Case(
        configured("irc", sasl=lambda site: {"account": site.nick, "password": "mustard"}),
        "FAULT login: irc.sasl: services refuse the password of the account {bot}",
        hides=("voice",),
    ),
    "the nick taken": Case(nick_taken, "FAULT nick: {bot} is held by tester@"),
}
TABLE = [
    pytest.param(kind, case, id=f"{kind}: {name}")
    for kind, cases in (("hybrid", BY_NICKSERV), ("ngircd", BY_WHOIS), ("inspircd", BY_SASL))
    for name, case in cases.items()
]


@pytest.fixture(scope="module")
def sites(server_pool: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Site]]:
    """`sites(kind)`: the site on a network of this kind, the same for all tests here."""
    made: dict[str, Site] = {}

    def site(kind: str) -> Site:
        if kind not in made:
            server = server_pool.get(kind, "anope")
            made[kind] = Site(
                tmp_path_factory.mktemp(kind), server, f"{kind[:4]}t", by_sasl=kind == "inspircd"
            )
        return made[kind]

    yield site
    for each in made.values():
        each.close()


@pytest.mark.parametrize("kind", ["hybrid", "ngircd", "inspircd"])
def test_where_nothing_is_wrong_every_line_is_ok(kind: str, sites: Callable[[str], Site]) -> None:
    site = sites(kind)
    assert site.code == 0, "\n".join(site.healthy)
    assert [about(line) for line in site.healthy] == [
        *("config", "server", *ALL_OF_THE_NETWORK, "database", "logs", "web")
    ]
    assert all(line.startswith("ok ") for line in site.healthy)


@pytest.mark.parametrize(("kind", "case"), TABLE)
def test_what_is_broken_changes_its_own_line_and_no_other(
    kind: str, case: Case, sites: Callable[[str], Site]
) -> None:
    site = sites(kind)
    with case.breaks(site):
        code, lines = site.check()
        words = site.words()
    gone = [line for line in site.healthy if line not in lines]
    come = [line for line in lines if line not in site.healthy]
    assert [about(line) for line in come] == [about(case.line)], "\n".join(lines)
    assert {about(line) for line in gone} == {about(case.line), *case.hides}
    assert " ".join(come[0].split()).startswith(case.line.format(**words))
    assert code == (1 if case.line.startswith("FAULT") else 0)


def about(line: str) -> str:
    """What a line is about: its second word."""
    return line.split()[1].removesuffix(":")
