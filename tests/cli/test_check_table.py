"""`cohortbot check` on real networks: what is broken changes its own line, and no other.

The table: each thing that can be wrong is made wrong on a network where all is well, and mended again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from support.breakages import (
    Breakage,
    Site,
    both,
    certified,
    changed_on_the_wire,
    configured,
    nick_taken,
    no_room_for_logs,
    typed,
)
from support.certificates import DAY
from support.processes import free_port


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
    "no database": Case(
        configured("database", url=f"postgresql://bot@127.0.0.1:{free_port()}/cohorts"),
        "FAULT database: cohorts at 127.0.0.1: cannot be reached: ",
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
    kind: str, case: Case, sites: Callable[[str], Site], request: pytest.FixtureRequest
) -> None:
    site = sites(kind)
    with case.breaks(site):
        code, lines = site.check()
        words = site.words()
    gone = [line for line in site.healthy if line not in lines]
    come = [line for line in lines if line not in site.healthy]
    print(request.node.callspec.id, ", ".join(about(line) for line in gone), *come, sep=" | ")
    assert [about(line) for line in come] == [about(case.line)], "\n".join(lines)
    assert {about(line) for line in gone} == {about(case.line), *case.hides}
    assert " ".join(come[0].split()).startswith(case.line.format(**words))
    assert code == (1 if case.line.startswith("FAULT") else 0)


def about(line: str) -> str:
    """What a line is about: its second word."""
    return line.split()[1].removesuffix(":")
