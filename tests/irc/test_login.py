"""Getting in: what is said, in which order, and what happens when a server or its services say no."""

from __future__ import annotations

import base64

import pytest

from cohortbot.irc import wire
from cohortbot.irc.capabilities import WAIT as CAP_WAIT
from cohortbot.irc.login import LOGIN_AGAIN, Credentials, Login
from cohortbot.irc.network import Network
from cohortbot.irc.own_nick import AGAIN as REGAIN_AGAIN
from cohortbot.irc.own_nick import Patience, spare
from cohortbot.irc.pace import Bucket, Priority
from cohortbot.irc.people import People
from cohortbot.irc.sasl import SOON as SASL_SOON
from cohortbot.irc.sasl import WAIT as SASL_WAIT
from cohortbot.irc.sasl import SaslCredentials
from cohortbot.irc.sender import Fate, Receipt, Sender

SECRET = base64.b64encode(b"botacc\0botacc\0sesame").decode()


class Talk:
    """A login and the server's part of the conversation."""

    def __init__(
        self,
        sasl: tuple[str, str] | None = ("botacc", "sesame"),
        password: str | None = None,
        *,
        certificate: bool = False,
    ) -> None:
        self.network = Network()
        self.sender = Sender(Bucket(1000, 1000.0, now=0.0))
        self.people = People(self.network, lambda: "id", lambda _: None)
        self.login = Login(
            Credentials(
                "bot", "A bot", SaslCredentials(sasl, certificate) if sasl or certificate else None, password
            ),
            self.network,
            self.people,
            self.sender,
            Patience(),
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
    assert talk.answer(f":s CAP * LS :{mechanisms}") == ["CAP REQ :sasl"]
    assert talk.answer(":s CAP * ACK :sasl") == ["CAP END"]
    assert talk.login.failed is None


def test_a_mechanism_that_comes_later_is_used_then() -> None:
    talk = Talk()
    talk.answer(":s CAP * LS :sasl=EXTERNAL", ":s CAP * ACK :sasl", ":s 001 bot :Welcome")
    assert talk.answer(":s CAP bot NEW :sasl=EXTERNAL,PLAIN") == ["AUTHENTICATE PLAIN"]


def test_without_an_account_nobody_asks_for_sasl() -> None:
    talk = Talk(sasl=None)
    assert talk.answer(":s CAP * LS :sasl=PLAIN") == ["CAP END"]


# Servers and their capabilities


@pytest.mark.parametrize("nothing", [":s CAP * LS :", ":s CAP * LS", "CAP * LS :unknown/one two"])
def test_a_server_that_offers_nothing_of_use_ends_the_negotiation(nothing: str) -> None:
    assert Talk().answer(nothing) == ["CAP END"]


def test_a_server_without_cap_needs_no_negotiation() -> None:
    talk = Talk()
    assert talk.answer(":s 421 bot CAP :Unknown command", ":s 001 bot :Welcome") == []
    assert talk.login.registered
    assert talk.login.next_deadline() == LOGIN_AGAIN


def test_a_server_that_passes_over_cap_needs_no_negotiation() -> None:
    talk = Talk()
    assert talk.answer(":s 451 * :You have not registered", ":s 001 bot :Welcome") == []
    assert talk.login.next_deadline() == LOGIN_AGAIN


def test_an_unknown_command_of_another_kind_ends_no_negotiation() -> None:
    talk = Talk()
    assert talk.answer(":s 421 bot FOO :Unknown command") == []
    assert talk.answer(":s CAP * LS :batch") == ["CAP REQ :batch"]


def test_a_server_without_302_lets_us_in_with_nothing() -> None:
    assert Talk().answer(":s 410 bot LS :Invalid CAP subcommand") == ["CAP END"]


@pytest.mark.parametrize("heard", [[], [":s CAP * LS * :batch"], [":s CAP * LS :batch"]])
def test_a_server_that_stops_answering_cap_is_told_to_go_on(heard: list[str]) -> None:
    talk = Talk()
    talk.answer(*heard)
    talk.login.tick(1.0)
    assert talk.login.next_deadline() == 1.0 + CAP_WAIT
    talk.login.tick(0.9 + CAP_WAIT)
    assert talk.said() == []
    talk.login.tick(1.0 + CAP_WAIT)
    assert talk.said() == ["CAP END"]


def test_what_is_listed_over_several_lines_is_asked_for_once() -> None:
    talk = Talk(sasl=None)
    assert talk.answer(":s CAP * LS * :batch", ":s CAP * LS * :chghost cap-notify=x") == []
    assert talk.answer(":s CAP * LS :account-tag") == ["CAP REQ :account-tag batch cap-notify chghost"]


def test_the_first_versions_modifiers_are_no_part_of_a_name() -> None:
    talk = Talk(sasl=None)
    assert talk.answer(":s CAP * LS :=batch ~chghost -account-tag") == ["CAP REQ :account-tag batch chghost"]
    assert talk.answer(":s CAP * ACK :=batch ~chghost -account-tag") == ["CAP END"]
    assert talk.network.caps == {"batch", "chghost"}


@pytest.mark.parametrize("first", [":s CAP * ACK * :batch", ":s CAP * ACK :batch"])
def test_a_grant_over_several_lines_is_waited_for(first: str) -> None:
    talk = Talk()
    talk.answer(":s CAP * LS :batch sasl chghost")
    assert talk.answer(first) == []
    assert talk.answer(":s CAP * ACK :chghost sasl") == ["AUTHENTICATE PLAIN"]
    assert talk.network.caps == {"batch", "chghost", "sasl"}


def test_what_nobody_asked_for_is_no_capability() -> None:
    talk = Talk(sasl=None)
    talk.answer(":s CAP * LS :batch", ":s CAP * ACK :batch unknown", ":s CAP * ACK :sasl")
    assert talk.network.caps == {"batch"}


def test_one_refused_capability_does_not_cost_the_others() -> None:
    talk = Talk(sasl=None)
    talk.answer(":s CAP * LS :account-tag batch")
    assert talk.answer(":s CAP * NAK :account-tag ba") == ["CAP REQ :account-tag"]
    assert talk.answer(":s CAP * NAK :account-tag") == ["CAP REQ :batch"]
    assert talk.answer(":s CAP * ACK :batch") == ["CAP END"]
    assert talk.network.caps == {"batch"}


def test_where_all_are_refused_we_go_on_without() -> None:
    talk = Talk()
    talk.answer(":s CAP * LS :batch sasl")
    assert (
        talk.answer(":s CAP * NAK :batch sasl", ":s CAP * NAK :batch", ":s CAP * NAK :sasl")[-1] == "CAP END"
    )
    assert talk.network.caps == set()


def test_a_capability_that_comes_later_is_asked_for_then() -> None:
    talk = Talk(sasl=None)
    talk.answer(":s CAP * LS :batch", ":s CAP * ACK :batch", ":s 001 bot :Welcome")
    assert talk.answer(":s CAP bot NEW :echo-message=x unknown batch") == ["CAP REQ :echo-message"]
    assert talk.answer(":s CAP bot ACK :echo-message") == []
    assert talk.sender.echoes


def test_what_comes_while_a_request_is_under_way_is_asked_for_behind_it() -> None:
    talk = Talk(sasl=None)
    talk.answer(":s CAP * LS :batch")
    assert talk.answer(":s CAP * NEW :chghost", ":s CAP * NEW :chghost batch") == []
    assert talk.answer(":s CAP * ACK :batch") == ["CAP REQ :chghost"]
    assert talk.answer(":s CAP * ACK :chghost") == ["CAP END"]


def test_echoes_that_are_taken_away_are_not_waited_for() -> None:
    talk = Talk(sasl=None)
    talk.answer(":s CAP * LS :echo-message", ":s CAP * ACK :echo-message", ":s 001 bot :Welcome")
    receipts: list[Receipt] = []
    talk.sender.say("#c", "hi", Priority.ANSWER, receipts.append)
    assert talk.said() == ["PRIVMSG #c :hi"]
    assert talk.answer(":s CAP bot DEL :echo-message") == ["PING receipt-1"]
    talk.sender.ponged("receipt-1")
    assert [receipt.fate for receipt in receipts] == [Fate.RECEIVED]


@pytest.mark.parametrize("name", ["account-notify", "account-tag", "extended-join"])
@pytest.mark.parametrize("how", ["DEL", "ACK"])
def test_who_is_logged_in_is_forgotten_when_the_news_of_it_had_a_gap(name: str, how: str) -> None:
    talk = Talk(sasl=None)
    talk.answer(
        ":s CAP * LS :account-notify account-tag extended-join",
        ":s CAP * ACK :account-notify account-tag extended-join",
        ":s 001 bot :Welcome",
        ":bot!b@h JOIN #c * :Bot",
        ":anna!a@h JOIN #c Anna :Anna",
    )
    anna = talk.people.find("anna")
    assert anna is not None
    assert anna.account == "Anna"
    talk.answer(f":s CAP bot {how} :{name}")
    assert (anna.account, anna.account_known) == (None, False)


@pytest.mark.parametrize(
    ("password", "sizes"),
    [
        ("x" * 285, [400, 1]),
        ("x" * 286, [400, 1]),
        ("x" * 287, [400, 4]),
        ("x" * 585, [400, 400, 1]),
        ("\N{SNOWMAN}" * 195, [400, 400, 1]),
    ],
)
def test_a_long_password_goes_in_pieces_of_400_bytes(password: str, sizes: list[int]) -> None:
    """A last piece of 400 is followed by an empty one, or the server would wait for more."""
    talk = Talk(sasl=("botacc", password))
    talk.answer(":s CAP * LS :sasl", ":s CAP * ACK :sasl")
    pieces = [line.removeprefix("AUTHENTICATE ") for line in talk.answer("AUTHENTICATE +")]
    assert [len(piece) for piece in pieces] == sizes
    said = "".join(piece for piece in pieces if piece != "+")
    assert base64.b64decode(said).decode() == f"botacc\0botacc\0{password}"


def authenticating() -> Talk:
    talk = Talk()
    talk.answer(":s CAP * LS :sasl cap-notify", ":s CAP * ACK :sasl cap-notify", "AUTHENTICATE +")
    return talk


def test_a_refused_password_is_final_and_not_in_the_sentence() -> None:
    talk = authenticating()
    talk.answer(":s 904 bot :SASL authentication failed")
    assert talk.login.failed == "irc.sasl: services refuse the password of the account botacc"
    assert "sesame" not in repr(Credentials("bot", "A bot", SaslCredentials(("botacc", "sesame")), "sesame"))


@pytest.mark.parametrize("code", ["902", "905", "906", "904"])
def test_other_refusals_let_us_go_on_without(code: str) -> None:
    talk = Talk()
    talk.answer(":s CAP * LS :sasl", ":s CAP * ACK :sasl")
    assert talk.answer(f":s {code} bot :no") == ["CAP END"]
    assert talk.answer(":s 906 bot :aborted") == []
    assert talk.login.failed is None


@pytest.mark.parametrize("code", ["902", "905", "906"])
def test_a_refusal_that_is_not_the_passwords_is_not_final(code: str) -> None:
    talk = authenticating()
    assert talk.answer(f":s {code} bot :no") == ["CAP END"]
    assert talk.login.failed is None


def test_who_is_logged_in_already_goes_on() -> None:
    talk = authenticating()
    assert talk.answer(":s 907 bot :You have already authenticated") == ["CAP END"]
    assert talk.login.logged_in


def test_what_services_say_out_of_place_means_nothing() -> None:
    talk = Talk()
    assert talk.answer(":s 903 bot :success", "AUTHENTICATE +", ":s 904 bot :no", ":s 908 bot PLAIN :x") == []
    assert not talk.login.logged_in
    assert talk.login.failed is None


def test_a_challenge_is_answered_once() -> None:
    talk = authenticating()
    assert talk.answer("AUTHENTICATE +", "AUTHENTICATE :+") == []


# By certificate


def by_certificate(sasl: tuple[str, str] | None = None, offered: str = "sasl=PLAIN,EXTERNAL") -> Talk:
    talk = Talk(sasl, certificate=True)
    talk.answer(f":s CAP * LS :{offered}")
    assert talk.answer(":s CAP * ACK :sasl") == ["AUTHENTICATE EXTERNAL"]
    return talk


@pytest.mark.parametrize("offered", ["sasl", "sasl=EXTERNAL", "sasl=PLAIN,external"])
def test_a_certificate_logs_in_without_a_word(offered: str) -> None:
    talk = by_certificate(offered=offered)
    assert talk.answer("AUTHENTICATE +") == ["AUTHENTICATE +"]
    assert talk.answer(":s 900 bot m botacc :You are now logged in", ":s 903 bot :success") == ["CAP END"]


def test_a_certificate_that_nobody_knows_is_final_and_says_how_to_make_it_known() -> None:
    talk = by_certificate()
    talk.answer("AUTHENTICATE +", ":s 904 bot :SASL authentication failed")
    assert talk.login.failed is not None
    assert talk.login.failed.startswith("irc.sasl.certificate: services know no account by this certificate")
    assert "CERT ADD" in talk.login.failed


def test_a_password_is_said_where_the_certificate_is_not_known() -> None:
    talk = by_certificate(("botacc", "sesame"))
    talk.answer("AUTHENTICATE +")
    assert talk.answer(":s 904 bot :SASL authentication failed") == ["AUTHENTICATE PLAIN"]
    assert talk.answer("AUTHENTICATE +") == [f"AUTHENTICATE {SECRET}"]
    talk.answer(":s 904 bot :SASL authentication failed")
    assert talk.login.failed == "irc.sasl: services refuse the password of the account botacc"


def test_a_list_of_mechanisms_lets_us_choose_another() -> None:
    talk = by_certificate(("botacc", "sesame"), offered="sasl")
    assert talk.answer(":s 908 bot PLAIN,SCRAM-SHA-256 :are available SASL mechanisms") == []
    assert talk.answer(":s 904 bot :SASL authentication failed") == ["AUTHENTICATE PLAIN"]


def test_a_list_of_mechanisms_may_be_all_that_is_said() -> None:
    talk = by_certificate(("botacc", "sesame"), offered="sasl")
    talk.answer(":s 908 bot PLAIN :are available SASL mechanisms")
    talk.login.tick(SASL_SOON)
    assert talk.said() == ["AUTHENTICATE PLAIN"]


def test_a_list_without_ours_lets_us_go_on_without() -> None:
    talk = by_certificate(("botacc", "sesame"), offered="sasl")
    talk.answer(":s 908 bot SCRAM-SHA-256 :are available SASL mechanisms")
    assert talk.answer(":s 904 bot :SASL authentication failed") == ["CAP END"]
    assert talk.login.failed is None


# Services that come and go


def test_services_that_leave_in_the_middle_are_not_waited_for() -> None:
    talk = authenticating()
    assert talk.answer(":s CAP * DEL :sasl") == ["CAP END"]
    talk.answer(":s 001 bot :Welcome")
    assert talk.answer(":s CAP bot NEW :sasl=PLAIN") == ["CAP REQ :sasl"]
    assert talk.answer(":s CAP bot ACK :sasl") == ["AUTHENTICATE PLAIN"]


def test_the_negotiation_does_not_end_before_the_login() -> None:
    talk = authenticating()
    assert talk.answer(":s CAP * NEW :batch", ":s CAP * ACK :batch", ":s CAP * LS :sasl") == [
        "CAP REQ :batch"
    ]
    assert talk.answer(":s 903 bot :success") == ["CAP END"]


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
