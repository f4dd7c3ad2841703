"""Getting in: what is said, in which order, and what happens when a server or its services say no."""

from __future__ import annotations

import base64

import pytest

from cohortbot.irc import wire
from cohortbot.irc.login import LOGIN_AGAIN, Credentials, Login
from cohortbot.irc.network import Network
from cohortbot.irc.own_nick import AGAIN as REGAIN_AGAIN
from cohortbot.irc.own_nick import spare
from cohortbot.irc.pace import Bucket
from cohortbot.irc.people import People
from cohortbot.irc.sasl import WAIT as SASL_WAIT
from cohortbot.irc.sasl import SaslCredentials
from cohortbot.irc.sender import Sender

SECRET = base64.b64encode(b"botacc\0botacc\0sesame").decode()


class Talk:
    """A login and the server's part of the conversation."""

    def __init__(
        self, sasl: tuple[str, str] | None = ("botacc", "sesame"), password: str | None = None
    ) -> None:
        self.network = Network()
        self.sender = Sender(Bucket(1000, 1000.0, now=0.0))
        self.people = People(self.network, lambda: "id", lambda _: None)
        self.login = Login(
            Credentials("bot", "A bot", SaslCredentials(sasl) if sasl else None, password),
            self.network,
            self.people,
            self.sender,
        )
        self.login.start()

    def said(self, now: float = 0.0) -> list[str]:
        return [line.data.decode().rstrip("\r\n") for line in self.sender.take(now)]

    def answer(self, *lines: str, now: float = 0.0) -> list[str]:
        """What is said to these lines of the server."""
        self.said(now)
        for line in lines:
            message = wire.parse(line)
            assert message is not None
            self.people.hear(message)
            self.login.hear(message, now)
        return self.said(now)


def test_the_first_lines() -> None:
    assert Talk(password="door").said() == [
        "CAP LS 302",
        "PASS :door",
        "NICK bot",
        "USER bot 0 * :A bot",
    ]


def test_capabilities_are_asked_for_in_one_line_and_login_ends_with_cap_end() -> None:
    talk = Talk()
    assert talk.answer(
        ":s CAP * LS * :account-tag unknown/cap batch", ":s CAP * LS :sasl=EXTERNAL,PLAIN echo-message"
    ) == ["CAP REQ :account-tag batch echo-message sasl"]
    assert talk.answer(":s CAP * ACK :account-tag batch echo-message sasl") == ["AUTHENTICATE PLAIN"]
    assert talk.sender.echoes
    assert talk.answer("AUTHENTICATE :+") == [f"AUTHENTICATE {SECRET}"]
    assert talk.answer(":s 900 bot m botacc :You are now logged in", ":s 903 bot :success") == ["CAP END"]
    assert talk.login.logged_in
    assert talk.answer(":s 001 bot :Welcome") == []
    assert talk.login.registered


@pytest.mark.parametrize("mechanisms", ["sasl=EXTERNAL", "sasl=SCRAM-SHA-256,EXTERNAL"])
def test_a_server_without_our_mechanism_is_entered_without_login(mechanisms: str) -> None:
    talk = Talk()
    assert talk.answer(f":s CAP * LS :{mechanisms}") == ["CAP END"]


def test_a_server_without_capabilities_needs_no_negotiation() -> None:
    talk = Talk()
    assert talk.answer(":s 421 bot CAP :Unknown command", ":s 001 bot :Welcome") == []
    assert talk.login.registered


def test_one_refused_capability_does_not_cost_the_others() -> None:
    talk = Talk(sasl=None)
    talk.answer(":s CAP * LS :account-tag batch")
    assert talk.answer(":s CAP * NAK :account-tag batch") == ["CAP REQ :account-tag"]
    assert talk.answer(":s CAP * NAK :account-tag") == ["CAP REQ :batch"]
    assert talk.answer(":s CAP * ACK :batch") == ["CAP END"]
    assert talk.network.caps == {"batch"}


def test_a_long_password_goes_in_pieces_of_400_bytes() -> None:
    talk = Talk(sasl=("botacc", "x" * 286))
    talk.answer(":s CAP * LS :sasl", ":s CAP * ACK :sasl")
    pieces = [line.removeprefix("AUTHENTICATE ") for line in talk.answer("AUTHENTICATE +")]
    assert [len(piece) for piece in pieces] == [400, 1]
    assert pieces[-1] == "+"


