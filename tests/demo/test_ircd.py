"""The demo's IRC server over real sockets: what clients of every kind are told, and that nothing kills it."""

from __future__ import annotations

import base64
import itertools
import re
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import irc.client
import pytest
from support.client import Client
from support.processes import Child, free_port, wait_until

CAPS = (
    "server-time",
    "message-tags",
    "account-tag",
    "account-notify",
    "extended-join",
    "echo-message",
    "multi-prefix",
)

_numbers = itertools.count()


def start_ircd(folder: Path, port: int = 0) -> tuple[Child, int]:
    """A server with two accounts, and the port that it printed."""
    accounts = ["--account", "anna:secret", "--account", "bea:half:secret"]
    command = [sys.executable, "-P", "-m", "cohortbot.demo.ircd", "--port", str(port), *accounts]
    child = Child("demo-ircd", command, folder)
    printed = wait_until(lambda: child.text() if "\n" in child.text() else "", "the server to print its port")
    return child, int(printed)


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    child, port = start_ircd(tmp_path_factory.mktemp("ircd"))
    yield port
    assert child.end(signal.SIGTERM) == 0
    assert "Traceback" not in child.text()


Person = Callable[..., Client]


@pytest.fixture
def person(port: int, name: Callable[[str], str]) -> Iterator[Person]:
    """`person("cy", caps=…, sasl=…)` is on the network, under a nick of this test."""
    on: list[Client] = []

    def connect(stem: str, **login: object) -> Client:
        client = Client("127.0.0.1", port, name(stem))
        on.append(client)
        return client.register(**login)  # type: ignore[arg-type]

    yield connect
    for client in on:
        client.close()


@pytest.fixture
def channel(name: Callable[[str], str]) -> str:
    return f"#cohort-{name('c')}"


# ---- Coming on


def test_the_welcome_says_what_the_server_can_do(person: Person) -> None:
    cy = person("cy")
    tokens = {word for line in cy.heard() if line.verb == "005" for word in line.params[1:-1]}
    assert {
        "CASEMAPPING=ascii",
        "CHANTYPES=#",
        "PREFIX=(ov)@+",
        "CHANMODES=b,k,l,imnpst",
        "WHOX",
        "BOT=B",
    } <= tokens
    assert {"NETWORK=DemoNet", "NICKLEN=30", "STATUSMSG=@+"} <= tokens
    assert [line.verb for line in cy.heard()][-1] == "376"


def test_capabilities_are_offered_with_values_to_302_alone(person: Person) -> None:
    cy = person("cy")
    cy.send("CAP LS")
    assert "sasl" in cy.wait_for(" CAP .* LS ").text.split()
    cy.send("CAP LS 302")
    assert "sasl=PLAIN" in cy.wait_for(" CAP .* LS ").text.split()


def test_a_request_is_granted_whole_or_not_at_all(person: Person) -> None:
    cy = person("cy")
    cy.send("CAP REQ :server-time no-such-thing")
    cy.wait_for("CAP .* NAK :server-time no-such-thing")
    cy.send("CAP LIST")
    assert cy.wait_for(" CAP .* LIST ").text == ""
    cy.send("CAP REQ server-time")
    cy.wait_for("CAP .* ACK server-time")
    cy.send("PING :1")
    assert "time" in cy.wait_for("PONG").tags
    cy.send("CAP REQ -server-time")
    cy.wait_for("CAP .* ACK -server-time")
    cy.send("PING :2")
    assert "time" not in cy.wait_for("PONG").tags


def test_a_taken_nick_is_refused_whatever_its_case(person: Person, port: int) -> None:
    cy = person("cy")
    other = Client("127.0.0.1", port, cy.nick.upper())
    other.introduce()
    other.wait_for(f"433 .* {cy.nick.upper()} ")
    other.send(f"NICK {cy.nick}_")
    other.welcomed()
    other.close()


