"""What people see when the server, services, the database or a disk break, and until when."""

from __future__ import annotations

import contextlib
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from support.bot import Bot
from support.bytesd import ByteServer
from support.client import Client
from support.filtered import Filtered
from support.incidents import (
    FAST,
    FIVE,
    Since,
    has_lost_nothing,
    is_answered,
    pass_seconds,
    takes_a_place,
    tell,
)
from support.ircd import IrcServer, Split, two_servers
from support.postgres import PostgresServer
from support.processes import wait_until

MakeBot = Callable[..., Bot]
Name = Callable[[str], str]
Portion = Callable[[int], int]
OwnServer = Callable[..., IrcServer]


# ---- The server ----

STOPPED = [("hybrid", 15, 5.0), ("inspircd-default", 30, 8.0), ("inspircd", 15, 5.0), ("inspircd", 300, 75.0)]


@pytest.mark.proof
def test_a_server_that_was_stopped(
    own_server: OwnServer, make_bot: MakeBot, name: Name, portion: Portion
) -> None:
    """For so many seconds; the bot is back in so many."""
    for kind, down, within in STOPPED[: portion(len(STOPPED))]:
        server = own_server(kind, "anope")
        account = server.register_account(name("bot"))
        nickserv = {"irc": {"nickserv": {"password": account[1]}}}
        by = {"settings": nickserv} if kind == "hybrid" else {"sasl": account}
        bot = make_bot(server, FIVE, nick=account[0], **by)
        bot.start()
        cy = server.connect(name("cy"))
        takes_a_place(bot, cy)
        server.stop()
        outage = portion(down)
        time.sleep(outage)
        back = Since()
        server.start()
        bot.wait_joined(within + 5.0)
        joined = back.seconds
        cy = server.connect(name("cy"), join=(bot.channel("bug"),))
        is_answered(bot, cy, bot.channel("bug"))
        answered = back.seconds
        has_lost_nothing(bot, cy)
        assert bot.terminate() == 0
        assert joined < within
        tell(
            f"{kind} stopped {outage} s",
            "the bot is gone with the server",
            f"in its five channels {joined:.1f} s after the server's start, {answered:.1f} s to an answer",
        )


@pytest.mark.proof
def test_a_server_that_is_frozen(
    own_server: OwnServer, make_bot: MakeBot, name: Name, portion: Portion
) -> None:
    """For seconds it is not noticed; for longer the bot says so, and comes back."""
    server = own_server("inspircd")
    bot = make_bot(server, FIVE, settings=FAST)
    bot.start()
    cy = server.connect(name("cy"), join=(bot.channel("deploy"),))
    takes_a_place(bot, cy)
    server.freeze()
    frozen, noticed = Since(), "not noticed"
    if (outage := portion(100)) > 75:
        wait_until(lambda: "has said nothing for" in bot.stderr(), "the bot to notice", 90.0)
        noticed = f"noticed after {frozen}"
    pass_seconds(frozen, outage)
    thawed = Since()
    server.thaw()
    if noticed != "not noticed":  # its old connection ends only now, as everybody sees
        cy.wait_for(lambda line: line.verb == "JOIN" and line.nick == bot.nick, timeout=75.0)
    is_answered(bot, cy, bot.channel("deploy"))
    well = str(thawed)
    has_lost_nothing(bot, cy)
    tell(f"server frozen {outage} s", f"nobody can say anything; {noticed}", f"{well} after the thaw")


@pytest.mark.parametrize("state", ["well", "frozen", "absent"])
def test_sigterm_is_obeyed_soon(own_server: OwnServer, make_bot: MakeBot, name: Name, state: str) -> None:
    server = own_server("inspircd")
    bot = make_bot(server, {"deploy": {}})
    bot.upgrade()
    if state == "absent":
        server.stop()
        bot.launch()
        wait_until(lambda: "trying again" in bot.stderr(), "a try", why=bot.process.tail)
    else:
        bot.start()
        cy = server.connect(name("cy"), join=(bot.channel("deploy"),))
    if state == "frozen":
        server.freeze()
    asked = Since()
    assert bot.terminate(5.0 if state == "well" else 6.0) == 0
    gone = str(asked)
    if state == "well":
        left = cy.wait_for(lambda line: line.verb == "QUIT" and line.nick == bot.nick)
        assert "Lab mentoring" in left.text
    tell(f"SIGTERM, the server is {state}", "the bot leaves, exit 0", gone)


