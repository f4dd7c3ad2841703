"""The logs are public: what must never stand in them does not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.logged import events

from cohortbot.chatlog.discretion import (
    ModeLetters,
    OffTheRecord,
    Public,
    SecretRemoved,
    public_modes,
    publishable,
    said,
    without_secret,
)
from cohortbot.chatlog.line import Action, Event, Join, Kick, Message, Mode, Notice, Part, Quit, Topic


@pytest.mark.parametrize("form", [Message, Action, Notice])
@pytest.mark.parametrize(
    "text", ["[off] no", "[off]no", "  [off] no", "[OFF] no", "\x02[off]\x02 no", "\x034[off] no"]
)
def test_what_is_off_the_record_is_not_written(form: type[Message], text: str) -> None:
    assert publishable(form("cy", text), "[off]") == OffTheRecord()


@pytest.mark.parametrize("event", [Message("cy", "on [off]"), Topic("cy", "[off] x"), Quit("cy", "[off] x")])
def test_all_else_is_on_the_record(event: Event) -> None:
    assert publishable(event, "[off]") == Public(event)


def test_without_a_prefix_nothing_is_off_the_record() -> None:
    assert publishable(Message("cy", "hello"), "") == Public(Message("cy", "hello"))


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("/msg NickServ identify hunter2", "/msg NickServ identify [redacted]"),
        ("msg nickserv IDENTIFY cy hunter2", "msg nickserv IDENTIFY [redacted]"),
        (" /msg NickServ identify hunter2", " /msg NickServ identify [redacted]"),
        ("\t/msg NickServ hunter2", " /msg NickServ [redacted]"),
        (
            "/msg NickServ@services.example identify hunter2 ",
            "/msg NickServ@services.example identify [redacted]",
        ),
        ("/msg NickServ SET PASSWORD hunter2", "/msg NickServ SET [redacted]"),
        ("/msg NickServ identifyhunter2", "/msg NickServ [redacted]"),
        ("/query nickserv identify hunter2", "/query nickserv identify [redacted]"),
        ("/quote NickServ identify hunter2", "/quote NickServ identify [redacted]"),
        ("/quote PRIVMSG NickServ :identify hunter2", "/quote PRIVMSG NickServ :identify [redacted]"),
        ("/ns identify hunter2", "/ns identify [redacted]"),
        ("/ns hunter2", "/ns [redacted]"),
        ("/NickServ ghost cy hunter2", "/NickServ ghost [redacted]"),
        ("NickServ identify hunter2", "NickServ identify [redacted]"),
        ("NickServ: identify my pass phrase hunter2", "NickServ: identify [redacted]"),
        ("nickserv id cy hunter2", "nickserv id [redacted]"),
        ("identify hunter2", "identify [redacted]"),
        ("  Identify cy hunter2  ", "  Identify [redacted]"),
        ("\x02identify\x02 hunter2", "identify [redacted]"),
    ],
)
@pytest.mark.parametrize("form", [Message, Action, Notice])
def test_a_password_is_never_written(form: type[Message], text: str, written: str) -> None:
    assert publishable(form("cy", text), "[off]") == SecretRemoved(form("cy", written))


@pytest.mark.parametrize(
    "text",
    [
        "identify", "identify all of the faults", "/msg NickServ", "/msg NickServ identify ", "/ns help",
        "please /msg NickServ identify yourself", "msg nick about it", "NickServ is down",
        "nickserv id is what it wants",        "/msg anna identify the fault", "we identify it", "/nsfw no",
    ],
)  # fmt: skip
def test_talk_about_services_is_no_password(text: str) -> None:
    assert without_secret(text) is None


@given(st.text())
def test_any_text_can_be_asked_for_secrets(text: str) -> None:
    without_secret(text)


@pytest.mark.parametrize(
    ("change", "public"),
    [
        ("+o bob", "+o bob"),
        ("+b *!*@h.example", "+b *!*@*"),
        ("-b+e anna!~a@h.example anna!*@*", "-b+e *!*@* *!*@*"),
        ("+I *!*@10.0.0.1", "+I *!*@*"),
        ("+q $a:anna", "+q *!*@*"),
        ("+b anna", "+b *!*@*"),
        ("+k word", "+k *"),
        ("-k word", "-k *"),
        ("+bkl *!*@h.example word 5", "+bkl *!*@* * 5"),
        ("+kov word anna bo", "+kov * anna bo"),
        ("-l+o bob", "-l+o bob"),
        ("+nt", "+nt"),
        ("+b", "+b"),
        ("", ""),
        ("+Zk a word", "+Zk * *"),
        ("+o bob!~b@h.example", "+o *!*@*"),
    ],
)
def test_masks_and_keys_in_modes_are_hidden(change: str, public: str) -> None:
    assert public_modes(change) == public
    assert publishable(Mode("op", change), "[off]") == Public(Mode("op", public))


def test_what_a_letter_means_is_the_networks_to_say() -> None:
    letters = ModeLetters.of_isupport("IXbeg,k,FHJLfjl,ACDGKMNOPQRSTUWcimnprstuz", "(qaohv)~&@%+")
    assert public_modes("+qkH anna word 50:1d", letters) == "+qkH anna * 50:1d"
    assert public_modes("+g secret-word", letters) == "+g secret-word"
    assert public_modes("+X anna!*@h.example", letters) == "+X *!*@*"
    assert ModeLetters.of_isupport("b", "") == ModeLetters("b", "", "", "")


@given(
    st.lists(st.sampled_from("+-bkoveIqlntZ"), min_size=1),
    st.lists(st.sampled_from(["secret", "a!b@secret"]), max_size=4),
)
def test_no_mode_change_shows_a_mask(flags: list[str], parameters: list[str]) -> None:
    assert "@secret" not in public_modes(" ".join(["".join(flags), *parameters]))


@pytest.mark.parametrize(
    ("event", "public"),
    [
        (Part("cy", "#c", ""), Part("cy", "#c")),
        (Quit("cy", "\x02"), Quit("cy")),
        (Kick("cy", "op", "\x02out\x02"), Kick("cy", "op", "out")),
        (Join("cy", "#c"), Join("cy", "#c")),
    ],
)
def test_an_empty_reason_is_none(event: Event, public: Event) -> None:
    assert publishable(event, "[off]") == Public(public)


def test_a_name_is_a_nick_without_its_host() -> None:
    assert publishable(Join("cy!~c@h.example", "#c"), "[off]") == Public(Join("cy", "#c"))
    assert publishable(Kick("cy", "op!~o@h.example"), "[off]") == Public(Kick("cy", "op"))
    assert publishable(Mode("irc.example.org", "+nt"), "[off]") == Public(Mode("irc.example.org", "+nt"))


@pytest.mark.parametrize(
    ("verb", "target", "text", "event"),
    [
        ("PRIVMSG", "#c", "hi", Message("cy", "hi")),
        ("NOTICE", "#c", "hi", Notice("cy", "hi")),
        ("PRIVMSG", "#c", "\x01ACTION sighs\x01", Action("cy", "sighs")),
        ("PRIVMSG", "#c", "\x01ACTION torn", Action("cy", "torn")),
        ("PRIVMSG", "#c", "\x01ACTION\x01", Action("cy", "")),
        ("PRIVMSG", "#c", "\x01VERSION\x01", None),
        ("PRIVMSG", "#c", "\x01DCC SEND x 1 2 3", None),
        ("NOTICE", "#c", "\x01VERSION irssi\x01", None),
        ("PRIVMSG", "@#c", "to ops", None),
        ("PRIVMSG", "+#c", "to the voiced", None),
        ("NOTICE", "@#c", "to ops", None),
        ("PRIVMSG", "&#c", "to admins, or to a local channel", None),
        ("PRIVMSG", "&c", "local", Message("cy", "local")),
        ("PRIVMSG", "cohortbot", "private", None),
        ("PRIVMSG", "", "nowhere", None),
    ],
)
def test_only_what_the_whole_channel_hears_is_logged(
    verb: str, target: str, text: str, event: Event | None
) -> None:
    assert said("PRIVMSG" if verb == "PRIVMSG" else "NOTICE", "cy", target, text) == event


@given(events)
def test_every_event_can_be_judged(event: Event) -> None:
    publishable(event, "[off]")
