"""What a server of the test's own says, right or wrong: malformed lines, replays, slow answers, bots."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from support.bytesd import ByteServer
from support.processes import wait_until
from support.puppet_process import Puppet

CY = "cy!~cy@host.example"


@pytest.fixture
def server() -> Iterator[ByteServer]:
    made = ByteServer()
    yield made
    made.close()


@pytest.fixture
def plain_server() -> Iterator[ByteServer]:
    """One without capabilities, as ngircd: accounts are known by WHOIS alone."""
    made = ByteServer(offers="")
    yield made
    made.close()


@pytest.fixture
def puppet(tmp_path: Path) -> Iterator[Callable[..., Puppet]]:
    made: list[Puppet] = []

    def make(server: ByteServer, *channels: str, **options: Any) -> Puppet:
        one = Puppet(tmp_path, server.port, "bot", list(channels), **options)
        made.append(one)
        one.start()
        for channel in channels:
            server.wait_for(f"WHO {channel}")
        return one

    yield make
    for one in made:
        one.close()


MALFORMED = {
    "a tag alone": [b"@tag"],
    "a prefix alone": [b":prefix"],
    "a colon and an at": [b":", b"@"],
    "empty lines": [b"", b"", b"\n\n"],
    "no parameters": b"PING PRIVMSG NOTICE JOIN PART KICK MODE NICK TOPIC QUIT ACCOUNT CHGHOST CAP".split(),
    "a source and too few": [
        b":cy!a@b " + rest for rest in (b"PRIVMSG", b"JOIN", b"NICK", b"KICK #c", b"MODE")
    ],
    "empty ones": [b":cy!a@b " + rest for rest in (b"PRIVMSG  :", b"PRIVMSG #c :", b"TOPIC #c :", b"NICK :")],
    "short numerics": [b":s " + code for code in b"001 005 353 354 352 401 433 318 330 303 396".split()],
    "unknown numerics": [b":s 999 bot :what", b":s 000"],
    "no UTF-8": [b":cy!a@b PRIVMSG #c :caf\xe9 \x81"],
    "NULs": [b"\0\0:cy!a@b PRIVMSG #c :a\0b"],
    "100 kB": [b":cy!a@b PRIVMSG #c :" + b"x" * 100_000],
    "100 kB of tags": [b"@a=" + b"x" * 100_000 + b" PING :x"],
    "spaces": [b":cy!a@b    PRIVMSG   #c    :many   ", b"   PING   :x"],
    "SASL out of place": [b"AUTHENTICATE", b":s 903", b":s 906 bot :x", b"AUTHENTICATE +"],
    "a batch that never opened": [b"BATCH -x", b"BATCH", b"@batch=y :cy!a@b PRIVMSG #c :in it"],
    "an error": [b"ERROR"],
}


@pytest.mark.parametrize("lines", MALFORMED.values(), ids=MALFORMED.keys())
def test_malformed_lines_never_disconnect(server: ByteServer, puppet: Any, lines: list[bytes]) -> None:
    puppet(server, "#c")
    server.send(b"".join(line + b"\r\n" for line in lines))
    server.settle()
    server.send(f":{CY} PRIVMSG #c :!ping")
    server.wait_for("PRIVMSG #c :cy: pong")
    assert server.connections == 1


def test_a_ping_is_answered_as_it_came(server: ByteServer, puppet: Any) -> None:
    puppet(server, "#c")
    server.send("PING   ::)")
    server.wait_for("PONG ::)")


def test_of_many_pings_at_once_the_last_is_answered_without_delay(server: ByteServer, puppet: Any) -> None:
    puppet(server, "#c", pace=(5, 20.0))
    server.send(b"".join(b"PING :%d\r\n" % number for number in range(500)))
    server.wait_for("PONG :499")
    assert len(server.heard("PONG")) < 50


def test_a_ping_is_answered_whatever_time_it_bears(server: ByteServer, puppet: Any) -> None:
    puppet(server, "#c")
    server.send("@time=2099-01-01T00:00:00Z PING :ahead")
    server.send("@time=1999-01-01T00:00:00.000Z PING :behind")
    server.wait_for("PONG :ahead")
    server.wait_for("PONG :behind")
    server.send(f":{CY} PRIVMSG #c :!ping")
    server.wait_for("PRIVMSG #c :cy: pong")


def test_a_bare_line_feed_ends_a_line(server: ByteServer, puppet: Any) -> None:
    puppet(server, "#c")
    server.send(f":{CY} PRIVMSG #c :!ping\n".encode())
    server.wait_for("PRIVMSG #c :cy: pong")


def test_small_letters_and_tags_with_escapes_are_understood(server: ByteServer, puppet: Any) -> None:
    puppet(server, "#c")
    server.send(rf"@account=first;account=an\sna\ :{CY} privmsg #c :!ping")
    server.wait_for("PRIVMSG #c :cy: pong an na")


def test_the_network_is_told_that_we_are_a_bot(server: ByteServer, puppet: Any) -> None:
    puppet(server, "#c")
    server.wait_for("MODE bot +B")


def test_a_channel_that_we_are_not_in_is_neither_logged_nor_answered(server: ByteServer, puppet: Any) -> None:
    bot = puppet(server, "#c")
    server.send(f":{CY} PRIVMSG #elsewhere :!ping")
    server.send(f":{CY} JOIN #elsewhere * :Cy")
    server.send(f":{CY} PRIVMSG #c :!ping")
    server.wait_for("PRIVMSG #c :cy: pong")
    assert server.heard("PRIVMSG #elsewhere") == []
    assert bot.log("#elsewhere") == []


def test_lines_that_cannot_be_read_are_said_in_the_log_once_not_each(server: ByteServer, puppet: Any) -> None:
    bot = puppet(server, "#c")
    server.send(b":prefix\r\n" * 300 + b"\r\n" * 300 + b"@a=" + b"x" * 100_000 + b" PING\r\n")
    server.settle()
    said = bot.process.text()
    assert said.count("a line of 8 bytes without a command is passed over") == 1
    assert said.count("a line of more than 16384 bytes is passed over") == 1


def test_blanks_in_a_name_are_not_in_the_log_where_they_would_forge_a_line(
    server: ByteServer, puppet: Any
) -> None:
    bot = puppet(server, "#c")
    server.send(b":cy>\xc2\x85hi\t!c@h PRIVMSG #c :hello\r\n:\x01\x02!c@h PRIVMSG #c :nobody's\r\n")
    server.send(b":cy\tx!c@h JOIN #c * :x\r\n:cy\tx!c@h NICK :de\te f\r\n:op!o@h KICK #c :b\to b\r\n")
    server.settle()
    assert bot.log("#c")[-4:] == [
        "<cy>hi> hello",
        "*** cyx has joined #c",
        "*** cyx is now known as deef",
        "*** bob was kicked by op",
    ]


# Replays


@pytest.mark.parametrize("kind", ["chathistory", "playback"])
def test_history_in_a_batch_is_logged_and_not_acted_on(server: ByteServer, puppet: Any, kind: str) -> None:
    bot = puppet(server, "#c")
    server.send(f"BATCH +h {kind} #c")
    server.send(f"@batch=h :{CY} PRIVMSG #c :!ping of old")
    server.send("@batch=h :dee!d@e JOIN #c")
    server.send("BATCH -h")
    server.send(f":{CY} PRIVMSG #c :!ping")
    server.wait_for("PRIVMSG #c :cy: pong")
    assert len(server.heard("PRIVMSG #c :cy: pong")) == 1
    assert "<cy> !ping of old" in bot.log("#c")


def test_a_line_older_than_our_join_is_not_acted_on(server: ByteServer, puppet: Any) -> None:
    bot = puppet(server)
    server.wait_for("MODE bot +B")
    server.send("@time=2026-11-26T16:00:00.000Z :bot!~bot@bot.example JOIN #c * :bot")
    server.send(f"@time=2026-11-26T15:59:59.000Z :{CY} PRIVMSG #c :!ping of old")
    server.send(f"@time=2026-11-26T16:00:00Z :{CY} PRIVMSG #c :!ping")
    server.wait_for("PRIVMSG #c :cy: pong")
    assert len(server.heard("PRIVMSG #c :cy: pong")) == 1
    assert "<cy> !ping of old" in bot.log("#c")


def test_a_line_two_minutes_older_than_the_newest_is_not_acted_on(server: ByteServer, puppet: Any) -> None:
    puppet(server, "#c")
    server.send(f"@time=2026-11-26T16:02:01.000Z :{CY} PRIVMSG #c :chat")
    server.send(f"@time=2026-11-26T16:00:00.000Z :{CY} PRIVMSG bot :!ping of old")
    server.send(f"@time=2026-11-26T16:00:02.000Z :{CY} PRIVMSG bot :!ping")
    server.wait_for("PRIVMSG cy :cy: pong")
    server.settle()
    assert len(server.heard("PRIVMSG cy :cy: pong")) == 1


# Bots


@pytest.mark.parametrize("tag", ["bot", "draft/bot"])
def test_a_bot_by_its_tag_is_never_answered(server: ByteServer, puppet: Any, tag: str) -> None:
    puppet(server, "#c")
    server.send(f"@{tag} :robot!r@h PRIVMSG #c :!ping")
    server.send(f":{CY} PRIVMSG #c :!ping")
    server.wait_for("PRIVMSG #c :cy: pong")
    assert server.heard("PRIVMSG #c :robot") == []


def test_a_bot_by_its_flag_in_who_is_never_answered(server: ByteServer, puppet: Any) -> None:
    puppet(server, "#c")
    server.send(":robot!r@h JOIN #c * :A robot")
    server.send(":srv 354 bot 771 #c r h robot HB 0 :A robot")
    server.send(":robot!r@h PRIVMSG #c :!ping")
    server.send(f":{CY} PRIVMSG #c :!ping")
    server.wait_for("PRIVMSG #c :cy: pong")
    assert server.heard("PRIVMSG #c :robot") == []


# Proof


def tell_services(server: ByteServer) -> None:
    """Answer the question whether services are there."""
    server.wait_for("WHOIS NickServ")
    server.send(":srv 311 bot NickServ services services.example * :Nickname services")
    server.send(":srv 312 bot NickServ services.example :Services")
    server.send(":srv 318 bot NickServ :End")


def test_an_account_tag_decides_also_in_private(server: ByteServer, puppet: Any) -> None:
    puppet(server, "#c")
    server.send(f"@account=Anna :{CY} PRIVMSG bot :!ping")
    server.wait_for("PRIVMSG cy :cy: pong Anna")
    assert server.heard("WHOIS") == []


@pytest.mark.parametrize("account", ["", "account=*", "account=0"])
def test_no_account_star_and_zero_are_logged_out(server: ByteServer, puppet: Any, account: str) -> None:
    puppet(server, "#c", has_services=True)
    server.send(f"@x=y;{account} :{CY} PRIVMSG #c :!ping")
    tell_services(server)
    server.wait_for("PRIVMSG #c :cy: pong Unproven")


def test_services_that_went_away_are_told_from_nobody_logged_in(server: ByteServer, puppet: Any) -> None:
    puppet(server, "#c", has_services=True)
    server.send(f":{CY} PRIVMSG #c :!ping")
    tell_services(server)
    server.wait_for("PRIVMSG #c :cy: pong Unproven")

    def asked_again() -> bool:
        server.send(f":{CY} PRIVMSG #c :!ping")
        server.settle()
        return len(server.heard("WHOIS NickServ")) > 1

    wait_until(asked_again, "the server to be asked again")
    server.send(":srv 401 bot NickServ :No such nick")
    server.send(":srv 318 bot NickServ :End")
    server.wait_for("PRIVMSG #c :cy: pong ServicesDown")


def test_a_command_waits_for_its_proof_and_later_ones_behind_it(
    plain_server: ByteServer, puppet: Any
) -> None:
    puppet(plain_server, "#c")
    plain_server.send(f":{CY} PRIVMSG #c :!ping first")
    plain_server.send(f":{CY} PRIVMSG #c :!say 1 anyone")
    plain_server.send(":dee!d@e PRIVMSG #c :!say 2 anyone")
    plain_server.wait_for("WHOIS cy")
    plain_server.wait_for("PRIVMSG #c :line 1")
    plain_server.send(":srv 311 bot cy ~cy host.example * :Cy")
    plain_server.send(":srv 330 bot cy Anna :is logged in as")
    plain_server.send(":srv 318 bot cy :End")
    plain_server.wait_for("PRIVMSG #c :cy: pong Anna")
    plain_server.wait_for("PRIVMSG #c :line 0", count=2)
    said = plain_server.heard("PRIVMSG #c")
    assert [line.partition(" :")[2].split()[0] for line in said] == ["line", "line", "cy:", "line"]


def test_who_is_known_to_nobody_is_asked_about_before_a_private_answer(
    plain_server: ByteServer, puppet: Any
) -> None:
    """Else the owner of a nick who asks for help is told that it is somebody's."""
    puppet(plain_server, "#c")
    plain_server.send(f":{CY} PRIVMSG bot :say 1 anyone")
    plain_server.wait_for("WHOIS cy")
    plain_server.send(":srv 311 bot cy ~cy host.example * :Cy")
    plain_server.send(":srv 330 bot cy Anna :is logged in as")
    plain_server.send(":srv 318 bot cy :End")
    plain_server.wait_for("PRIVMSG cy :line 0")


