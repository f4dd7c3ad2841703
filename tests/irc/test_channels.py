"""Being where we should be: joins in few lines, again after a kick, slower after a refusal."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cohortbot.irc import wire
from cohortbot.irc.channels import AGAIN, ANSWER_WAIT, Channels, joins
from cohortbot.irc.network import Network
from cohortbot.irc.pace import Bucket
from cohortbot.irc.people import People
from cohortbot.irc.sender import Sender


class Talk:
    def __init__(self, isupport: str = "CASEMAPPING=ascii") -> None:
        self.network = Network()
        self.hear_isupport(isupport)
        self.sender = Sender(Bucket(1000, 1000.0, now=0.0))
        self.people = People(self.network, lambda: "id", lambda _: None)
        self.people.own_nick = "bot"
        self.channels = Channels(self.network, self.people, self.sender)

    def hear_isupport(self, tokens: str) -> None:
        message = wire.parse(f":s 005 bot {tokens} :are supported by this server")
        assert message is not None
        self.network.isupport(message)

    def said(self) -> list[str]:
        return [line.data.decode().rstrip("\r\n") for line in self.sender.take(0.0)]

    def hear(self, line: str, now: float = 0.0) -> list[str]:
        message = wire.parse(line)
        assert message is not None
        self.people.hear(message)
        self.channels.hear(message, now)
        return self.said()


def test_nothing_is_joined_before_we_are_in() -> None:
    talk = Talk()
    talk.channels.want([("#c", None)], 0.0)
    assert talk.said() == []
    talk.channels.open(0.0)
    assert talk.said() == ["JOIN #c"]


def test_several_channels_go_into_one_line_those_with_keys_first() -> None:
    talk = Talk()
    talk.channels.open(0.0)
    talk.channels.want([("#a", None), ("#b", "sesame"), ("#c", None)], 0.0)
    assert talk.said() == ["JOIN #b,#a,#c sesame"]


def test_a_server_may_want_fewer_at_once() -> None:
    talk = Talk("TARGMAX=PRIVMSG:4,JOIN:2")
    talk.channels.open(0.0)
    talk.channels.want([("#a", None), ("#b", None), ("#c", None)], 0.0)
    assert talk.said() == ["JOIN #a,#b", "JOIN #c"]


def test_who_is_there_is_asked_once_we_are_in() -> None:
    talk = Talk("WHOX")
    assert talk.hear(":bot!b@h JOIN #c") == ["WHO #c %tcuhnfar,771"]
    assert talk.hear(":cy!c@h JOIN #c") == ["WHO cy %tcuhnfar,771"]
    assert talk.channels.missing == []


def test_after_a_kick_we_come_back() -> None:
    talk = Talk()
    talk.channels.open(0.0)
    talk.channels.want([("#c", None)], 0.0)
    talk.hear(":bot!b@h JOIN #c")
    talk.hear(":op!o@h KICK #C bot :out", now=10.0)
    assert talk.channels.missing == ["#c"]
    assert talk.channels.next_deadline() == 10.0 + AGAIN[0]
    talk.channels.tick(10.0 + AGAIN[0])
    assert talk.said() == ["JOIN #c"]


def test_somebody_elses_kick_is_not_ours() -> None:
    talk = Talk()
    talk.channels.open(0.0)
    talk.channels.want([("#c", None)], 0.0)
    talk.hear(":bot!b@h JOIN #c")
    talk.hear(":op!o@h KICK #c cy :out")
    assert talk.channels.missing == []


@pytest.mark.parametrize("code", ["403", "405", "437", "471", "473", "474", "475", "477"])
def test_a_refused_channel_is_tried_again_ever_more_slowly(code: str) -> None:
    talk = Talk()
    talk.channels.open(0.0)
    talk.channels.want([("#c", None)], 0.0)
    now, waits = 0.0, []
    for _ in range(6):
        talk.said()
        talk.hear(f":s {code} bot #c :Cannot join channel", now)
        deadline = talk.channels.next_deadline()
        assert deadline is not None
        waits.append(deadline - now)
        now = deadline
        talk.channels.tick(now)
    assert waits == [*AGAIN, AGAIN[-1], AGAIN[-1]]


def test_a_join_without_an_answer_is_tried_again() -> None:
    talk = Talk()
    talk.channels.open(0.0)
    talk.channels.want([("#c", None)], 0.0)
    talk.said()
    talk.channels.tick(ANSWER_WAIT)
    assert talk.said() == ["JOIN #c"]


names = st.text("abcdé-", min_size=1, max_size=60).map("#{}".format)


@given(st.lists(st.tuples(names, st.none() | st.text("xyz", min_size=1, max_size=20)), max_size=60))
def test_every_channel_is_joined_once_with_its_own_key(channels: list[tuple[str, str | None]]) -> None:
    found: list[tuple[str, str | None]] = []
    for line in joins(channels, 8):
        assert len(line) <= 512
        message = wire.parse(line.decode())
        assert message is not None
        named = message.param(0).split(",")
        keys = message.param(1).split(",") if message.param(1) else []
        found += [(name, keys[place] if place < len(keys) else None) for place, name in enumerate(named)]
    assert sorted(found, key=repr) == sorted(channels, key=repr)


def test_a_channel_that_is_wanted_no_more_is_left() -> None:
    talk = Talk()
    talk.channels.open(0.0)
    talk.channels.want([("#a", None), ("#b", None)], 0.0)
    talk.said()
    talk.hear(":bot!b@h JOIN #a")
    talk.hear(":bot!b@h JOIN #b")
    talk.said()
    talk.channels.want([("#b", None)], 1.0)
    assert talk.said() == ["PART #a"]
    assert talk.hear(":bot!b@h PART #a", 1.0) == []
    assert talk.channels.missing == []