def authenticating() -> Talk:
    talk = Talk()
    talk.answer(":s CAP * LS :sasl cap-notify", ":s CAP * ACK :sasl cap-notify", "AUTHENTICATE +")
    return talk


def test_a_refused_password_is_final_and_not_in_the_sentence() -> None:
    talk = authenticating()
    talk.answer(":s 904 bot :SASL authentication failed")
    assert talk.login.failed == "irc.sasl: services refuse the password of the account botacc"
    assert "sesame" not in repr(Credentials("bot", "A bot", SaslCredentials(("botacc", "sesame")), "sesame"))


@pytest.mark.parametrize("code", ["902", "905", "906", "908 bot PLAIN :are mechanisms", "904"])
def test_other_refusals_let_us_go_on_without(code: str) -> None:
    talk = Talk()
    talk.answer(":s CAP * LS :sasl", ":s CAP * ACK :sasl")
    line = f":s {code}" if " " in code else f":s {code} bot :no"
    said = talk.answer(line) + talk.answer(":s 906 bot :aborted")
    assert said == ["CAP END"]
    assert talk.login.failed is None


def test_silent_services_are_given_up_and_tried_again() -> None:
    talk = authenticating()
    talk.login.tick(SASL_WAIT - 0.1)
    assert talk.said() == []
    talk.login.tick(SASL_WAIT)
    assert talk.said() == ["AUTHENTICATE *", "CAP END"]
    talk.answer(":s 001 bot :Welcome", now=SASL_WAIT)
    talk.login.tick(SASL_WAIT + LOGIN_AGAIN)
    assert talk.said() == ["AUTHENTICATE PLAIN"]


def test_services_that_come_back_are_logged_in_to_at_once() -> None:
    talk = Talk()
    talk.answer(":s CAP * LS :cap-notify", ":s CAP * ACK :cap-notify", ":s 001 bot :Welcome")
    assert talk.answer(":s CAP bot NEW :sasl=PLAIN") == ["CAP REQ :sasl"]
    assert talk.answer(":s CAP bot ACK :sasl") == ["AUTHENTICATE PLAIN"]


def test_services_that_come_back_unannounced_are_found_by_asking() -> None:
    talk = Talk()
    talk.answer(":s CAP * LS :cap-notify", ":s CAP * ACK :cap-notify", ":s 001 bot :Welcome")
    talk.login.tick(LOGIN_AGAIN)
    assert talk.said() == ["CAP LS 302"]
    assert talk.answer(":s CAP bot LS :cap-notify sasl=PLAIN") == ["CAP REQ :sasl"]


def test_a_lost_login_is_done_again() -> None:
    talk = authenticating()
    talk.answer(":s 903 bot :success", ":s 001 bot :Welcome")
    talk.login.tick(1000.0)
    assert talk.said() == []
    talk.answer(":s 901 bot m :You are now logged out")
    talk.login.tick(1000.0)
    assert talk.said() == ["AUTHENTICATE PLAIN"]


# Our nick


@pytest.mark.parametrize("code", ["432", "433", "436", "437"])
def test_a_refused_nick_means_the_next_spare_one(code: str) -> None:
    talk = Talk()
    assert talk.answer(f":s {code} * bot :no") == ["NICK bot_"]
    assert talk.answer(f":s {code} * bot_ :no") == ["NICK bot__"]
    assert talk.people.own_nick == "bot__"


def test_spare_nicks_differ_also_where_long_ones_are_cut() -> None:
    assert len({spare("cohortbot", number)[:9] for number in range(2, 10)}) == 8


@pytest.mark.parametrize("line", [":bot!x@h QUIT :gone", ":bot!x@h NICK :other"])
def test_our_own_nick_is_taken_back_when_it_is_free(line: str) -> None:
    talk = Talk()
    talk.answer(":s 433 * bot :no", ":s 001 bot_ :Welcome")
    assert talk.answer(line) == ["NICK bot"]
    assert talk.answer(":bot_!b@h NICK :bot") == []
    assert talk.people.own_nick == "bot"


def test_our_own_nick_is_tried_for_also_when_nobody_is_seen_to_leave_it() -> None:
    talk = Talk(sasl=None)
    talk.answer(":s 433 * bot :no", ":s 001 bot_ :Welcome")
    talk.login.tick(REGAIN_AGAIN)
    assert talk.said() == ["NICK bot"]
    assert talk.answer(":s 433 bot_ bot :still taken", now=REGAIN_AGAIN) == []
    assert talk.login.next_deadline() == 2 * REGAIN_AGAIN