def test_who_takes_another_nick_meanwhile_is_answered_under_that(server: ByteServer, puppet: Any) -> None:
    puppet(server, "#c", has_services=True)
    server.send(f":{CY} JOIN #c * :Cy")
    server.send(f":{CY} PRIVMSG bot :!ping")
    server.wait_for("WHOIS NickServ")
    server.send(f":{CY} NICK :dee")
    tell_services(server)
    server.wait_for("PRIVMSG dee :dee: pong Unproven")


def test_a_proof_that_is_too_slow_runs_once_as_such(plain_server: ByteServer, puppet: Any) -> None:
    puppet(plain_server, "#c", proof_wait=0.5)
    plain_server.send(f":{CY} PRIVMSG #c :!ping")
    plain_server.wait_for("PRIVMSG #c :cy: pong TooSlow")
    plain_server.send(":srv 311 bot cy ~cy host.example * :Cy")
    plain_server.send(":srv 330 bot cy Anna :is logged in as")
    plain_server.send(":srv 318 bot cy :End")
    plain_server.settle()
    assert len(plain_server.heard("PRIVMSG #c")) == 1


def test_somebody_else_under_the_nick_by_then_proves_nothing(plain_server: ByteServer, puppet: Any) -> None:
    puppet(plain_server, "#c")
    plain_server.send(f":{CY} PRIVMSG #c :!ping")
    plain_server.wait_for("WHOIS cy")
    plain_server.send(":srv 311 bot cy ~anna elsewhere.example * :Anna")
    plain_server.send(":srv 330 bot cy Anna :is logged in as")
    plain_server.send(":srv 318 bot cy :End")
    plain_server.wait_for("PRIVMSG #c :cy: pong NoServices")


