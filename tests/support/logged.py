"""Events of a channel as hypothesis makes them, texts that imitate the log among them."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import strategies as st

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
)
from cohortbot.chatlog.plain import plain

IMITATIONS = (
    "*** anna has quit IRC (x)",
    "2026-11-26T16:00:03  <op> hi",
    "<op> hi",
    "* anna waves",
    "-anna- hi",
    "*** log gap since 2026-11-26T16:01:12",
    "bye (for now) has joined",
    "Quit: has left (x) (y)",
    'a "b" c" (d)',
    ")",
    "(",
    "",
    " ",
    "  (",
    "[redacted]",
    "***",
)

nicks = st.text(alphabet="abzAZ09[]{}\\|^_`-é雪", min_size=1, max_size=12)
sources = nicks | st.sampled_from(["irc.example.org", "log", "gap", "*"])
channels = st.text(alphabet="ab#é()-", max_size=12).map(lambda name: f"#{name}")
texts = st.sampled_from(IMITATIONS) | st.text(max_size=60).map(plain)
reasons = st.none() | texts
moments = st.datetimes(min_value=datetime(1990, 1, 1), timezones=st.just(UTC)).map(  # noqa: DTZ001
    lambda at: at.replace(microsecond=0)
)
events: st.SearchStrategy[Event] = st.one_of(
    st.builds(Message, nicks, texts),
    st.builds(Action, nicks, texts),
    st.builds(Notice, sources, texts),
    st.builds(Join, nicks, channels),
    st.builds(Part, nicks, channels, reasons),
    st.builds(Quit, nicks, reasons),
    st.builds(Kick, nicks, sources, reasons),
    st.builds(Rename, nicks, nicks),
    st.builds(Mode, sources, texts),
    st.builds(Topic, sources, texts),
    st.builds(Gap, moments),
)
lines = st.builds(Line, moments, events)
