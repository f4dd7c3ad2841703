"""The one parser: what a line says, whatever a server sends."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cohortbot.irc import wire
from cohortbot.irc.wire import Message

VECTORS = {
    "a verb alone": ("PING", {}, "", "PING", ()),
    "a trailing parameter": (":a!b@c PRIVMSG #x :hi there\r\n", {}, "a!b@c", "PRIVMSG", ("#x", "hi there")),
    "an empty trailing parameter": ("TOPIC #x :", {}, "", "TOPIC", ("#x", "")),
    "a colon within the trailing parameter": ("PING ::)", {}, "", "PING", (":)",)),
    "a colon within a middle parameter": (":s 005 n a:b c", {}, "s", "005", ("n", "a:b", "c")),
    "blanks kept in the trailing parameter": ("PRIVMSG #x :  a  b ", {}, "", "PRIVMSG", ("#x", "  a  b ")),
    "runs of spaces": ("@a=1   :src   PING    x   y", {"a": "1"}, "src", "PING", ("x", "y")),
    "spaces at the end": (":src JOIN #x  ", {}, "src", "JOIN", ("#x",)),
    "spaces before": ("  PING x", {}, "", "PING", ("x",)),
    "small letters": ("privmsg #x hi", {}, "", "PRIVMSG", ("#x", "hi")),
    "a bare line feed": ("PING x\n", {}, "", "PING", ("x",)),
    "escapes in tags": (r"@a=\:\s\\\r\n PING", {"a": "; \\\r\n"}, "", "PING", ()),
    "an unknown escape": (r"@a=\b PING", {"a": "b"}, "", "PING", ()),
    "a lone backslash at a tag's end": ("@a=x\\ PING", {"a": "x"}, "", "PING", ()),
    "a tag without a value": ("@a;b= PING", {"a": "", "b": ""}, "", "PING", ()),
    "a tag given twice": ("@a=1;a=2 PING", {"a": "2"}, "", "PING", ()),
    "a client's and a vendor's tag": ("@+x/y=1;x.org/z PING", {"+x/y": "1", "x.org/z": ""}, "", "PING", ()),
    "an equals sign in a value": ("@a=b=c PING", {"a": "b=c"}, "", "PING", ()),
    "NULs": ("PRIV\0MSG #x :a\0b", {}, "", "PRIVMSG", ("#x", "ab")),
    "a tab is no space": ("PRIVMSG #x :a\tb", {}, "", "PRIVMSG", ("#x", "a\tb")),
    "other line separators are text": ("PRIVMSG #x :a\u2028b\x85", {}, "", "PRIVMSG", ("#x", "a\u2028b\x85")),
}


@pytest.mark.parametrize(("line", "tags", "source", "verb", "params"), VECTORS.values(), ids=VECTORS.keys())
def test_a_line_is_taken_apart(
    line: str, tags: dict[str, str], source: str, verb: str, params: tuple[str, ...]
) -> None:
    assert wire.parse(line) == Message(tags, source, verb, params)


@pytest.mark.parametrize(
    "line", ["", " ", "\r\n", "@", "@tag", "@tag ", ":", ":prefix", "@a :b", ":a  ", ": :x", "\0"]
)
def test_a_line_without_a_verb_is_none(line: str) -> None:
    assert wire.parse(line) is None


def test_a_message_knows_its_parts() -> None:
    message = wire.parse(":cy!~cy@host KICK #x bo :why")
    assert message is not None
    assert (message.nick, message.mask, message.param(1), message.text) == ("cy", "~cy@host", "bo", "why")
    assert message.param(3) == ""


@given(st.text())
def test_nothing_makes_the_parser_raise(line: str) -> None:
    wire.parse(line)


@given(st.binary().map(lambda data: data.decode("latin-1")))
def test_no_bytes_make_the_parser_raise(line: str) -> None:
    wire.parse(line)


words = st.text(st.characters(exclude_characters="\r\n\0 ", exclude_categories=["Cs"]), min_size=1).filter(
    lambda word: not word.startswith(":")
)
texts = st.text(st.characters(exclude_characters="\r\n\0", exclude_categories=["Cs"]))


@given(st.sampled_from(["PRIVMSG", "JOIN", "MODE"]), st.lists(words, max_size=3), texts)
def test_what_is_built_reads_back(verb: str, middle: list[str], text: str) -> None:
    built = wire.build(verb, *middle, text=text)
    if len(built) <= wire.MAX_LINE:
        assert wire.parse(built.decode()) == Message({}, "", verb, (*middle, text))


@given(st.lists(st.text(), max_size=4), st.none() | st.text())
def test_what_is_built_is_one_line_of_at_most_512_bytes(middle: list[str], text: str | None) -> None:
    built = wire.build("PRIVMSG", *middle, text=text)
    assert len(built) <= 512
    assert built.endswith(b"\r\n")
    assert not any(byte in built[:-2] for byte in b"\r\n\0")
    built.decode()


@pytest.mark.parametrize(
    ("built", "line"),
    [
        (wire.build("PRIVMSG", "cy\r\nQUIT", text="a\r\nQUIT :b\0c"), b"PRIVMSG cy :a QUIT :b c\r\n"),
        (wire.build("JOIN", "#x #y", "key"), b"JOIN #x key\r\n"),
        (wire.build("WHOIS", ":cy"), b"WHOIS cy\r\n"),
        (wire.build("PONG", text=":)"), b"PONG ::)\r\n"),
    ],
)
def test_a_parameter_cannot_smuggle_in_another(built: bytes, line: bytes) -> None:
    assert built == line


def test_a_clean_line_has_single_spaces_and_no_tags() -> None:
    message = wire.parse("@time=x   :a!b@c   PRIVMSG   #x   hi")
    assert message is not None
    assert wire.plain_line(message) == ":a!b@c PRIVMSG #x :hi"