# Login


@pytest.fixture
def sasl_server() -> Iterator[ByteServer]:
    made = ByteServer(offers="sasl=PLAIN,EXTERNAL account-tag cap-notify")
    yield made
    made.close()


def plain(password: str) -> str:
    """What SASL PLAIN says of the account botacc."""
    return b64encode(f"botacc\0botacc\0{password}".encode()).decode()


def test_a_refused_password_ends_the_bot_and_stands_in_no_log(sasl_server: ByteServer, puppet: Any) -> None:
    bot = puppet(sasl_server, sasl=("botacc", "open-sesame"))
    sasl_server.wait_for("AUTHENTICATE PLAIN")
    sasl_server.send("AUTHENTICATE +")
    sasl_server.wait_for("AUTHENTICATE", count=2)
    sasl_server.send(":srv 904 bot :SASL authentication failed")
    assert bot.process.wait() == 1
    said = bot.process.text()
    assert "irc.sasl: services refuse the password of the account botacc" in said
    assert "open-sesame" not in said
    assert plain("open-sesame") not in said


def test_a_login_over_several_lines_ends_the_negotiation_when_it_is_over(
    sasl_server: ByteServer, puppet: Any
) -> None:
    """LS and ACK in pieces, a challenge with its colon, as InspIRCd says it; CAP END only behind 903."""
    sasl_server.grants = False
    puppet(sasl_server, sasl=("botacc", "sesame"))
    sasl_server.wait_for("CAP LS 302")
    sasl_server.send(b"CAP * LS * :sasl=PLAIN\r\nCAP * LS :account-tag batch\n")
    sasl_server.wait_for("CAP REQ :account-tag batch sasl")
    sasl_server.send("CAP * ACK * :account-tag")
    sasl_server.send("CAP * ACK :batch sasl")
    sasl_server.wait_for("AUTHENTICATE PLAIN")
    sasl_server.send("AUTHENTICATE :+")
    sasl_server.wait_for(f"AUTHENTICATE {plain('sesame')}")
    sasl_server.settle()
    assert sasl_server.heard("CAP END") == []
    sasl_server.send(b"900 * * botacc :You are now logged in.\r\n903 * :SASL authentication successful\r\n")
    sasl_server.wait_for("CAP END")


