"""Logging in by NickServ, and having our nick back by it: what is said, and how its outcome is known."""

from __future__ import annotations

import pytest

from cohortbot.irc import wire
from cohortbot.irc.login import PROOF_WAIT, Credentials, Login
from cohortbot.irc.network import Network
from cohortbot.irc.nickserv import AGAIN, ANSWER_WAIT, LOOK_AFTER, REFUSED_AGAIN, NickServCredentials
from cohortbot.irc.own_nick import AGAIN as NICK_AGAIN
from cohortbot.irc.own_nick import RESCUES, STEP, STEP_ANSWERED, Patience
from cohortbot.irc.pace import Bucket
from cohortbot.irc.people import People
from cohortbot.irc.sasl import SaslCredentials
from cohortbot.irc.sender import Sender

NOTICE = ":NickServ!services@services.lab NOTICE {} :whatever it says, in whatever language"


class Talk:
    """A login and the server's part of the conversation, up to the end of the MOTD under `nick`."""

    def __init__(
        self,
        nick: str = "bot",
        network: str = "LabNet",
        *,
        service: str = "NickServ",
        sasl: SaslCredentials | None = None,
        patience: Patience | None = None,
    ) -> None:
        self.network = Network()
        self.sender = Sender(Bucket(1000, 1000.0, now=0.0))
        self.people = People(self.network, lambda: "id", lambda _: None)
        nickserv = NickServCredentials("sesame", service) if sasl is None else None
        self.login = Login(
            Credentials("bot", "A bot", sasl=sasl, nickserv=nickserv),
            self.network,
            self.people,
            self.sender,
            patience or Patience(),
        )
        self.login.start()
        isupport = wire.parse(f":s 005 {nick} NETWORK={network} :are supported")
        assert isupport is not None
        self.network.isupport(isupport)
        self.hear(":s CAP * LS :batch", f":s 001 {nick} :Welcome")
        self.first = self.hear(f":s 422 {nick} :No MOTD")

    def hear(self, *lines: str, now: float = 0.0) -> list[str]:
        """What is said to these lines of the server."""
        self._said(now)
        for line in lines:
            message = wire.parse(line)
            assert message is not None
            self.people.hear(message)
            self.login.hear(message, now)
        return self._said(now)

    def at(self, now: float) -> list[str]:
        """What is said at this time."""
        self.login.tick(now)
        return self._said(now)

    def answered(self, now: float, *whois: str) -> list[str]:
        """Services answer at `now`, and what the server then shows of us is `whois` (330 or 307)."""
        nick = self.people.own_nick
        self.hear(NOTICE.format(nick), now=now)
        assert f"WHOIS {nick}" in self.at(now + LOOK_AFTER)
        lines = [f":s {code} bot {nick} {nick} :is known" for code in whois]
        return self.hear(*lines, f":s 318 bot {nick} :End", now=now + LOOK_AFTER)

    def _said(self, now: float) -> list[str]:
        return [line.data.decode().rstrip("\r\n") for line in self.sender.take(now)]


# What is said


@pytest.mark.parametrize(
    ("nick", "network", "said"),
    [
        ("bot", "LabNet", "IDENTIFY sesame"),
        ("bot_", "LabNet", "IDENTIFY bot sesame"),
        ("bot", "OFTC", "IDENTIFY sesame"),
        ("bot_", "OFTC", "IDENTIFY sesame bot"),
    ],
)
def test_all_that_services_need_to_know_is_said_in_their_order(nick: str, network: str, said: str) -> None:
    assert Talk(nick, network).first == [f"PRIVMSG NickServ :{said}"]


def test_the_password_shows_nowhere() -> None:
    assert "sesame" not in repr(Credentials("bot", "A bot", nickserv=NickServCredentials("sesame")))


def test_a_service_may_be_named_with_its_server() -> None:
    talk = Talk(service="NickServ@services.lab")
    assert talk.first == ["PRIVMSG NickServ@services.lab :IDENTIFY sesame"]
    assert talk.answered(0.0, "330") == []
    assert talk.login.logged_in


# How the outcome is known


@pytest.mark.parametrize(
    "line", [":s 900 bot bot!b@h bot :You are now logged in as bot", ":bot!b@h ACCOUNT bot"]
)
def test_the_servers_word_is_enough(line: str) -> None:
    talk = Talk()
    talk.hear(line)
    assert talk.login.logged_in
    assert talk.at(1000.0) == []


@pytest.mark.parametrize("code", ["330", "307"])
def test_a_mode_of_the_registered_is_looked_into(code: str) -> None:
    talk = Talk()
    assert talk.hear(":bot!b@h MODE bot :+r") == ["WHOIS bot"]
    talk.hear(f":s {code} bot bot bot :is known", ":s 318 bot bot :End")
    assert talk.login.logged_in


def test_what_services_say_is_not_read_and_the_server_is_asked() -> None:
    talk = Talk()
    assert talk.answered(0.5, "307") == []
    assert talk.login.logged_in


def test_a_wrong_password_is_known_when_services_have_answered_twice() -> None:
    talk = Talk()
    talk.answered(0.0)
    assert talk.login.failed is None
    later = LOOK_AFTER + REFUSED_AGAIN
    assert talk.at(later) == ["PRIVMSG NickServ :IDENTIFY sesame"]
    talk.answered(later)
    assert talk.login.failed is not None
    assert talk.login.failed.startswith("irc.nickserv: NickServ has answered 2 times and does not log bot in")
    assert "sesame" not in talk.login.failed


def test_somebody_elses_whois_proves_and_disproves_nothing() -> None:
    talk = Talk()
    talk.hear(NOTICE.format("bot"))
    talk.hear(":s 330 bot cy cy :is logged in as", ":s 318 bot cy :End", now=0.5)
    assert not talk.login.logged_in
    assert talk.at(LOOK_AFTER) == ["WHOIS bot"]


