"""One line of the log: written and read back without loss, whatever people say."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from support.logged import IMITATIONS, events, lines, texts

from cohortbot.chatlog.line import (
    Action,
    Event,
    Gap,
    Join,
    Kick,
    Line,
    Message,
    Mode,
    Notice,
    Part,
    Quit,
    Rename,
    Topic,
    Unreadable,
    format,
    kind,
    parse,
    redaction,
    stamp,
)
from cohortbot.chatlog.plain import plain

AT = datetime(2026, 11, 26, 16, 0, 3, tzinfo=UTC)

# The examples of product.md, Channel logs; with what the API says of each.
WRITTEN: tuple[tuple[str, Event, str, str | None, str | None], ...] = (
    ("<cy> !stuck it exits 1", Message("cy", "!stuck it exits 1"), "message", "cy", "!stuck it exits 1"),
    ("* cy sighs", Action("cy", "sighs"), "action", "cy", "sighs"),
    ("-cy- a notice", Notice("cy", "a notice"), "notice", "cy", "a notice"),
    ("*** anna has joined #cohort-deploy", Join("anna", "#cohort-deploy"), "join", "anna", None),
    ("*** anna has left #c", Part("anna", "#c"), "part", "anna", None),
    ("*** anna has left #c (reason)", Part("anna", "#c", "reason"), "part", "anna", "reason"),
    ("*** anna has quit IRC", Quit("anna"), "quit", "anna", None),
    ("*** anna has quit IRC (reason)", Quit("anna", "reason"), "quit", "anna", "reason"),
    ("*** bo was kicked by op", Kick("bo", "op"), "kick", "bo", None),
    ("*** bo was kicked by op (reason)", Kick("bo", "op", "reason"), "kick", "bo", "reason"),
    ("*** bo is now known as bob", Rename("bo", "bob"), "nick", "bo", "bob"),
    ("*** op sets mode: +o bob", Mode("op", "+o bob"), "mode", "op", "+o bob"),
    ('*** op changes topic to "a "b" c"', Topic("op", 'a "b" c'), "topic", "op", 'a "b" c'),
    ("*** log gap since 2026-11-26T16:00:03", Gap(AT), "gap", None, "2026-11-26T16:00:03"),
    ("<cy> [redacted]   ", Message("cy", "[redacted]   "), "redacted", "cy", "[redacted]   "),
    ("<cy> ***", Message("cy", "***"), "redacted", "cy", "***"),
    ("<cy> **********", Message("cy", "**********"), "message", "cy", "**********"),
    ("* cy ", Action("cy", ""), "action", "cy", ""),
    ('*** op changes topic to ""', Topic("op", ""), "topic", "op", ""),
    ("*** log has joined #gap", Join("log", "#gap"), "join", "log", None),
)


@pytest.mark.parametrize(("body", "event", "its_kind", "nick", "text"), WRITTEN, ids=[w[0] for w in WRITTEN])
def test_each_event_has_one_form(
    body: str, event: Event, its_kind: str, nick: str | None, text: str | None
) -> None:
    written = f"2026-11-26T16:00:03  {body}"
    assert format(Line(AT, event)) == written
    assert parse(written) == Line(AT, event)
    assert (kind(event), event.nick, event.text) == (its_kind, nick, text)


@given(lines)
def test_what_is_written_is_read_back(line: Line) -> None:
    assert parse(format(line)) == line


@given(
    st.text() | texts | lines.map(format) | events.map(lambda event: f"2026-11-26T16:00:03  {event.body()} ")
)
@example("2026-11-26T24:00:00  <cy> midnight")
@example("2026-02-30T12:00:00  <cy> no such day")
@example("２026-11-26T16:00:03  <cy> a wide digit")
@example("2026-11-26T16:00:03  <cy> a\rb")
@example("2026-11-26T16:00:03  <cy> b\n")
def test_what_is_read_would_be_written_so(text: str) -> None:
    match parse(text):
        case Line() as line:
            assert format(line) == text
        case Unreadable(whole):
            assert whole == text


@given(nick=st.sampled_from(["bo", "-", "a-", "a>", "`^|", "*"]), text=texts)
def test_a_person_cannot_say_an_event(nick: str, text: str) -> None:
    for form in (Message, Action, Notice):
        assert parse(format(Line(AT, form(nick, text)))) == Line(AT, form(nick, text))


@given(
    lines,
    st.text(),
    st.sampled_from(["\n", "\r\n", "\0", "\x85", "\u2028", "\u2029", "\v", "\f", "\x1c", "\x1e"]),
)
def test_nothing_makes_a_second_line(line: Line, more: str, end: str) -> None:
    event = line.event
    if isinstance(event, Message | Action | Notice | Topic):
        event = replace(event, text=f"{event.text}{end}{more}")
    written = format(replace(line, event=event))
    assert len(written.splitlines()) == 1
    written.encode()


@pytest.mark.parametrize(
    "text",
    ["", "hello", "2026-11-26T16:00:03 <cy> one space", "2026-11-26T16:00:03  <> nobody",
     "2026-11-26T16:00:03  <cy>", "2026-11-26T16:00:03  *** anna",
     "2026-11-26T16:00:03  *** a b has joined #c",
     "2026-11-26T16:00:03  *** anna has left #c (torn", '2026-11-26T16:00:03  *** op changes topic to "torn'],
)  # fmt: skip
def test_it_never_guesses(text: str) -> None:
    assert parse(text) == Unreadable(text)


def test_a_line_is_stamped_in_utc() -> None:
    there = AT.astimezone(timezone(timedelta(hours=9))) + timedelta(microseconds=900_000)
    assert format(Line(there, Quit("cy"))) == "2026-11-26T16:00:03  *** cy has quit IRC"


@given(st.text(min_size=1).map(plain))
def test_redaction_keeps_the_length_in_bytes(text: str) -> None:
    assert len(redaction(text).encode()) == len(text.encode())
    if redaction(text):
        assert kind(Message("cy", redaction(text))) == "redacted"


@pytest.mark.parametrize("text", [text for text in IMITATIONS if text not in ("***", "[redacted]")])
def test_only_what_redaction_writes_is_redacted(text: str) -> None:
    assert kind(Message("cy", text)) == ("redacted" if text and set(text) == {"*"} else "message")


@pytest.mark.parametrize(
    ("tag", "stamped"),
    [(None, 0), (-90, -90), (120, 120), (121, 0), (86_400, 0)],
    ids=["no tag", "a tag behind", "two minutes ahead", "more than two minutes ahead", "a day ahead"],
)
def test_a_line_bears_the_servers_time_unless_that_is_ahead(tag: int | None, stamped: int) -> None:
    said = None if tag is None else AT + timedelta(seconds=tag)
    assert stamp(said, AT) == AT + timedelta(seconds=stamped)