def test_services_that_come_back_are_logged_in_to(server: ByteServer, puppet: Any) -> None:
    puppet(server, "#c", sasl=("botacc", "sesame"))
    server.send("CAP bot NEW :sasl=PLAIN")
    server.wait_for("CAP REQ :sasl")
    server.wait_for("AUTHENTICATE PLAIN")


def test_services_that_do_not_answer_keep_nobody_out(puppet: Any) -> None:
    """They let us in unauthenticated after a refusal that is not the password's."""
    server = ByteServer(offers="sasl=PLAIN account-tag")
    puppet_bot = puppet(server, sasl=("bot", "sesame"))
    server.wait_for("AUTHENTICATE PLAIN")
    server.send(":srv 906 * :aborted")
    server.wait_for("CAP END")
    server.settle()
    assert puppet_bot.process.returncode is None
    server.close()


@pytest.mark.parametrize("code", ["432", "433", "437"])
def test_a_refused_nick_while_registering_means_another(puppet: Any, code: str) -> None:
    server = ByteServer(offers="account-tag")
    server.welcomes = False
    puppet(server)
    server.wait_for("NICK bot")
    server.send(f":srv {code} * bot :no")
    server.wait_for("NICK bot_")
    server.close()


def test_runs_of_blanks_part_a_line_like_one(server: ByteServer, puppet: Any) -> None:
    puppet(server, "#c")
    server.send(f"@a=b   :{CY}   PRIVMSG   #c   :!ping")
    server.wait_for("PRIVMSG #c :cy: pong")
    server.send(b"@a=b  PING   :after-tags\r\n:srv   PING   after-a-source\r\n")
    server.wait_for("PONG :after-tags")
    server.wait_for("PONG :after-a-source")


