"""Laws of the demo's IRC server, whatever anybody sends: no fault, no broken line, no channel out of step."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from cohortbot.demo import ircd_login
from cohortbot.demo.ircd import Server, commands
from cohortbot.demo.ircd_lines import MAX_BODY, Line, compose, parse
from cohortbot.demo.ircd_services import NickServ
from cohortbot.demo.ircd_state import CAPABILITIES, Client, Network, fold, matches

AT = datetime(2026, 11, 26, 16, 0, tzinfo=UTC)
VERBS = [*commands(NickServ(Network({}, lambda: AT, boot="b"))), "FOO"]
WORDS = re.findall(
    r"\S+",
    """
    cy bo anna nickserv #c #C #d #c,#d cy,bo @#c +#c 0 * %tcuihsnfdlaor,999 LS REQ LIST END PLAIN AA== 302
    +o -o +v-v +b -b +k -k +l -l +imnpst +bkl *!*@* ?**[a] sasl server-time -server-time echo-message
    IDENTIFY REGISTER LOGOUT INFO secret
    """,
)
ODD_WORDS = [":", ":two words", ": ", ":é\udcff" + "€" * 200, "x" * 400]


@given(st.binary(max_size=1200))
def test_any_bytes_are_a_line_or_none(raw: bytes) -> None:
    line = parse(raw)
    assert line is None or (line.verb and " " not in line.verb and not set("\r\0") & set(line.verb))


@given(st.text(min_size=1, max_size=20), st.lists(st.text(max_size=300), min_size=1, max_size=4))
def test_a_composed_line_keeps_to_512_bytes_and_to_whole_characters(verb: str, params: list[str]) -> None:
    composed = compose("cy!u@h", verb, params)
    assert composed.endswith(b"\r\n") and len(composed) <= MAX_BODY + 2
    composed.decode("utf-8")


@given(st.text("ab€ :", max_size=40), st.sampled_from(["PRIVMSG", "NOTICE", "353"]))
def test_what_is_composed_is_parsed_as_it_was(text: str, verb: str) -> None:
    assert parse(compose("cy!u@h", verb, ["#c", text])[:-2]) == Line(verb, ("#c", text))


@given(st.text("ab*?[!", max_size=12), st.text("ab[!", max_size=12))
def test_a_mask_of_stars_fits_and_a_name_fits_itself(mask: str, text: str) -> None:
    assert matches("*", text) and matches(text, text.upper())
    assert matches(f"*{text}*", f"x{text}y")
    if matches(mask, text):
        assert len(mask.replace("*", "")) <= len(text)


def test_a_mask_of_many_stars_is_no_burden() -> None:
    assert not matches("*a" * 60 + "b", "a" * 110)


@st.composite
def sent_lines(draw: st.DrawFn) -> list[tuple[int, bytes]]:
    """Who (of three) sends which line: verbs with likely and unlikely words, or only bytes."""
    sensible = st.builds(
        lambda verb, words: " ".join([verb, *words]).encode("utf-8", "surrogateescape"),
        st.sampled_from(VERBS),
        st.lists(st.sampled_from(WORDS + ODD_WORDS), max_size=5),
    )
    return draw(
        st.lists(st.tuples(st.integers(0, 2), st.one_of(sensible, st.binary(max_size=60))), max_size=40)
    )


@given(sent_lines())
def test_no_line_of_anybody_faults_or_breaks_a_line_or_a_channel(lines: list[tuple[int, bytes]]) -> None:
    network = Network({"anna": "secret"}, lambda: AT, boot="b")
    server = Server(network)
    sent: list[bytes] = []
    people = [Client(sent.append, lambda: None, AT) for _ in range(3)]
    for client, nick in zip(people, ["cy", "bo", "anna"], strict=True):
        for early in (f"NICK {nick}", f"USER {nick} 0 * :{nick}", "JOIN #c"):
            server.obey(client, parse(early.encode()) or Line("", ()))
    people[2].caps.update(CAPABILITIES)

    for who, raw in lines:
        line = parse(raw.replace(b"\n", b""))
        if line and not people[who].gone:
            server.obey(people[who], line)

    for data in sent:
        body = data.partition(b" ")[2] if data.startswith(b"@") else data
        assert body.endswith(b"\r\n") and body.count(b"\n") == body.count(b"\r") == 1 and len(body) <= 512
    for name, channel in network.channels.items():
        assert channel.members and all(member.channels[name] is channel for member in channel.members)
    for client in people:
        assert all(client in channel.members for channel in client.channels.values())
        assert client.gone or network.clients.get(fold(client.nick)) is client


def test_leaving_twice_does_no_harm() -> None:
    network = Network({}, lambda: AT, boot="b")
    client = Client(lambda _: None, lambda: None, AT)
    ircd_login.expel(network, client, "once")
    network.depart(client, "twice")
    assert not network.clients and client.gone