@pytest.mark.parametrize("nick", ["1cy", "-cy", "c y", "cy!x", "ñandú", "n" * 31, "#cy", "a\x01b"])
def test_a_malformed_nick_is_refused(person: Person, nick: str) -> None:
    cy = person("cy")
    cy.send(f"NICK :{nick}")
    cy.wait_for(" 432 ")


def test_thirty_characters_are_a_nick(person: Person) -> None:
    cy = person("cy")
    cy.change_nick(cy.nick.ljust(30, "y"))


# ---- Accounts


def test_sasl_proves_an_account_that_others_see(person: Person, channel: str) -> None:
    watcher = person("watch", caps=CAPS)
    watcher.join(channel)
    anna = person("anna", sasl=("anna", "secret"), caps=CAPS)
    anna.join(channel)
    seen = watcher.wait_for(lambda line: line.verb == "JOIN" and line.nick == anna.nick)
    assert seen.params == [channel, "anna", anna.nick]
    anna.say(channel, "hello")
    assert watcher.expect(anna.nick, channel, "hello").tags["account"] == "anna"


@pytest.mark.parametrize(
    "secret", [b"\0anna\0wrong", b"\0nobody\0secret", b"anna", b"\0anna\0secret\0", b"\xff\0\xff\0\xff"]
)
def test_sasl_with_anything_else_fails_and_lets_one_go_on(
    port: int, name: Callable[[str], str], secret: bytes
) -> None:
    cy = Client("127.0.0.1", port, name("cy"))
    cy.send("CAP REQ sasl")
    cy.send("AUTHENTICATE PLAIN")
    cy.wait_for(r"^AUTHENTICATE \+")
    cy.send(f"AUTHENTICATE {base64.b64encode(secret).decode()}")
    cy.wait_for(" 904 ")
    cy.introduce()
    cy.send("CAP END")
    cy.welcomed()
    cy.close()


def test_sasl_other_ways_out(person: Person) -> None:
    cy = person("cy")
    cy.send("AUTHENTICATE EXTERNAL")
    cy.wait_for(" 908 .* PLAIN ")
    cy.wait_for(" 904 ")
    cy.send("AUTHENTICATE PLAIN")
    cy.send("AUTHENTICATE *")
    cy.wait_for(" 906 ")
    cy.send("AUTHENTICATE PLAIN")
    cy.send("AUTHENTICATE " + "A" * 401)
    cy.wait_for(" 905 ")
    cy.send("AUTHENTICATE PLAIN")
    cy.send("AUTHENTICATE ~~~")
    cy.wait_for(" 904 ")


def test_identify_proves_and_logout_ends_it(person: Person, channel: str) -> None:
    watcher = person("watch", caps=CAPS)
    watcher.join(channel)
    cy = person("cy")
    cy.join(channel)
    cy.say("NickServ", "identify bea half:wrong")
    cy.expect("NickServ", cy.nick, "Invalid password", verb="NOTICE")
    cy.say("NickServ", "identify bea half:secret")
    cy.expect("NickServ", cy.nick, "You are now identified for bea", verb="NOTICE")
    cy.wait_for(" 900 .* bea ")
    watcher.wait_for(f":{cy.nick}!.* ACCOUNT bea")
    cy.say("NickServ", "logout")
    cy.wait_for(" 901 ")
    watcher.wait_for(rf":{cy.nick}!.* ACCOUNT \*")


def test_a_nick_can_be_registered_once_and_warns_who_takes_it(person: Person) -> None:
    cy = person("cy")
    cy.send("NS REGISTER sesame")
    cy.expect("NickServ", cy.nick, f"{cy.nick} is now registered", verb="NOTICE")
    cy.send("NS REGISTER other")
    cy.expect("NickServ", cy.nick, "already registered", verb="NOTICE")
    nick = cy.nick
    cy.change_nick(f"{nick}_")
    thief = person("thief")
    thief.change_nick(nick)
    thief.expect("NickServ", nick, "This nickname is registered", verb="NOTICE")
    thief.say("nickserv", "info")
    thief.expect("NickServ", nick, "is registered", verb="NOTICE")