@pytest.mark.parametrize("tls", [False, True], ids=["before the welcome", "in the TLS handshake"])
def test_sigterm_is_obeyed_while_a_server_lets_us_wait(make_bot: MakeBot, tls: bool) -> None:
    server = ByteServer()
    server.welcomes = False
    bot = make_bot(server, {"deploy": {}}, settings={"irc": {"tls": tls}})
    bot.upgrade()
    bot.launch()
    wait_until(lambda: server.connections == 1, "the connection", why=bot.process.tail)
    assert bot.terminate(6.0) == 0
    server.close()


# ---- The network ----


@pytest.fixture
def split() -> Iterator[Split]:
    with two_servers("inspircd", "anope") as both:
        yield both


@pytest.mark.proof
def test_a_netsplit(split: Split, make_bot: MakeBot, name: Name) -> None:
    """The bot's server and the mentors' lose each other; nothing is executed or logged again."""
    dora = split.first.register_account(name("dora"))
    bot = make_bot(split.second, {"deploy": {}}, organizers=(dora[0],), settings=FAST)
    bot.start()
    channel = bot.channel("deploy")
    organizer = split.first.connect(dora[0], sasl=dora, join=(channel,))
    cy = split.second.connect(name("cy"), join=(channel,))
    takes_a_place(bot, cy)
    organizer.say(channel, "!cohort pause deploy the first time")
    organizer.expect(bot.nick, channel, "deploy is paused")
    split.cut()
    cy.wait_for(lambda line: line.verb == "QUIT" and line.nick == organizer.nick)
    is_answered(bot, cy, channel)
    mended = Since()
    split.mend()
    organizer.mark()
    organizer.say(channel, "!cohort resume deploy")
    organizer.expect(bot.nick, channel, "deploy is active again", timeout=30.0)
    well = str(mended)
    has_lost_nothing(bot, cy)
    log = [line.split("  ", 1)[1] for line in bot.log(channel)]
    assert log.count(f"*** {organizer.nick} has joined {channel}") == 2
    assert len([line for line in log if line.startswith(f"*** {organizer.nick} has quit IRC")]) == 1
    assert log.count(f"<{organizer.nick}> !cohort pause deploy the first time") == 1
    tell(
        "netsplit",
        "those on the bot's side are answered; the others quit and join again, each once in the log",
        f"the organizer acts {well} after the link is mended",
    )


@pytest.mark.proof
def test_a_history_that_is_replayed(own_server: OwnServer, make_bot: MakeBot, name: Name) -> None:
    """The bot's own connection breaks, and the server says again to it what was said in the channel."""
    keeps_history = {'<module name="cap">': '<module name="cap"><module name="chanhistory">'}
    server = own_server("inspircd", "anope", keeps_history)
    dora, cy = server.register_account(name("dora")), name("cy")
    wire = Filtered(server.port)
    bot = make_bot(
        server, {"deploy": {}}, organizers=(dora[0],), settings={"irc": {**FAST["irc"], "port": wire.port}}
    )
    channel = bot.channel("deploy")
    organizer = server.connect(dora[0], sasl=dora, join=(channel,))
    organizer.send(f"MODE {channel} +H 50:1h")
    bot.start()
    mentee = server.connect(cy, join=(channel,))
    takes_a_place(bot, mentee)
    organizer.say(channel, "!cohort pause deploy the first time")
    organizer.expect(bot.nick, channel, "deploy is paused")
    organizer.say(channel, "!cohort resume deploy")
    organizer.expect(bot.nick, channel, "deploy is active again")
    mentee.say(channel, "the same words")
    mentee.mark()
    wire.cut()
    mentee.wait_for(lambda line: line.verb == "QUIT" and line.nick == bot.nick)
    mentee.say(channel, "!about words that nobody heard")
    mended = Since()
    wire.mend()
    mentee.wait_for(lambda line: line.verb == "JOIN" and line.nick == bot.nick, 15.0)
    well = str(mended)
    is_answered(bot, mentee, channel)
    has_lost_nothing(bot, mentee)
    log = [line.split("  ", 1)[1] for line in bot.log(channel)]
    for said in (
        f"<{organizer.nick}> !cohort pause deploy the first time",
        f"<{organizer.nick}> !cohort resume deploy",
        f"<{mentee.nick}> the same words",
        f"<{mentee.nick}> !about words that nobody heard",
    ):
        assert log.count(said) == 1, said
    assert len([text for text in organizer.said_by(bot.nick, channel) if "is paused" in text]) == 1
    wire.close()
    tell(
        "the bot's connection broken, history replayed to it",
        "nothing is done again; what was said meanwhile is logged and not executed",
        f"back {well} after the connection is mended",
    )


