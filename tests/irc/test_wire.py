"""The one parser: what a line says, whatever a server sends."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cohortbot.irc import wire
from cohortbot.irc.wire import Message

# In words of ours, the ground of the public IRC parser tests (github.com/ircdocs/parser-tests: msg-split).
VECTORS = {
    # The verb and its parameters
    "a verb alone": ("PING", {}, "", "PING", ()),
    "a verb in small letters": ("privmsg #x hi", {}, "", "privmsg", ("#x", "hi")),
    "three middle parameters": ("MODE #x +o cy", {}, "", "MODE", ("#x", "+o", "cy")),
    "a trailing parameter": ("PRIVMSG #x :hi there", {}, "", "PRIVMSG", ("#x", "hi there")),
    "a trailing parameter of one word": (":cy JOIN :#x", {}, "cy", "JOIN", ("#x",)),
    "the same without its colon": (":cy JOIN #x", {}, "cy", "JOIN", ("#x",)),
    "an empty trailing parameter": ("TOPIC #x :", {}, "", "TOPIC", ("#x", "")),
    "an empty trailing parameter alone": ("AWAY :", {}, "", "AWAY", ("",)),
    "a trailing parameter of spaces": ("PRIVMSG #x :  ", {}, "", "PRIVMSG", ("#x", "  ")),
    "a trailing parameter that begins with a colon": ("PING ::)", {}, "", "PING", (":)",)),
    "a colon further on": (":cy PRIVMSG #x :so :) ", {}, "cy", "PRIVMSG", ("#x", "so :) ")),
    "what looks like a second one": ("PRIVMSG #x :a :b", {}, "", "PRIVMSG", ("#x", "a :b")),
    "a colon within a middle parameter": (":s 005 n a:b c", {}, "s", "005", ("n", "a:b", "c")),
    "modes behind a colon": (":op MODE #x :+i", {}, "op", "MODE", ("#x", "+i")),
    "the last nick behind a colon": (
        ":op MODE #x +oo cy :bo",
        {},
        "op",
        "MODE",
        ("#x", "+oo", "cy", "bo"),
    ),
    # Spaces
    "blanks in the trailing parameter": ("PRIVMSG #x :  a  b ", {}, "", "PRIVMSG", ("#x", "  a  b ")),
    "two before the parameters": (
        ":irc.lab 432  bo! :Erroneous: that nick",
        {},
        "irc.lab",
        "432",
        ("bo!", "Erroneous: that nick"),
    ),
    "runs between all parts": ("@a=1   :src   PING    x   y", {"a": "1"}, "src", "PING", ("x", "y")),
    "one at the end": (":irc.lab MODE #x +n ", {}, "irc.lab", "MODE", ("#x", "+n")),
    "two at the end": (":irc.lab MODE #x +o cy  ", {}, "irc.lab", "MODE", ("#x", "+o", "cy")),
    "one behind a verb": (":cy AWAY ", {}, "cy", "AWAY", ()),
    "two before a trailing parameter": ("PRIVMSG #x  :a", {}, "", "PRIVMSG", ("#x", "a")),
    "some before everything": ("  PING x", {}, "", "PING", ("x",)),
    "a tab is none": (":c\ty FOO b\tar :a\tb", {}, "c\ty", "FOO", ("b\tar", "a\tb")),
    "nor is any other blank": (
        "PRIVMSG #x\xa0y a\u3000b",
        {},
        "",
        "PRIVMSG",
        ("#x\xa0y", "a\u3000b"),
    ),
    # The source
    "a source and no parameters": (":cy AWAY", {}, "cy", "AWAY", ()),
    "a source with user and host": (
        ":cy!~cy@host.example PRIVMSG #x :hi",
        {},
        "cy!~cy@host.example",
        "PRIVMSG",
        ("#x", "hi"),
    ),
    "colours in a host": (
        ":cy!cy@ho\x035st\x03.ex\x02am\x0fple PRIVMSG #x :hi",
        {},
        "cy!cy@ho\x035st\x03.ex\x02am\x0fple",
        "PRIVMSG",
        ("#x", "hi"),
    ),
    # Tags
    "tags with values and without": (
        "@a=b;c=32;k;rt=ql7 FOO",
        {"a": "b", "c": "32", "k": "", "rt": "ql7"},
        "",
        "FOO",
        (),
    ),
    "an empty value is as none": ("@a;b= :s FOO x", {"a": "", "b": ""}, "s", "FOO", ("x",)),
    "a client's and a vendor's tag": ("@+x/y=1;x.org/z PING", {"+x/y": "1", "x.org/z": ""}, "", "PING", ()),
    "a vendor's tag beside its namesake": (
        "@a=1;a/b=2;b=3 PING",
        {"a": "1", "a/b": "2", "b": "3"},
        "",
        "PING",
        (),
    ),
    "a tag given twice": ("@a=1;b=2;a=3 PING", {"a": "3", "b": "2"}, "", "PING", ()),
    "a tag given twice, empty at last": ("@a=1;a PING", {"a": ""}, "", "PING", ()),
    "an equals sign in a value": ("@a=b=c PING", {"a": "b=c"}, "", "PING", ()),
    "a tag without a name": ("@=x;;a=1; PING", {"a": "1"}, "", "PING", ()),
    "tags, source, parameters": (
        "@t=1;u :irc.lab FOO p1 p2 :p3 p3",
        {"t": "1", "u": ""},
        "irc.lab",
        "FOO",
        ("p1", "p2", "p3 p3"),
    ),
    "tags without a source": ("@t=1;v/u FOO p1 :p2 p2", {"t": "1", "v/u": ""}, "", "FOO", ("p1", "p2 p2")),
    # Escapes in tags
    "every escape": (r"@a=\:\s\\\r\n PING", {"a": "; \\\r\n"}, "", "PING", ()),
    "escapes in several tags": (
        r"@a=b\\and\nk;c=72\s45;d=gh\:764 FOO",
        {"a": "b\\and\nk", "c": "72 45", "d": "gh;764"},
        "",
        "FOO",
        (),
    ),
    "escapes are read from left to right": (
        r"@a=\\\\\:\\s\s\\n FOO",
        {"a": "\\\\;\\s \\n"},
        "",
        "FOO",
        (),
    ),
    "an unknown escape is its letter": (r"@a=val\b\1 PING", {"a": "valb1"}, "", "PING", ()),
    "a lone backslash at a tag's end": ("@a=x\\;b=\\ PING", {"a": "x", "b": ""}, "", "PING", ()),
    "text is not unescaped": (r"@a=1 PRIVMSG #x :\s\:", {"a": "1"}, "", "PRIVMSG", ("#x", r"\s\:")),
    # Line ends and what is none
    "CR LF": ("PING x\r\n", {}, "", "PING", ("x",)),
    "a bare line feed": ("PING x\n", {}, "", "PING", ("x",)),
    "two carriage returns": ("PING :x\r\r\n", {}, "", "PING", ("x",)),
    "a carriage return within": ("PING :x\ry", {}, "", "PING", ("x\ry",)),
    "NULs are nothing": ("PRIV\0MSG #x :a\0b", {}, "", "PRIVMSG", ("#x", "ab")),
    "other line separators are text": ("PRIVMSG #x :a\u2028b\x85", {}, "", "PRIVMSG", ("#x", "a\u2028b\x85")),
}


@pytest.mark.parametrize(("line", "tags", "source", "verb", "params"), VECTORS.values(), ids=VECTORS.keys())
def test_a_line_is_taken_apart(
    line: str, tags: dict[str, str], source: str, verb: str, params: tuple[str, ...]
) -> None:
    assert wire.parse(line) == Message(tags, source, verb, params)
    assert wire.parse(line.encode()) == Message(tags, source, verb, params)


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


@pytest.mark.parametrize(
    ("source", "nick", "mask"),
    [
        ("cy!~cy@127.0.0.1", "cy", "~cy@127.0.0.1"),
        ("cy!cy@localhost", "cy", "cy@localhost"),
        ("cy@127.0.0.1", "cy", ""),
        ("cy!cy", "cy", "cy"),
        ("cy!cy@ho\x035st\x03.ex\x02am\x0fple", "cy", "cy@ho\x035st\x03.ex\x02am\x0fple"),
        ("irc.lab.test", "irc.lab.test", ""),
    ],
)
def test_a_source_tells_who_and_from_where(source: str, nick: str, mask: str) -> None:
    message = wire.parse(f":{source} AWAY")
    assert message is not None
    assert (message.nick, message.mask) == (nick, mask)


@pytest.mark.parametrize("verb", ["privmsg", "PrivMsg", "PRIVMSG"])
def test_a_line_that_is_read_has_its_verb_in_capitals(verb: str) -> None:
    message = wire.read(f":cy {verb} #x hi".encode())
    assert message == Message({}, "cy", "PRIVMSG", ("#x", "hi"))


def test_bytes_that_are_no_utf_8_are_windows_1252() -> None:
    message = wire.read(b":cy PRIVMSG #x :caf\xe9 \x81")
    assert message is not None
    assert message.text == "caf\xe9 \ufffd"


# Laws


@given(st.text())
def test_no_text_makes_the_parser_raise(line: str) -> None:
    wire.parse(line)


# Bytes that mean something to the parser, and any others.
soup = st.lists(
    st.sampled_from(
        [b" ", b":", b"@", b";", b"=", b"\\", b"\r", b"\n", b"\0", b"!", b"PING", b"\xff", b"\xe9"]
    )
    | st.binary(max_size=8)
).map(b"".join)


@given(soup, st.lists(st.integers(1, 12)))
def test_no_bytes_in_any_pieces_make_reading_raise(data: bytes, pieces: list[int]) -> None:
    """However the network cuts them, the same lines come out, and each can be taken apart and rebuilt."""
    data += b"\n"
    fed: list[bytes] = []
    lines, rest = wire.Lines(), data
    for size in pieces:
        fed += lines.feed(rest[:size])
        rest = rest[size:]
    fed += lines.feed(rest)
    assert fed == data.split(b"\n")[:-1]
    for line in fed:
        message = wire.read(line)
        if message is not None and b"\r" not in line.rstrip(b"\r"):
            assert wire.parse(wire.plain_line(message)) == replace(message, tags={})


@pytest.mark.parametrize("line", [": @", ":irc.lab.test @tag", "@a=b @c=d", ": :", "@a=b", ":irc.lab.test"])
def test_what_has_no_verb_is_no_message(line: str) -> None:
    assert wire.parse(line) is None


@given(st.integers(1, 40), st.lists(st.integers(1, 60), max_size=8), st.lists(st.integers(1, 25)))
def test_a_line_that_is_too_long_costs_no_other(longest: int, sizes: list[int], pieces: list[int]) -> None:
    data = b"".join(b"%d" % (number % 10) * size + b"\n" for number, size in enumerate(sizes))
    lines, rest, fed = wire.Lines(longest), data, []
    for size in pieces:
        fed += lines.feed(rest[:size])
        rest = rest[size:]
    fed += lines.feed(rest)
    assert fed == [line for line in data.split(b"\n")[:-1] if len(line) <= longest]


words = st.text(st.characters(exclude_characters="\r\n\0 ", exclude_categories=["Cs"]), min_size=1).filter(
    lambda word: not word.startswith(":")
)
texts = st.text(st.characters(exclude_characters="\r\n\0", exclude_categories=["Cs"]))


@given(st.sampled_from(["PRIVMSG", "JOIN", "mode"]), st.lists(words, max_size=3), st.none() | texts)
def test_what_is_built_reads_back(verb: str, middle: list[str], text: str | None) -> None:
    built = wire.build(verb, *middle, text=text)
    if len(built) <= wire.MAX_LINE:
        params = tuple(middle) if text is None else (*middle, text)
        assert wire.parse(built) == Message({}, "", verb, params)


@given(st.lists(st.text(), max_size=4), st.none() | st.text())
def test_what_is_built_is_one_line_of_at_most_512_bytes(middle: list[str], text: str | None) -> None:
    built = wire.build("PRIVMSG", *middle, text=text)
    assert len(built) <= 512
    assert built.endswith(b"\r\n")
    assert not any(byte in built[:-2] for byte in b"\r\n\0")
    built.decode()


# The ground of msg-join; what a client sends has neither tags nor a source.
JOINED = {
    "middle parameters": (wire.build("MODE", "#x", "+o", "cy"), b"MODE #x +o cy\r\n"),
    "no parameters": (wire.build("QUIT"), b"QUIT\r\n"),
    "a text": (wire.build("PRIVMSG", "#x", text="hi there"), b"PRIVMSG #x :hi there\r\n"),
    "a text of one word": (wire.build("PRIVMSG", "#x", text="hi"), b"PRIVMSG #x :hi\r\n"),
    "an empty text": (wire.build("AWAY", text=""), b"AWAY :\r\n"),
    "a text that begins with a colon": (wire.build("PONG", text=":)"), b"PONG ::)\r\n"),
    "blanks around a text": (wire.build("PRIVMSG", "#x", text="  a :b "), b"PRIVMSG #x :  a :b \r\n"),
    "a text of blanks": (wire.build("PRIVMSG", "#x", text="  "), b"PRIVMSG #x :  \r\n"),
    "a tab in a middle parameter": (wire.build("JOIN", "#x\ty"), b"JOIN #x\ty\r\n"),
    "line ends": (
        wire.build("PRIVMSG", "cy\r\nQUIT", text="a\r\nQUIT :b\0c"),
        b"PRIVMSG cy :a QUIT :b c\r\n",
    ),
    "a space in a middle parameter": (wire.build("JOIN", "#x #y", "key"), b"JOIN #x key\r\n"),
    "a colon before a middle parameter": (wire.build("WHOIS", ":cy"), b"WHOIS cy\r\n"),
    "an empty middle parameter": (wire.build("JOIN", "#x", ""), b"JOIN #x\r\n"),
}


@pytest.mark.parametrize(("built", "line"), JOINED.values(), ids=JOINED.keys())
def test_a_line_is_joined_and_nothing_is_smuggled_in(built: bytes, line: bytes) -> None:
    assert built == line


def test_a_clean_line_has_single_spaces_and_no_tags() -> None:
    message = wire.parse("@time=x   :a!b@c   PRIVMSG   #x   hi")
    assert message is not None
    assert wire.plain_line(message) == ":a!b@c PRIVMSG #x :hi"