def test_whois_and_whox_name_the_account(person: Person, channel: str) -> None:
    anna = person("anna", sasl=("anna", "secret"))
    anna.join(channel)
    cy = person("cy")
    cy.join(channel)
    cy.send(f"WHOIS {anna.nick}")
    assert cy.wait_for(" 330 ").params[1:3] == [anna.nick, "anna"]
    cy.wait_for(" 318 ")
    cy.send(f"WHO {channel} a%nuachtf,152")
    rows = {line.params[5]: line.params[1:] for line in cy.heard_until(" 315 ") if line.verb == "354"}
    assert rows[anna.nick] == ["152", channel, "tester", "127.0.0.1", anna.nick, "H@", "anna"]
    assert rows[cy.nick][-1] == "0"
    anna.send(f"MODE {anna.nick} +B")
    anna.send("AWAY :asleep")
    anna.wait_for(" 306 ")
    cy.send(f"WHO {anna.nick}")
    assert cy.wait_for(" 352 ").params[6] == "GB@"
    cy.send(f"WHOIS {anna.nick}")
    cy.wait_for(" 301 .*asleep")
    cy.wait_for(" 335 ")


# ---- Talking


def test_one_message_has_one_id_for_all_who_see_it(person: Person, channel: str) -> None:
    cy, bo = person("cy", caps=CAPS), person("bo", caps=CAPS)
    cy.join(channel)
    bo.join(channel)
    cy.send(f"@+typing=done;ignored=1 PRIVMSG {channel} :hi")
    echo, heard = cy.expect(cy.nick, channel, "hi"), bo.expect(cy.nick, channel, "hi")
    assert echo.tags["msgid"] == heard.tags["msgid"]
    assert heard.tags["+typing"] == "done" and "ignored" not in heard.tags
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", heard.tags["time"])
    cy.say(bo.nick, "psst")
    assert cy.expect(cy.nick, bo.nick, "psst").tags["msgid"] != echo.tags["msgid"]


def test_without_capabilities_there_are_no_tags_and_no_echo(person: Person, channel: str) -> None:
    cy, bo = person("cy"), person("bo")
    cy.join(channel)
    bo.join(channel)
    cy.say(channel, "hi")
    assert bo.expect(cy.nick, channel, "hi").raw == f":{cy.nick}!tester@127.0.0.1 PRIVMSG {channel} :hi"
    cy.send("PING :end")
    assert not [line for line in cy.heard_until("PONG") if line.verb == "PRIVMSG"]


def test_bytes_that_are_not_utf8_pass_through_unharmed(person: Person, port: int, channel: str) -> None:
    cy = person("cy")
    cy.join(channel)
    with socket.create_connection(("127.0.0.1", port)) as raw:
        raw.sendall(f"NICK {cy.nick}raw\r\nUSER raw 0 * :Raw\r\nJOIN {channel}\r\n".encode())
        cy.wait_for(f":{cy.nick}raw!.* JOIN")
        cy.send_bytes(b"PRIVMSG " + channel.encode() + b" :gr\xfc\xdfe \x03\x02\xff\xc3\r\n")
        heard = b""
        while b" :gr" not in heard or not heard.endswith(b"\n"):
            heard += raw.recv(4096)
    assert b" :gr\xfc\xdfe \x03\x02\xff\xc3\r\n" in heard


def test_a_long_line_is_cut_to_512_bytes_between_characters(person: Person, channel: str) -> None:
    cy, bo = person("cy"), person("bo", caps=CAPS)
    cy.join(channel)
    bo.join(channel)
    cy.say(channel, "€" * 160)
    heard = bo.expect(cy.nick, channel, "€€€")
    body = heard.raw.partition(" ")[2].encode()
    assert 506 < len(body) <= 510 and set(heard.text) == {"€"}