# ---- Services ----


def away_at_the_start(server: IrcServer, make_bot: MakeBot, name: Name) -> None:
    bot, dora = _organized(server, make_bot, name)
    server.stop_services()
    bot.start()
    refused = _is_refused(bot, server, dora[0])
    back = Since()
    server.start_services()
    acts = _acts(bot, server.connect(dora[0], sasl=dora), back)

    def logged_in() -> bool:
        backstage = server.backstage()
        backstage.send(f"WHOIS {bot.nick}")
        return any(line.verb == "330" for line in backstage.heard_until(lambda line: line.verb == "318"))

    wait_until(logged_in, "the bot to log in", 30.0, bot.process.tail)
    tell(
        "services away when the bot starts",
        f"the bot is there; an organizer hears «{refused}»",
        f"the true one acts {acts} after services' start, the bot is logged in after {back}",
    )


def lost_while_it_runs(server: IrcServer, make_bot: MakeBot, name: Name) -> None:
    bot, dora = _organized(server, make_bot, name)
    bot.start()
    true = server.connect(dora[0], sasl=dora, join=(bot.channel("deploy"),))
    _acts(bot, true, Since())
    server.stop_services()
    true.say(bot.nick, "cohort resume deploy")
    true.expect(bot.nick, true.nick, "deploy is active again")
    true.quit()
    refused = _is_refused(bot, server, dora[0])
    back = Since()
    server.start_services()
    acts = _acts(bot, server.connect(dora[0], sasl=dora), back)
    tell(
        "services stopped while the bot runs",
        f"who was logged in before acts as before; who comes anew hears «{refused}»",
        f"the true one acts {acts} after services' start",
    )


def _organized(server: IrcServer, make_bot: MakeBot, name: Name) -> tuple[Bot, tuple[str, str]]:
    """A bot with an account, not yet started, and its organizer's account."""
    account, dora = server.register_account(name("bot")), server.register_account(name("dora"))
    cohorts: dict[str, dict[str, object]] = {"deploy": {}}
    bot = make_bot(server, cohorts, nick=account[0], sasl=account, organizers=(dora[0],), settings=FAST)
    return bot, dora


def _is_refused(bot: Bot, server: IrcServer, nick: str) -> str:
    """What somebody hears who comes under an organizer's nick while services are away."""
    impostor = server.connect(nick)
    impostor.say(bot.nick, "cohort pause deploy")
    told = impostor.expect(bot.nick, nick, "nothing was done", "services are down").text
    impostor.quit()
    return told


def _acts(bot: Bot, organizer: Client, since: Since) -> str:
    organizer.say(bot.nick, "cohort pause deploy")
    organizer.expect(bot.nick, organizer.nick, "deploy is paused")
    return str(since)


SERVICES = (lost_while_it_runs, away_at_the_start)


@pytest.mark.proof
def test_services_that_are_stopped(
    own_server: OwnServer, make_bot: MakeBot, name: Name, portion: Portion
) -> None:
    server = own_server("inspircd", "anope")
    for number, incident in enumerate(SERVICES[: portion(len(SERVICES))]):
        incident(server, make_bot, lambda stem, number=number: name(f"{stem}{'xy'[number]}"))


def test_a_wrong_password(inspircd_anope: IrcServer, make_bot: MakeBot, name: Name) -> None:
    account, _ = inspircd_anope.register_account(name("bot"))
    bot = make_bot(inspircd_anope, {"deploy": {}}, nick=account, sasl=(account, "opensaysme"))
    bot.upgrade()
    started = Since()
    bot.launch()
    assert bot.process.wait() == 1
    [said] = [line for line in bot.stderr().splitlines() if "irc.sasl" in line]
    assert account in said
    assert "opensaysme" not in bot.stderr()
    tell("wrong password", f"the operator: «{said}»", f"exit 1 after {started}")


# ---- The database, the disk ----


