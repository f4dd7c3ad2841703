"""Replays, what is held until its proof, when to come back, and what a server says about itself."""

from __future__ import annotations

from itertools import accumulate
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cohortbot.domain.message import Proof, Proven, TooSlow, Unproven
from cohortbot.irc import wire
from cohortbot.irc.backoff import Backoff, Ending
from cohortbot.irc.held import Held
from cohortbot.irc.network import Network, mode_changes
from cohortbot.irc.replay import MOST_BATCHES, Replays, time_tag


def parsed(line: str) -> wire.Message:
    message = wire.parse(line)
    assert message is not None
    return message


# Replays


class Heard:
    def __init__(self) -> None:
        self.replays = Replays(str.lower)

    def is_replay(self, line: str) -> bool:
        message = parsed(line)
        return self.replays.is_replay(message, time_tag(message))


@pytest.mark.parametrize("kind", ["chathistory", "playback", "znc.in/playback"])
def test_lines_of_a_history_are_replays_until_it_ends(kind: str) -> None:
    heard = Heard()
    heard.is_replay(f"BATCH +a {kind} #c")
    assert heard.is_replay("@batch=a :cy PRIVMSG #c :old")
    assert not heard.is_replay(":cy PRIVMSG #c :new")
    heard.is_replay("BATCH -a")
    assert not heard.is_replay("@batch=a :cy PRIVMSG #c :after the end")


def test_a_batch_within_a_history_is_history() -> None:
    heard = Heard()
    heard.is_replay("BATCH +a chathistory #c")
    heard.is_replay("@batch=a BATCH +b netjoin")
    assert heard.is_replay("@batch=b :cy JOIN #c")


@pytest.mark.parametrize("kind", ["netsplit", "netjoin", "labeled-response"])
def test_other_batches_are_news(kind: str) -> None:
    heard = Heard()
    heard.is_replay(f"BATCH +a {kind} x y")
    assert not heard.is_replay("@batch=a :cy QUIT :x y")


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("2026-11-26T16:00:03.123Z", "2026-11-26T16:00:03.123000+00:00"),
        ("2026-11-26T16:00:03Z", "2026-11-26T16:00:03+00:00"),
        ("2026-11-26T17:00:03+01:00", "2026-11-26T16:00:03+00:00"),
    ],
)
def test_times_are_read_with_and_without_parts_of_a_second(value: str, read: str) -> None:
    at = time_tag(parsed(f"@time={value} PING"))
    assert at is not None
    assert at.isoformat() == read


