"""Whom a server vouches for, on every kind of network, and what asking costs: one session, line by line."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cohortbot.chatlog.files import ChatLog
from cohortbot.domain.message import Message, Proof, Proven, ServicesDown, TooSlow, Unproven
from cohortbot.irc import wire
from cohortbot.irc.hearing import Hearing
from cohortbot.irc.login import Credentials
from cohortbot.irc.own_nick import Patience
from cohortbot.irc.pace import Bucket
from cohortbot.irc.session import Ground, Session
from cohortbot.irc.work import Entered, Work

AT = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
ANNA = "anna!a@h"
COMMAND = f":{ANNA} PRIVMSG #c :!complete cy"
PRIVATE = f":{ANNA} PRIVMSG bot :complete cy"
TAGS = "account-tag account-notify extended-join"
NOTIFY = "account-notify extended-join"


class Told:
    """The bot in #c with anna, on a network of these capabilities and 005 tokens; what it asks and concludes.

    Commands that begin with `!cohorts` are anyone's.
    """

    def __init__(self, folder: Path, caps: str, isupport: str, *, has_services: bool = True) -> None:
        self.work: list[Work] = []
        self.seen = 0
        self.now = 0.0
        numbers = itertools.count()
        ground = Ground(
            network="lab",
            credentials=Credentials("bot", "a bot"),
            ignore=(),
            log=ChatLog(folder, "lab"),
            off_record_prefix="[off]",
            proof_wait=5.0,
            new_people_per_minute=None,
            has_services=has_services,
            hearing=Hearing(lambda: AT),
            patience=Patience(),
            services="NickServ",
            shift=lambda at: at,
            new_id=lambda: f"c{next(numbers)}",
            receive=self.work.append,
            spoke=lambda _: None,
            needs_proof=lambda message: not message.text.startswith("!cohorts"),
            saw_services=self._saw,
        )
        self.session = Session(ground, Bucket(1000, 10_000.0, 0.0))
        self.session.login.start()
        self.session.network.caps |= set(caps.split())
        self.tell(":bot!b@h ACCOUNT bot")  # by SASL: nothing can be asked before the welcome
        self.tell(":srv 001 bot :Welcome", f":srv 005 bot CHANTYPES=# {isupport} :are supported")
        self.tell(":srv 422 bot :No MOTD", ":bot!b@h JOIN #c", f":{ANNA} JOIN #c * :Anna")
        self.asked()
        self.work.clear()

    def tell(self, *lines: str) -> None:
        """The server says these."""
        for line in lines:
            message = wire.read(line.encode())
            assert message is not None
            draft = self.session.hear(message, AT, self.now)
            if draft is not None:
                self.session.accept(draft, self.now)

    def asked(self) -> list[str]:
        """What the bot has said since, but for what keeps the connection going."""
        self.session.tick(self.now)
        lines = [line.data.decode().strip() for line in self.session.due(AT, self.now)]
        return [line for line in lines if line.split()[0] in ("WHOIS", "ISON", "MONITOR", "WHO")]

    def answer(self, nick: str, *numerics: str, mask: str = "a h") -> None:
        """The answer to a WHOIS that the bot has put on the wire."""
        self.tell(f":srv 311 bot {nick} {mask} * :x", *(f":srv {numeric}" for numeric in numerics))
        self.tell(f":srv 318 bot {nick} :End")

    def services_are(self, *, there: bool) -> None:
        """The answer to the question about services."""
        assert self.asked() == ["WHOIS NickServ"]
        if there:
            self.answer("NickServ", "312 bot NickServ services.srv :Services", mask="services services.srv")
        else:
            self.tell(":srv 401 bot NickServ :No such nick", ":srv 318 bot NickServ :End")

    @property
    def proofs(self) -> list[Proof]:
        return [one.proof for one in self.work]

    def _saw(self) -> None:
        self.seen += 1


MakeTold = Callable[..., Told]


@pytest.fixture
def told(tmp_path: Path) -> MakeTold:
    def make(caps: str = "", isupport: str = "", **options: bool) -> Told:
        return Told(tmp_path, caps, isupport, **options)

    return make


# 307, where the network names no account


def test_307_alone_proves_the_nick_and_is_asked_for_with_each_command(told: MakeTold) -> None:
    oftc = told()
    for _ in range(2):
        oftc.now += 10.0
        oftc.tell(COMMAND)
        assert oftc.asked() == ["WHOIS anna"]
        oftc.answer("Anna", "307 bot Anna :has identified for this nick")
        oftc.services_are(there=True)
    assert oftc.proofs == [Proven("Anna"), Proven("Anna")]


def test_307_shows_that_the_network_has_services(told: MakeTold) -> None:
    oftc = told(has_services=False)
    oftc.tell(COMMAND)
    oftc.asked()
    oftc.answer("anna", "307 bot anna :has identified for this nick")
    assert oftc.seen == 1


NAMING: dict[str, Callable[[MakeTold], Told]] = {
    "an account capability": lambda told: told("account-notify"),
    "WHOX": lambda told: told(isupport="WHOX"),
}


@pytest.mark.parametrize("network", NAMING.values(), ids=NAMING.keys())
def test_307_alone_proves_nothing_where_the_network_names_accounts(
    told: MakeTold, network: Callable[[MakeTold], Told]
) -> None:
    there = network(told)
    there.tell(COMMAND)
    there.asked()
    there.answer("anna", "307 bot anna :has identified for this nick")
    there.services_are(there=True)
    assert there.proofs == [Unproven()]


def test_307_alone_proves_nothing_once_a_330_was_seen(told: MakeTold) -> None:
    ngircd = told()
    ngircd.tell(":cy!c@h JOIN #c", ":cy!c@h PRIVMSG #c :!join deploy")
    ngircd.asked()
    ngircd.answer("cy", "330 bot cy cy :is logged in as", mask="c h")
    ngircd.tell(COMMAND)
    ngircd.asked()
    ngircd.answer("anna", "307 bot anna :is a registered nick")
    ngircd.services_are(there=True)
    assert ngircd.proofs[-1] == Unproven()


@pytest.mark.parametrize("order", [("307", "330"), ("330", "307")], ids=" ".join)
def test_beside_a_330_of_another_account_a_307_says_nothing(told: MakeTold, order: tuple[str, str]) -> None:
    lines = {"307": "307 bot anna :is a registered nick", "330": "330 bot anna mallory :is logged in as"}
    ngircd = told()
    ngircd.tell(COMMAND)
    ngircd.asked()
    ngircd.answer("anna", *(lines[numeric] for numeric in order))
    assert ngircd.proofs == [Proven("mallory")]


@pytest.mark.parametrize("account", ["*", "0"])
def test_a_330_that_says_logged_out_decides_alone_too(told: MakeTold, account: str) -> None:
    there = told()
    there.tell(COMMAND)
    there.asked()
    there.answer("anna", f"330 bot anna {account} :is logged in as", "307 bot anna :is a registered nick")
    there.services_are(there=True)
    assert there.proofs == [Unproven()]


def test_307_proves_nothing_while_services_are_down(told: MakeTold) -> None:
    """It may be left over from an earlier nick: on some servers only services take it away."""
    oftc = told()
    oftc.tell(COMMAND)
    oftc.asked()
    oftc.answer("anna", "307 bot anna :is a registered nick")
    oftc.services_are(there=False)
    assert oftc.proofs == [ServicesDown()]


# Whose answer it is


def test_the_answer_about_somebody_elses_user_and_host_proves_nothing(told: MakeTold) -> None:
    there = told()
    there.tell(COMMAND)
    there.asked()
    there.answer("anna", "330 bot anna anna :is logged in as", mask="true anna.example")
    there.services_are(there=True)
    assert there.proofs == [Unproven()]


def test_who_changes_nick_before_the_answer_is_asked_to_try_again(told: MakeTold) -> None:
    """Even from the same host: the answer may be about whoever took the nick behind them."""
    there = told()
    there.tell(COMMAND)
    there.asked()
    there.tell(f":{ANNA} NICK :mallory")
    there.answer("anna", "330 bot anna anna :is logged in as")
    assert there.proofs == [TooSlow()]


def test_who_quits_before_the_answer_is_proven_by_nobody_behind_them(told: MakeTold) -> None:
    there = told()
    there.tell(COMMAND)
    there.asked()
    there.tell(f":{ANNA} QUIT :a.example b.example", f":{ANNA} JOIN #c")
    there.answer("anna", "330 bot anna anna :is logged in as")
    there.services_are(there=True)
    assert there.proofs[-1] == Unproven()


def test_an_answer_that_never_came_does_not_spoil_the_next(told: MakeTold) -> None:
    there = told()
    there.tell(COMMAND)
    assert there.asked() == ["WHOIS anna"]
    there.tell(":srv 263 bot WHOIS :Server load is temporarily too heavy")
    there.now = 6.0
    there.asked()
    there.tell(COMMAND)
    assert there.asked() == ["WHOIS anna"]
    there.answer("anna", "330 bot anna anna :is logged in as")
    assert there.proofs == [TooSlow(), Proven("anna")]


# What the server tells of itself


def test_a_capability_that_is_taken_back_takes_along_what_was_known_by_it(told: MakeTold) -> None:
    there = told(NOTIFY)
    there.tell(f":{ANNA} ACCOUNT anna")
    there.asked()
    there.tell(":srv CAP bot DEL :account-notify", COMMAND)
    assert there.asked() == ["WHOIS anna"]
    there.tell(":srv CAP bot NEW :account-notify", ":srv CAP bot ACK :account-notify", PRIVATE)
    assert there.session.identity.last_known("anna") == Unproven()


def test_a_join_tells_the_account_by_its_tag_where_joins_are_not_extended(told: MakeTold) -> None:
    there = told("account-tag")
    there.tell("@account=cy :cy!c@h JOIN #c")
    assert there.proofs == [Proven("cy")]


# What it costs


def test_an_account_tag_costs_nothing_also_from_outside_all_channels(told: MakeTold) -> None:
    there = told(TAGS)
    there.tell("@account=cy :cy!c@h PRIVMSG bot :complete dee")
    assert there.asked() == []
    assert there.proofs == [Proven("cy")]


def test_what_is_announced_costs_nothing(told: MakeTold) -> None:
    there = told(NOTIFY)
    there.tell(":cy!c@h JOIN #c cy :Cy", ":cy!c@h PRIVMSG #c :!complete dee")
    assert there.asked() == []
    assert there.proofs[-1] == Proven("cy")


def test_a_330_is_enough_services_are_not_asked_for(told: MakeTold) -> None:
    there = told()
    there.tell(COMMAND)
    assert there.asked() == ["WHOIS anna"]
    there.answer("anna", "330 bot anna anna :is logged in as")
    assert there.asked() == []
    assert there.proofs == [Proven("anna")]


def test_several_commands_share_one_question(told: MakeTold) -> None:
    there = told()
    there.tell(COMMAND, COMMAND)
    assert there.asked() == ["WHOIS anna"]
    there.tell(COMMAND)
    assert there.asked() == []
    there.answer("anna", "330 bot anna anna :is logged in as")
    assert there.proofs == [Proven("anna")] * 3


def test_who_asks_while_an_answer_comes_in_gets_one_of_their_own(told: MakeTold) -> None:
    there = told()
    there.tell(COMMAND)
    there.asked()
    there.tell(":srv 311 bot anna a h * :x", COMMAND, ":srv 330 bot anna anna :is logged in as")
    there.tell(":srv 318 bot anna :End")
    assert there.proofs == [Proven("anna")]
    assert there.asked() == ["WHOIS anna"]


def test_nobody_is_asked_about_for_entering_or_for_a_verb_of_anyone(told: MakeTold) -> None:
    there = told()
    there.tell(*(f":p{number}!p@h JOIN #c" for number in range(100)), f":{ANNA} PRIVMSG #c :!cohorts")
    assert there.asked() == []
    assert [type(one) for one in there.work] == [*([Entered] * 100), Message]


def test_the_unproven_share_what_was_asked_about_services_a_moment_ago(told: MakeTold) -> None:
    there = told(TAGS)
    there.tell(COMMAND)
    there.services_are(there=True)
    there.now += 0.5
    there.tell(COMMAND)
    assert there.asked() == []
    there.now += 1.0
    there.tell(COMMAND)
    there.services_are(there=False)
    assert there.proofs == [Unproven(), Unproven(), ServicesDown()]


def test_where_the_server_tells_of_services_they_are_asked_for_once(told: MakeTold) -> None:
    there = told(TAGS, "MONITOR=100")
    there.tell(":srv 730 bot :NickServ!services@services.srv", COMMAND)
    there.services_are(there=True)
    there.now += 1000.0
    there.tell(COMMAND)
    there.tell(":srv 731 bot :NickServ", COMMAND)
    assert there.asked() == []
    there.tell(":srv 730 bot :NickServ!services@services.srv")
    there.services_are(there=True)
    there.now += 1000.0
    there.tell(COMMAND)
    assert there.asked() == []
    assert there.proofs == [Unproven(), Unproven(), ServicesDown(), Unproven()]


# Services


def test_a_person_who_took_the_nick_of_services_is_not_them(told: MakeTold) -> None:
    there = told(TAGS)
    there.tell(COMMAND)
    assert there.asked() == ["WHOIS NickServ"]
    there.answer("NickServ", "312 bot NickServ srv :the server of people", mask="m mallory.example")
    assert there.proofs == [ServicesDown()]


def test_services_on_our_own_server_are_known_by_its_word(told: MakeTold) -> None:
    there = told(TAGS)
    there.tell(COMMAND)
    assert there.asked() == ["WHOIS NickServ"]
    there.answer("NickServ", "312 bot NickServ srv :all in one", "313 bot NickServ :is a network service")
    assert there.proofs == [Unproven()]


def test_services_of_another_name_are_not_taken_for_down(
    told: MakeTold, caplog: pytest.LogCaptureFixture
) -> None:
    there = told(TAGS)
    there.tell(":cy!c@h JOIN #c * :Cy", ":cy!c@h ACCOUNT cy")
    there.services_are(there=False)
    there.now += 100.0
    there.tell(COMMAND)
    assert there.asked() == []
    assert there.proofs[-1] == Unproven()
    assert "irc.nickserv.service" in caplog.text


# Private words


@pytest.mark.parametrize("leaving", ["NICK :other", "QUIT :a.example b.example"])
def test_who_leaves_a_nick_is_not_vouched_for_under_it(told: MakeTold, leaving: str) -> None:
    there = told()
    there.tell(COMMAND)
    there.asked()
    there.answer("anna", "330 bot anna anna :is logged in as")
    assert there.session.vouched.nick_of("anna", there.now) == "anna"
    there.tell(f":{ANNA} {leaving}")
    assert there.session.vouched.nick_of("anna", there.now) is None