@pytest.mark.proof
@pytest.mark.parametrize("down", [15, 40])
def test_a_database_that_is_stopped(
    inspircd: IrcServer,
    own_postgres: PostgresServer,
    make_bot: MakeBot,
    name: Name,
    portion: Portion,
    down: int,
) -> None:
    with own_postgres.database() as url:
        bot = make_bot(inspircd, FIVE, database_url=url, settings=FAST)
        bot.start()
        cy = inspircd.connect(name("cy"), join=(bot.channel("deploy"),))
        takes_a_place(bot, cy)
        own_postgres.stop()
        away = Since()
        cy.say(bot.nick, "about I spoke while it was away")
        saw = [cy.expect(bot.nick, cy.nick, "one moment").text]
        if (outage := max(3, portion(down))) > 30:
            saw.append(cy.expect(bot.nick, cy.nick, "nothing was changed", timeout=35.0).text)
        heard = str(away)
        time.sleep(max(0.0, outage - away.seconds))
        own_postgres.start()
        back = Since()
        if outage > 30:
            cy.say(bot.nick, "about I spoke while it was away")
        cy.expect(bot.nick, cy.nick, "«I spoke while it was away»", timeout=20.0)
        well = str(back)
        is_answered(bot, cy, bot.channel("deploy"))
        assert cy.said_by(bot.nick, cy.nick).count(saw[0]) == 1
        tell(
            f"database stopped {outage} s",
            f"«{'», then «'.join(saw)}» (after {heard})",
            f"{well} after its start",
        )
        bot.terminate()


@contextlib.contextmanager
def small_disk(folder: Path, size: str) -> Iterator[Path]:
    """A file system of its own, mounted for this test; for that the tests run as root."""
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def fill(disk: Path) -> Path:
    """Write until nothing is left; the file whose removal makes room again."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(b"x" * 4096)
    return ballast


@pytest.mark.proof
def test_a_disk_of_the_logs_that_is_full(
    inspircd: IrcServer, make_bot: MakeBot, name: Name, tmp_path: Path
) -> None:
    with small_disk(tmp_path / "disk", "64k") as disk:
        bot = make_bot(inspircd, {"deploy": {}}, settings={**FAST, "logs": {"folder": str(disk)}})
        bot.start()
        channel = bot.channel("deploy")
        cy = inspircd.connect(name("cy"), join=(channel,))
        takes_a_place(bot, cy)
        ballast = fill(disk)
        full = Since()
        while "No space left" not in bot.stderr():  # the day's file has some room of its own
            assert full.seconds < 20.0, bot.process.tail()
            cy.say(channel, "x" * 300)
            cy.send("PING :x")
            cy.wait_for(lambda line: line.verb == "PONG")
        is_answered(bot, cy, channel)
        ballast.unlink()
        room = Since()
        [day] = disk.rglob("????-??-??.log")

        def marked() -> bool:
            cy.say(channel, "and now")
            return "*** log gap since " in day.read_text()

        wait_until(marked, "the gap to be marked", 20.0, bot.process.tail)
        has_lost_nothing(bot, cy)
        bot.terminate()
        tell(
            "disk of the logs full",
            "nothing: answers go on; the operator is told",
            f"gap marked {room} after there is room",
        )


@pytest.mark.proof
def test_a_disk_of_the_database_that_is_full(
    inspircd: IrcServer, make_bot: MakeBot, name: Name, tmp_path: Path
) -> None:
    with small_disk(tmp_path / "disk", "2m") as disk:
        bot = make_bot(inspircd, {"deploy": {}}, database_url=f"sqlite:///{disk}/cohortbot.db", settings=FAST)
        bot.start()
        channel = bot.channel("deploy")
        cy = inspircd.connect(name("cy"), join=(channel,))
        takes_a_place(bot, cy)
        ballast = fill(disk)
        bo = inspircd.connect(name("bo"), join=(channel,))  # what is to be noted of them keeps nobody waiting
        cy.say(bot.nick, "about I spoke while it was full")
        saw = cy.expect(bot.nick, cy.nick, "one moment").text
        cy.say(channel, "nobody is kept from talking")
        full = Since()
        pass_seconds(full, 5.0)
        ballast.unlink()
        room = Since()
        cy.expect(bot.nick, cy.nick, "«I spoke while it was full»")
        well = str(room)
        bo.expect(bot.nick, bo.nick, "is logged")
        is_answered(bot, cy, channel)
        assert "Traceback" not in bot.stderr()
        assert any("nobody is kept from talking" in line for line in bot.log(channel))
        bot.terminate()
        tell(
            "disk of the database full (SQLite)",
            f"«{saw}»",
            f"what was asked is done {well} after there is room",
        )