def test_words_to_operators_reach_operators_alone(person: Person, channel: str) -> None:
    op, cy, bo = person("op"), person("cy"), person("bo")
    for one in (op, cy, bo):
        one.join(channel)
    cy.say(f"@{channel}", "a word")
    op.expect(cy.nick, f"@{channel}", "a word")
    cy.say(channel, "to all")
    assert [line.text for line in bo.heard_until("to all") if line.verb == "PRIVMSG"] == ["to all"]


def test_who_writes_to_somebody_away_is_told_and_a_notice_is_never_answered(person: Person) -> None:
    cy, bo = person("cy"), person("bo")
    bo.send("AWAY :gone fishing")
    bo.wait_for(" 306 ")
    cy.say(bo.nick, "there?")
    cy.wait_for(f" 301 {cy.nick} {bo.nick} :gone fishing")
    cy.send("NOTICE nobody-here :hello")
    cy.send(f"NOTICE {bo.nick} :hello")
    cy.send("PING :end")
    assert [line.verb for line in cy.heard_until("PONG")] == ["PONG"]


# ---- Channels


def test_who_creates_a_channel_is_its_operator(person: Person, channel: str) -> None:
    op, cy = person("op", caps=["multi-prefix", "userhost-in-names"]), person("cy")
    op.join(channel)
    cy.join(channel.upper().replace("#COHORT", "#Cohort"))
    op.send(f"MODE {channel} +v {op.nick}")
    cy.wait_for(rf"MODE {channel} \+v {op.nick}")
    op.send(f"NAMES {channel}")
    assert op.wait_for(lambda line: line.verb == "353" and "@+" in line.text).text.split() == [
        f"@+{op.nick}!tester@127.0.0.1",
        f"{cy.nick}!tester@127.0.0.1",
    ]
    cy.send(f"NAMES {channel}")
    assert cy.wait_for(lambda line: line.verb == "353" and "+" not in line.text).text.split() == [
        f"@{op.nick}",
        cy.nick,
    ]


def test_several_modes_at_once_are_said_as_they_took_effect(person: Person, channel: str) -> None:
    op, cy = person("op"), person("cy")
    op.join(channel)
    cy.join(channel)
    op.send(f"MODE {channel} +o-t+lbkx {cy.nick} 5 bad@host key")
    assert cy.wait_for(" MODE ").params == [channel, "+o-t+lbk", cy.nick, "5", "*!bad@host", "key"]
    op.wait_for(" 472 .* x ")
    op.send(f"MODE {channel}")
    assert op.wait_for(" 324 ").params[1:] == [channel, "+nkl", "key", "5"]
    op.send(f"MODE {channel} b")
    assert op.wait_for(" 367 ").params[2] == "*!bad@host"
    op.send(f"MODE {channel} -lk+t-b anything *!bad@host")
    assert cy.wait_for(" MODE ").params == [channel, "-lk+t-b", "*", "*!bad@host"]


@pytest.mark.parametrize(
    ("mode", "numeric"),
    [("+k sesame", "475"), ("+i", "473"), ("+b *!*@127.0.0.1", "474"), ("+l 1", "471")],
    ids=["key", "invite only", "ban", "limit"],
)
def test_a_closed_channel_says_why_and_an_invitation_opens_it(
    person: Person, channel: str, mode: str, numeric: str
) -> None:
    op, cy = person("op"), person("cy")
    op.join(channel)
    op.send(f"MODE {channel} {mode}")
    op.wait_for(" MODE ")
    cy.send(f"JOIN {channel}")
    cy.wait_for(f" {numeric} {cy.nick} {channel} ")
    op.send(f"INVITE {cy.nick} {channel}")
    op.wait_for(f" 341 {op.nick} {cy.nick} {channel}")
    cy.wait_for(f":{op.nick}!.* INVITE {cy.nick} {channel}")
    cy.join(f"{channel} sesame" if numeric == "475" else channel)


