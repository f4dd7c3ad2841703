"""`cohortbot run` stays what it was made: over edits of its file and from IRC, restarts and a lost disk."""

from __future__ import annotations

import contextlib
import itertools
import re
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from support.bot import Bot
from support.client import Client
from support.incidents import FAST, is_answered
from support.ircd import IrcServer
from support.processes import wait_until

MakeBot = Callable[..., Bot]
Name = Callable[[str], str]


# ---- Edits ----


class Organized:
    """A bot whose organizer is on the network; `deploy` has two places in the file."""

    def __init__(self, server: IrcServer, make_bot: MakeBot, name: Name) -> None:
        account = server.register_account(name("bot"))
        dora = server.register_account(name("dora"))
        self.bot = make_bot(
            server,
            {"deploy": {"places": 2}},
            nick=account[0],
            sasl=account,
            organizers=(dora[0],),
            settings=FAST,
        )
        self.bot.start()
        self.dora = server.connect(dora[0], sasl=dora)

    def tells(self, text: str, *facts: str) -> str:
        """The organizer says `text` to the bot and hears one line with all of `facts`; that line."""
        self.dora.mark()
        self.dora.say(self.bot.nick, text)
        return self.dora.expect(self.bot.nick, self.dora.nick, *facts).text

    @property
    def places(self) -> int:
        """The places of deploy, as the bot says them."""
        found = re.search(r"0 of (\d+) places taken", self.tells("cohort deploy", "places taken"))
        assert found
        return int(found[1])

    def edit(self, places: int) -> None:
        """The operator writes another number of places into the config file."""
        self.bot.config["cohorts"]["deploy"]["places"] = places
        self.bot.write_config()

    def comes_back(self) -> None:
        assert self.bot.terminate() == 0
        self.bot.restart()


@pytest.fixture
def organized(inspircd_anope: IrcServer, make_bot: MakeBot, name: Name) -> Organized:
    return Organized(inspircd_anope, make_bot, name)


def test_a_cohort_made_from_irc_has_its_channel_without_a_restart(
    organized: Organized, inspircd_anope: IrcServer, name: Name
) -> None:
    bot = organized.bot
    channel = bot.channel("deploy").replace("deploy", "taxes")
    cy = inspircd_anope.connect(name("cy"), join=(channel,))
    cy.mark()
    organized.tells("cohort new taxes Do your taxes", "made taxes (Do your taxes)", channel)
    cy.wait_for(lambda line: line.verb == "JOIN" and line.nick == bot.nick)
    is_answered(bot, cy, channel)
    organized.comes_back()
    cy.wait_for(lambda line: line.verb == "JOIN" and line.nick == bot.nick)
    is_answered(bot, cy, channel)


def test_what_was_set_from_irc_holds_until_the_files_own_value_changes(organized: Organized) -> None:
    organized.tells("cohort set deploy places 3", "deploy: places 3")
    organized.comes_back()
    assert organized.places == 3
    organized.edit(places=4)
    organized.tells("reload", "changed deploy")
    assert organized.places == 4
    organized.tells("cohort set deploy places 5", "deploy: places 5")
    organized.tells("reload", "no cohort has changed")
    assert organized.places == 5
    organized.edit(places=6)
    organized.comes_back()
    assert organized.places == 6


def test_sighup_reads_the_file_again_and_a_faulty_one_changes_nothing(organized: Organized) -> None:
    organized.edit(places=-1)
    organized.bot.process.send_signal(signal.SIGHUP)
    wait_until(lambda: "cohorts.deploy.places" in organized.bot.stderr(), "the fault to be told")
    assert organized.places == 2
    organized.edit(places=4)
    organized.bot.process.send_signal(signal.SIGHUP)
    wait_until(lambda: organized.places == 4, "the file to be read")


# ---- Backup ----


@pytest.fixture(params=["sqlite", "postgres"])
def two_databases(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, str]]:
    """The URLs of two empty databases of a kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/first.db", f"sqlite:///{tmp_path}/second.db"
        return
    server = request.getfixturevalue("postgres")
    with contextlib.ExitStack() as stack:
        yield stack.enter_context(server.database()), stack.enter_context(server.database())


def test_a_backup_made_while_people_talk_comes_back_in_an_empty_place(
    inspircd: IrcServer, make_bot: MakeBot, name: Name, two_databases: tuple[str, str], tmp_path: Path
) -> None:
    """What was answered before the backup began is in it; what was asked after its end is not."""
    file = tmp_path / "backup"
    bot = make_bot(inspircd, {"deploy": {"places": 20}}, database_url=two_databases[0], settings=FAST)
    bot.start()
    # Of one person the bot takes 20 commands in 30 s.
    people = inspircd.connect_all(*(name(f"{letter}talks") for letter in "abcdefghij"))
    for person in people:
        person.say(bot.nick, "join deploy")
        person.expect(bot.nick, person.nick, "joined deploy")
    numbers = itertools.count(1)
    noted: dict[str, int] = {}

    def talk(person: Client) -> None:
        number = next(numbers)
        person.say(bot.nick, f"about line {number}")
        person.expect(bot.nick, person.nick, f"«line {number}»")
        noted[person.nick] = number

    for person in people:
        talk(person)
    before = dict(noted)
    with ThreadPoolExecutor() as pool:
        backup = pool.submit(bot.command, "db", "backup", str(file))
        turns = itertools.cycle(people)
        while not backup.done():
            talk(next(turns))
        backup.result()
    during = dict(noted)
    assert during != before
    for person in people:
        talk(person)
    assert bot.terminate() == 0

    second = make_bot(
        inspircd, {"deploy": {"places": 20}}, nick=bot.nick, database_url=two_databases[1], settings=FAST
    )
    second.command("db", "restore", str(file))
    second.start()
    for person in people:
        person.mark()
        person.say(second.nick, f"who {person.nick}")
        told = person.expect(second.nick, person.nick, "deploy: mentee", "«line ").text
        found = re.search(r"«line (\d+)»", told)
        assert found
        assert before[person.nick] <= int(found[1]) <= during[person.nick]