def test_under_a_spare_nick_no_login_shown_is_no_wrong_password() -> None:
    talk = Talk("bot_", "OFTC")
    now = 0.0
    for _ in range(4):
        talk.answered(now)
        deadline = talk.login.next_deadline()
        while deadline is not None and not any("IDENTIFY" in line for line in talk.at(deadline)):
            deadline = talk.login.next_deadline()
        now = deadline or 0.0
    assert talk.login.failed is None


@pytest.mark.parametrize(
    "away", [":s 401 bot NickServ :No such nick", ":s 440 bot NickServ :Services are down"]
)
def test_services_that_are_away_are_asked_again_and_are_no_failure(away: str) -> None:
    talk = Talk()
    for turn in range(5):
        now = turn * AGAIN
        assert talk.hear(away, now=now) == []
        assert talk.login.may_join(now)
        assert talk.at(now + AGAIN) == ["PRIVMSG NickServ :IDENTIFY sesame"]
    assert talk.login.failed is None


def test_services_that_say_nothing_are_asked_again() -> None:
    talk = Talk()
    assert talk.at(ANSWER_WAIT) == []
    assert talk.at(ANSWER_WAIT + AGAIN) == ["PRIVMSG NickServ :IDENTIFY sesame"]
    assert talk.login.failed is None


def test_services_that_are_seen_again_are_asked_at_once() -> None:
    talk = Talk()
    talk.hear(":s 401 bot NickServ :No such nick")
    talk.login.try_now(3.0)
    assert talk.at(3.0) == ["PRIVMSG NickServ :IDENTIFY sesame"]


def test_whoever_is_logged_out_logs_in_again() -> None:
    talk = Talk()
    talk.hear(":s 900 bot bot!b@h bot :You are now logged in as bot")
    talk.hear(":s 901 bot bot!b@h :You are now logged out", now=50.0)
    assert talk.at(50.0) == ["PRIVMSG NickServ :IDENTIFY sesame"]


# Before we join


def test_channels_wait_for_the_proof_but_not_for_long() -> None:
    talk = Talk()
    assert not talk.login.may_join(0.0)
    assert talk.login.may_join(PROOF_WAIT)
    talk.hear(":s 900 bot bot!b@h bot :You are now logged in as bot", now=0.1)
    assert talk.login.may_join(0.1)


def test_a_certificate_identifies_by_itself_and_nothing_is_said() -> None:
    talk = Talk(sasl=SaslCredentials(certificate=True))
    assert talk.first == []
    assert not talk.login.may_join(0.0)
    assert talk.hear(":bot!b@h MODE bot :+R") == ["WHOIS bot"]
    talk.hear(":s 307 bot bot :is a registered nick", ":s 318 bot bot :End")
    assert talk.login.may_join(0.1)


# Our own nick, by services


def known_under_a_spare(patience: Patience | None = None, now: float = 0.0) -> Talk:
    talk = Talk("bot_", patience=patience)
    talk.first = talk.hear(":s 900 bot_ bot_!b@h bot :You are now logged in as bot", now=now)
    return talk


def test_services_are_asked_in_every_way_until_one_frees_the_nick() -> None:
    talk = known_under_a_spare()
    assert talk.first == ["PRIVMSG NickServ :REGAIN bot sesame"]
    talk.hear(NOTICE.format("bot_"), now=0.2)
    assert talk.at(0.2 + STEP_ANSWERED) == ["NICK bot"]
    assert talk.hear(":s 433 bot_ bot :Nickname is already in use", now=1.3) == [
        "PRIVMSG NickServ :GHOST bot sesame"
    ]
    assert talk.at(1.3 + STEP) == ["NICK bot"]
    assert talk.hear(":bot_!b@h NICK bot", now=4.4) == []
    assert talk.at(1000.0) == []


def test_if_none_frees_it_we_wait_for_it() -> None:
    talk = known_under_a_spare()
    said, now = [*talk.first], 0.0
    while len(said) < 2 * len(RESCUES):
        now += STEP
        assert talk.at(now) == ["NICK bot"]
        said += ["NICK bot", *talk.hear(":s 437 bot_ bot :Nick is temporarily unavailable", now=now)]
    assert [line.split()[2].lstrip(":") for line in said if "NickServ" in line] == list(RESCUES)
    assert talk.at(now + NICK_AGAIN) == ["NICK bot"]
    assert talk.hear(":s 433 bot_ bot :Nickname is already in use", now=now + NICK_AGAIN) == []


def test_two_bots_of_one_nick_do_not_fight_for_it_for_ever() -> None:
    patience = Patience()
    asked = [bool(known_under_a_spare(patience, now=minute * 60.0).first) for minute in range(60)]
    assert sum(asked) == Patience.MOST
    assert known_under_a_spare(patience, now=2 * 3600.0).first


def test_a_nick_that_services_took_from_us_is_asked_back() -> None:
    talk = Talk()
    talk.hear(":s 401 bot NickServ :No such nick")  # services came later, and enforce the nick
    assert talk.hear(":bot!b@h NICK Guest1234", now=60.0) == ["PRIVMSG NickServ :IDENTIFY bot sesame"]
    said = talk.hear(":s 900 Guest1234 Guest1234!b@h bot :You are now logged in as bot", now=60.1)
    assert said == ["PRIVMSG NickServ :REGAIN bot sesame"]


def test_with_sasl_services_are_asked_without_a_password() -> None:
    talk = Talk("bot_", sasl=SaslCredentials(("bot", "sesame")))
    said = talk.hear(":s 900 bot_ bot_!b@h bot :You are now logged in as bot")
    assert said == ["PRIVMSG NickServ :REGAIN bot"]