def test_topic_kick_part_and_quit_are_seen_by_the_channel(person: Person, channel: str) -> None:
    op, cy, bo = person("op"), person("cy"), person("bo")
    for one in (op, cy, bo):
        one.join(channel)
    op.send(f"TOPIC {channel} :first patch")
    cy.wait_for(f":{op.nick}!.* TOPIC {channel} :first patch")
    op.send(f"KICK {channel} {cy.nick} :enough")
    bo.wait_for(f":{op.nick}!.* KICK {channel} {cy.nick} :enough")
    cy.wait_for(" KICK ")
    cy.join(channel)
    assert any(line.verb == "332" and line.text == "first patch" for line in cy.heard())
    cy.part(channel, "later")
    bo.wait_for(f":{cy.nick}!.* PART {channel} :later")
    bo.quit("done")
    op.wait_for(f":{bo.nick}!.* QUIT :Quit: done")
    assert bo.heard()[-1].verb == "ERROR"


def test_a_secret_channel_is_hidden_from_others(person: Person, channel: str) -> None:
    op, cy = person("op"), person("cy")
    op.join(channel)
    op.send(f"MODE {channel} +s")
    op.wait_for(" MODE ")
    for query in (
        f"LIST {channel}",
        f"NAMES {channel}",
        f"WHO {channel}",
        f"WHOIS {op.nick}",
        f"TOPIC {channel}",
    ):
        cy.send(query)
    cy.send("PING :end")
    verbs = {line.verb for line in cy.heard_until("PONG")}
    assert not verbs & {"322", "353", "352", "319", "331"}


# ---- Refusals

REFUSED = {
    "unknown command": ("FOO bar", "421"),
    "no parameters": ("JOIN", "461"),
    "nobody of that nick": ("PRIVMSG nobody-here :hi", "401"),
    "no such channel to talk in": ("PRIVMSG #nowhere-at-all :hi", "403"),
    "no text": ("PRIVMSG cy", "412"),
    "no recipient": ("PRIVMSG", "411"),
    "talk from outside": ("PRIVMSG {theirs} :hi", "404"),
    "part of no channel": ("PART #nowhere-at-all", "403"),
    "part from outside": ("PART {theirs}", "442"),
    "topic from outside": ("TOPIC {theirs} :x", "442"),
    "topic without op": ("TOPIC {shared} :x", "482"),
    "mode without op": ("MODE {shared} +o {me}", "482"),
    "kick without op": ("KICK {shared} {op}", "482"),
    "kick of somebody elsewhere": ("KICK {mine} {op}", "441"),
    "kick of nobody": ("KICK {mine} nobody-here", "401"),
    "op for somebody elsewhere": ("MODE {mine} +o {op}", "441"),
    "unknown mode": ("MODE {mine} +Z", "472"),
    "invitation of nobody": ("INVITE nobody-here {mine}", "401"),
    "invitation of who is there": ("INVITE {op} {shared}", "443"),
    "no channel name": ("JOIN cohort", "403"),
    "second USER": ("USER a 0 * :b", "462"),
    "operator": ("OPER root toor", "481"),
    "others' modes": ("MODE {op} +i", "502"),
    "unknown user mode": ("MODE {me} +o", "501"),
    "whois of nobody": ("WHOIS nobody-here", "401"),
    "bad CAP": ("CAP FOO", "410"),
    "no nick": ("NICK", "431"),
    "too many targets": ("PRIVMSG {op},{op},{op},{op},{op} :hi", "407"),
    "long line": ("x" * 9000, "417"),
}


@pytest.mark.parametrize(("line", "numeric"), REFUSED.values(), ids=REFUSED)
def test_every_refusal_has_its_numeric(person: Person, channel: str, line: str, numeric: str) -> None:
    op, me = person("op"), person("cy")
    shared, theirs, mine = f"{channel}-shared", f"{channel}-theirs", f"{channel}-mine"
    op.join(shared, theirs)
    me.join(shared, mine)
    me.mark()
    me.send(line.format(op=op.nick, me=me.nick, shared=shared, theirs=theirs, mine=mine))
    me.wait_for(f" {numeric} {me.nick} ")