@pytest.mark.parametrize(
    "value",
    [
        *("", "yesterday", "2026-11-26T16:00:03", "2026-13-26T16:00:03Z", "1", "1969-12-31T23:59:59Z"),
        *("0000-00-00T00:00:00Z", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59"),
    ],
)
def test_a_time_that_is_none_counts_as_none(value: str) -> None:
    assert time_tag(parsed(f"@time={value} PING")) is None


def test_one_time_far_ahead_makes_no_history_of_what_follows() -> None:
    replays = Replays(str.lower)
    ahead = time_tag(parsed("@time=2099-01-01T00:00:00Z PING"))
    today = time_tag(parsed("@time=2026-11-26T16:00:00Z PING"))
    said = parsed(":cy!c@h PRIVMSG #c :hi")
    replays.joined("#c", ahead, ahead=True)
    assert not replays.is_replay(said, ahead, ahead=True)
    assert not replays.is_replay(said, today)


@pytest.mark.parametrize("line", ["PING x", ":s 366 bot #c :End", ":s CAP bot DEL :sasl", "AUTHENTICATE +"])
def test_what_is_no_event_is_never_history(line: str) -> None:
    heard = Heard()
    heard.is_replay("@time=2026-11-26T16:10:00Z :cy PRIVMSG #c :new")
    heard.is_replay("BATCH +a chathistory #c")
    assert not heard.is_replay(f"@batch=a;time=2026-11-26T16:00:00Z {line}")
    assert heard.is_replay("@batch=a :cy PRIVMSG #c :old")


def test_batches_that_are_never_closed_are_forgotten() -> None:
    heard = Heard()
    for number in range(MOST_BATCHES + 1):
        heard.is_replay(f"BATCH +{number} chathistory #c")
    assert not heard.is_replay("@batch=0 :cy PRIVMSG #c :new")
    assert heard.is_replay(f"@batch={MOST_BATCHES} :cy PRIVMSG #c :old")


# Held


def released() -> tuple[Held[str], list[tuple[str, Proof]]]:
    out: list[tuple[str, Proof]] = []
    return Held(5.0, lambda what, proof: out.append((what, proof))), out


def test_each_ones_order_is_kept_and_nobody_waits_for_another() -> None:
    held, out = released()
    prove = held.hold("cy", "first", 0.0)
    held.add("cy", "second", Unproven(), 1.0)
    held.add("dee", "hers", Unproven(), 1.0)
    assert out == [("hers", Unproven())]
    prove(Proven("Cy"))
    assert out[1:] == [("first", Proven("Cy")), ("second", Unproven())]


def test_a_proof_that_comes_twice_runs_a_command_once() -> None:
    held, out = released()
    prove = held.hold("cy", "first", 0.0)
    prove(Unproven())
    prove(Proven("Cy"))
    assert out == [("first", Unproven())]


def test_who_waits_too_long_leaves_as_too_slow() -> None:
    held, out = released()
    late = held.hold("cy", "first", 0.0)
    held.hold("cy", "second", 3.0)
    assert held.next_deadline() == 5.0
    held.expire(4.9)
    assert out == []
    held.expire(5.0)
    assert out == [("first", TooSlow())]
    late(Proven("Cy"))
    held.expire(8.0)
    assert out == [("first", TooSlow()), ("second", TooSlow())]
    assert held.next_deadline() is None


@given(st.lists(st.tuples(st.sampled_from("ab"), st.booleans()), max_size=30), st.randoms())
def test_whatever_order_proofs_come_in_each_ones_order_is_kept(
    said: list[tuple[str, bool]], random: Random
) -> None:
    held, out = released()
    proofs = []
    for number, (who, waits) in enumerate(said):
        if waits:
            proofs.append(held.hold(who, f"{who}{number}", 0.0))
        else:
            held.add(who, f"{who}{number}", Unproven(), 0.0)
    random.shuffle(proofs)
    for prove in proofs:
        prove(Unproven())
    for who in "ab":
        mine = [what for what, _ in out if what.startswith(who)]
        assert mine == [f"{name}{number}" for number, (name, _) in enumerate(said) if name == who]


# Coming back


@given(st.randoms(use_true_random=False))
def test_a_lost_network_is_tried_soon_and_then_once_a_minute(random: Random) -> None:
    backoff = Backoff(random)
    waits = [backoff.after(Ending.LOST), *(backoff.after(Ending.UNREACHED) for _ in range(39))]
    assert 0.9 <= waits[0] <= 1.1
    assert all(1.8 <= wait <= 2.2 for wait in waits[1:23])
    assert all(54 <= wait <= 66 for wait in waits[23:])
    assert 40 <= list(accumulate(waits))[22] <= 50
    assert backoff.after(Ending.LOST) <= 1.1


@given(st.randoms(use_true_random=False))
def test_whoever_is_turned_away_waits_longer_each_time_until_let_in_again(random: Random) -> None:
    backoff = Backoff(random)
    waits = [backoff.after(Ending.TURNED_AWAY) for _ in range(6)]
    assert [round(wait, -1) for wait in waits[1:]] == [10, 20, 40, *(pytest.approx(60, abs=10),) * 2]
    assert waits == sorted(waits[:4]) + waits[4:]
    backoff.after(Ending.LOST)
    assert backoff.after(Ending.TURNED_AWAY) <= 5.5


# What a server says about itself


def test_tokens_come_and_go() -> None:
    network = Network()
    network.isupport(parsed(":s 005 bot CASEMAPPING=ascii WHOX BOT=B LINELEN=400 :are supported"))
    assert (network.casemapping, network.whox, network.bot_flag, network.line_length) == (
        "ascii",
        True,
        "B",
        398,
    )
    network.isupport(parsed(":s 005 bot -WHOX :are supported"))
    assert not network.whox


def told(*tokens: str) -> Network:
    network = Network()
    for token in tokens:
        network.isupport(parsed(f":s 005 bot {token} :are supported by this server"))
    return network


@pytest.mark.parametrize(
    "length", ["", "0", "-1", "3", "x", "9" * 5000, "\N{SUPERSCRIPT TWO}", "512", "4096"]
)
def test_a_line_length_that_cannot_be_or_is_more_than_ours_is_the_usual(length: str) -> None:
    assert told(f"LINELEN={length}").line_length == wire.MAX_LINE


@pytest.mark.parametrize(
    ("targets", "at_once"),
    [("JOIN:4", 4), ("PRIVMSG:4,JOIN:", 8), ("JOIN:99", 8), ("join:0", 1), ("JOIN:x", 1), ("", 8)],
)
def test_channels_in_one_join(targets: str, at_once: int) -> None:
    assert told(f"TARGMAX={targets}").joins_at_once == at_once


@pytest.mark.parametrize("prefix", ["garbage", "(ov)@", "(@)o", "@+", ")(", "(ov"])
def test_prefixes_that_nobody_can_read_are_the_usual(prefix: str) -> None:
    assert told(f"PREFIX={prefix}").ranks == {"@": "o", "+": "v"}


def test_a_server_may_have_no_prefixes_or_others() -> None:
    assert told("PREFIX=").ranks == {}
    assert told("PREFIX=(qov)~@+").ranks == {"~": "q", "@": "o", "+": "v"}


def test_values_are_unescaped_and_tokens_are_taken_back() -> None:
    assert told(r"NETWORK=Lab\x20Net\x2c\x=").tokens == {"NETWORK": r"Lab Net,\x="}
    assert told("MODES=4 EXCEPTS", "-MODES -excepts").tokens == {}


def test_the_first_casemapping_counts() -> None:
    assert told("CASEMAPPING=ascii", "CASEMAPPING=rfc1459", "-CASEMAPPING").casemapping == "ascii"


def test_mode_changes_find_their_parameters() -> None:
    network = Network()
    network.isupport(parsed(":s 005 bot CHANMODES=b,k,l,imnt PREFIX=(qov)~@+ :are supported"))
    assert list(mode_changes(["+kl-lo+vi", "sesame", "5", "cy", "dee"], network.mode_letters)) == [
        ("+", "k", "sesame"),
        ("+", "l", "5"),
        ("-", "l", ""),
        ("-", "o", "cy"),
        ("+", "v", "dee"),
        ("+", "i", ""),
    ]