def test_a_ping_before_the_welcome_is_answered(puppet: Any) -> None:
    server = ByteServer(offers="")
    server.welcomes = False
    puppet(server)
    server.wait_for("USER")
    server.send("PING :before all")
    server.wait_for("PONG :before all")
    server.close()


def test_a_refused_capability_is_asked_for_no_more_and_the_others_one_by_one(puppet: Any) -> None:
    server = ByteServer(offers="account-tag batch server-time")
    server.grants = False
    puppet(server)
    server.wait_for("CAP LS 302")
    server.send("CAP * LS :account-tag batch server-time")
    asked = server.wait_for("CAP REQ :").removeprefix("CAP REQ :").split()
    server.send(f"CAP * NAK :{' '.join(asked)}")
    for name in asked:
        server.wait_for(f"CAP REQ :{name}")
        server.send(f"CAP * {'NAK' if name == 'batch' else 'ACK'} :{name}")
    server.wait_for("CAP END")
    assert server.heard("CAP REQ :batch") == ["CAP REQ :batch"]
    server.close()


@pytest.mark.parametrize("length", [292, 600])
def test_a_long_password_goes_out_in_pieces_of_400_bytes(
    sasl_server: ByteServer, puppet: Any, length: int
) -> None:
    password = "x" * length
    puppet(sasl_server, sasl=("botacc", password))
    sasl_server.wait_for("AUTHENTICATE PLAIN")
    sasl_server.send("AUTHENTICATE +")
    whole = plain(password)
    pieces = [whole[at : at + 400] for at in range(0, len(whole), 400)]
    sasl_server.wait_for("AUTHENTICATE", count=1 + len(pieces))
    assert sasl_server.heard("AUTHENTICATE")[1:] == [f"AUTHENTICATE {piece}" for piece in pieces]


def test_a_password_of_whole_pieces_ends_with_an_empty_one(sasl_server: ByteServer, puppet: Any) -> None:
    password = "x" * 286  # with the rest 300 bytes, which base64 makes 400
    assert len(plain(password)) == 400
    puppet(sasl_server, sasl=("botacc", password))
    sasl_server.wait_for("AUTHENTICATE PLAIN")
    sasl_server.send("AUTHENTICATE +")
    sasl_server.wait_for("AUTHENTICATE +")
    assert sasl_server.heard("AUTHENTICATE")[1:] == [f"AUTHENTICATE {plain(password)}", "AUTHENTICATE +"]


def test_services_that_say_nothing_are_given_up_after_a_while(sasl_server: ByteServer, puppet: Any) -> None:
    bot = puppet(sasl_server, sasl=("botacc", "sesame"))
    sasl_server.wait_for("AUTHENTICATE PLAIN")
    sasl_server.wait_for("CAP END", timeout=25.0)
    sasl_server.settle()
    assert bot.process.returncode is None


def test_a_server_that_offers_external_alone_is_entered_without_login(puppet: Any) -> None:
    server = ByteServer(offers="sasl=EXTERNAL account-tag")
    bot = puppet(server, sasl=("botacc", "sesame"))
    server.wait_for("CAP END")
    server.settle()
    assert server.heard("AUTHENTICATE") == []
    assert bot.process.returncode is None
    server.close()


def test_an_account_tag_that_is_taken_back_proves_nobody_any_more(server: ByteServer, puppet: Any) -> None:
    puppet(server, "#c")
    server.send(f"@account=anna :{CY} PRIVMSG #c :!ping")
    server.wait_for("PRIVMSG #c :cy: pong")
    server.send("CAP bot DEL :account-tag account-notify extended-join")
    server.send(f"@account=anna :{CY} PRIVMSG bot :ping")
    server.wait_for("WHOIS cy")