def test_before_the_welcome_only_registration_is_heard(port: int, name: Callable[[str], str]) -> None:
    cy = Client("127.0.0.1", port, name("cy"))
    cy.send("JOIN #c")
    cy.wait_for(r" 451 \* ")
    cy.register()
    cy.close()


# ---- Other clients


def test_the_irc_package_logs_in_by_sasl_and_talks(port: int, person: Person, channel: str) -> None:
    cy = person("cy")
    cy.join(channel)
    reactor = irc.client.Reactor()
    heard: list[tuple[str, str]] = []
    reactor.add_global_handler(
        "pubmsg", lambda _, event: heard.append((event.source.nick, event.arguments[0]))
    )
    anna = reactor.server()
    anna.connect("127.0.0.1", port, f"{cy.nick}anna", password="secret", sasl_login="anna")
    reactor.add_global_handler("welcome", lambda connection, _: connection.join(channel))
    reactor.add_global_handler("endofnames", lambda connection, _: connection.privmsg(channel, "here I am"))
    wait_until(lambda: reactor.process_once(0.01) or cy.said_by(f"{cy.nick}anna"), "irc.client to talk")
    cy.send(f"WHOIS {cy.nick}anna")
    cy.wait_for(" 330 .* anna ")
    cy.say(channel, "welcome")
    wait_until(lambda: reactor.process_once(0.01) or heard == [(cy.nick, "welcome")], "irc.client to hear")
    anna.disconnect()
    cy.wait_for(f":{cy.nick}anna!.* QUIT ")


# ---- Rough weather


def test_a_line_without_end_is_refused_and_the_next_one_heard(person: Person) -> None:
    cy = person("cy")
    cy.send_bytes(b"PRIVMSG cy :" + b"x" * 100_000)
    cy.send_bytes(b"\r\nPING :still here\r\n")
    heard = [line.verb for line in cy.heard_until("PONG")]
    assert heard == ["417", "PONG"]


@pytest.mark.parametrize(
    "garbage",
    [
        b"@tag",
        b":prefix",
        b":",
        b"@",
        b"@ ",
        b": :",
        b"\0\0",
        b"\xff\xfe\x80",
        b"PRIVMSG",
        b"PING",
        b"MODE # +k",
        b" ",
    ],
)
def test_a_stump_of_a_line_disconnects_nobody(person: Person, garbage: bytes) -> None:
    cy = person("cy")
    cy.send_bytes(garbage + b"\n" + garbage + b"\r\nPING :still here\n")
    cy.wait_for("PONG .*still here")


def test_who_stops_reading_is_cut_off_and_others_are_served(port: int, person: Person, channel: str) -> None:
    cy = person("cy")
    cy.join(channel)
    deaf = socket.create_connection(("127.0.0.1", port))
    deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    deaf.sendall(f"NICK {cy.nick}deaf\r\nUSER deaf 0 * :Deaf\r\nJOIN {channel}\r\n".encode())
    cy.wait_for(f":{cy.nick}deaf!.* JOIN")
    gone = False
    while not gone:
        cy.send_bytes(f"PRIVMSG {channel} :{'x' * 400}\r\n".encode() * 500 + b"PING :end\r\n")
        gone = any(line.verb == "QUIT" for line in cy.heard_until("PONG"))
    deaf.close()


def test_a_port_in_use_means_the_next_one(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", free_port())) as taken:
        wanted = taken.getsockname()[1]
        child, port = start_ircd(tmp_path, wanted)
    assert port > wanted
    Client("127.0.0.1", port, "cy").register().close()
    assert child.end(signal.SIGTERM) == 0


def test_sigterm_says_goodbye_and_exits_0(tmp_path: Path) -> None:
    child, port = start_ircd(tmp_path)
    cy = Client("127.0.0.1", port, "cy").register()
    assert child.end(signal.SIGTERM, timeout=3) == 0
    cy.wait_for("ERROR .*Server shutting down")
    cy.close()
