"""Being where we should be: joins in few lines, again after a kick, slower after a refusal."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cohortbot.domain.hearing import Loss, Why
from cohortbot.irc import wire
from cohortbot.irc.channels import AGAIN, ANSWER_WAIT, KICK_PAUSE, REFUSALS, Channels, batches, join
from cohortbot.irc.hearing import Hearing
from cohortbot.irc.network import Network
from cohortbot.irc.pace import Bucket
from cohortbot.irc.people import People
from cohortbot.irc.sender import Sender
from cohortbot.texts.about_channels import mend


class Talk:
    def __init__(self, isupport: str = "CASEMAPPING=ascii") -> None:
        self.network = Network()
        self.hear_isupport(isupport)
        self.sender = Sender(Bucket(1000, 1000.0, now=0.0))
        self.people = People(self.network, lambda: "id", lambda _: None)
        self.people.own_nick = "bot"
        self.wall = datetime(2026, 11, 26, 16, 0, tzinfo=UTC)
        self.hearing = Hearing(lambda: self.wall)
        self.channels = Channels(self.network, self.people, self.sender, self.hearing)

    def hear_isupport(self, tokens: str) -> None:
        message = wire.parse(f":s 005 bot {tokens} :are supported by this server")
        assert message is not None
        self.network.isupport(message)

    def said(self) -> list[str]:
        return [line.data.decode().rstrip("\r\n") for line in self.sender.take(0.0)]

    @classmethod
    def wanting(cls, *channels: str, isupport: str = "CASEMAPPING=ascii") -> Talk:
        """On the network, and asking for these."""
        talk = cls(isupport)
        talk.channels.open(0.0)
        talk.channels.want([(channel, None) for channel in channels], 0.0)
        talk.said()
        return talk

    def joins_at(self) -> float:
        """When the next JOIN is due."""
        deadline = self.channels.next_deadline()
        assert deadline is not None
        self.channels.tick(deadline)
        assert [line.partition(" ")[0] for line in self.said()] == ["JOIN"]
        return deadline

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


@pytest.mark.parametrize("code", sorted(REFUSALS))
def test_a_refused_channel_is_tried_again_ever_more_slowly(code: str) -> None:
    talk = Talk()
    talk.channels.open(0.0)
    talk.channels.want([("#c", None)], 0.0)
    now, waits = 0.0, []
    for _ in range(len(AGAIN) + 1):
        talk.said()
        talk.hear(f":s {code} bot #c #d :Cannot join channel", now)
        deadline = talk.channels.next_deadline()
        assert deadline is not None
        waits.append(deadline - now)
        now = deadline
        talk.channels.tick(now)
    assert waits == [*AGAIN, AGAIN[-1]]


def test_a_join_without_an_answer_is_tried_again() -> None:
    talk = Talk()
    talk.channels.open(0.0)
    talk.channels.want([("#c", None)], 0.0)
    talk.said()
    talk.channels.tick(ANSWER_WAIT)
    assert talk.said() == ["JOIN #c"]


def test_a_join_that_still_waits_for_its_turn_is_not_said_twice() -> None:
    talk = Talk.wanting()
    talk.channels.want([("#c", None)], 0.0)  # queued, and nothing is sent
    talk.channels.tick(ANSWER_WAIT)
    assert talk.said() == ["JOIN #c"]
    assert talk.hearing.losses() == ()


# Put out, and back


def test_whoever_kicks_us_again_and_again_sees_us_once_a_minute() -> None:
    talk = Talk.wanting("#c")
    talk.hear(":bot!b@h JOIN #c")
    returns, now = [], 100.0
    for _ in range(3):
        talk.hear(":op!o@h KICK #c bot :out", now)
        now = talk.joins_at()
        returns.append(now)
        talk.hear(":bot!b@h JOIN #c", now)
    assert returns == [102.0, 102.0 + KICK_PAUSE, 102.0 + 2 * KICK_PAUSE]


def test_who_is_made_to_leave_comes_back_as_after_a_kick() -> None:
    talk = Talk.wanting("#c")
    talk.hear(":bot!b@h JOIN #c")
    talk.hear(":bot!b@h PART #c :go", now=100.0)
    assert talk.joins_at() == 102.0
    assert [loss.why for loss in talk.hearing.losses()] == [Why.PUT_OUT]


def test_an_invitation_is_followed_at_once_and_a_flood_of_them_is_not() -> None:
    talk = Talk.wanting("#c")
    talk.hear(":s 473 bot #c :Cannot join channel (+i)")
    assert talk.hear(":op!o@h INVITE bot #elsewhere", now=50.0) == []
    assert talk.hear(":op!o@h INVITE bot :#c", now=50.0) == ["JOIN #c"]
    talk.hear(":s 473 bot #c :Cannot join channel (+i)", now=50.0)
    assert talk.hear(":op!o@h INVITE bot :#c", now=50.1) == []
    assert talk.joins_at() == 50.0 + AGAIN[0]


def test_a_new_key_is_tried_at_once() -> None:
    talk = Talk.wanting("#c")
    talk.hear(":s 475 bot #c :Cannot join channel (+k)")
    talk.channels.want([("#c", "sesame")], 1.0)
    assert talk.said() == ["JOIN #c sesame"]


def test_once_services_know_us_the_channels_for_the_registered_are_tried_at_once() -> None:
    talk = Talk.wanting("#c", "#d")
    talk.hear(":s 477 bot #c :Cannot join channel (+r)")
    talk.hear(":s 474 bot #d :Cannot join channel (+b)")
    talk.channels.now_identified(1.0)
    assert talk.said() == ["JOIN #c"]


def test_a_channel_too_many_is_tried_once_another_is_left() -> None:
    talk = Talk.wanting("#a", "#b")
    talk.hear(":bot!b@h JOIN #a")
    talk.hear(":s 405 bot #b :You are on too many channels")
    talk.channels.want([("#b", None)], 1.0)
    assert talk.said() == ["PART #a"]
    assert talk.hear(":bot!b@h PART #a", 1.0) == ["JOIN #b"]


def test_where_the_server_sends_us_in_a_channels_place_we_do_not_stay() -> None:
    talk = Talk.wanting("#c", "#d")
    talk.hear(":s 470 bot #c ##overflow :Forwarding to another channel")
    assert talk.hear(":bot!b@h JOIN ##overflow") == ["PART ##overflow"]
    assert talk.hear(":bot!b@h PART ##overflow") == []
    talk.hear(":s 470 bot #c #d :Forwarding to another channel")
    assert talk.hear(":bot!b@h JOIN #d") == ["WHO #d"]


# What is lost is told


@pytest.mark.parametrize("code", ["471", "473", "474", "475", "477", "405", "489"])
def test_the_operator_is_told_once_what_to_grant(code: str, caplog: pytest.LogCaptureFixture) -> None:
    talk = Talk.wanting("#c")
    for now in (0.0, 10.0, 20.0):
        talk.hear(f":s {code} bot #c :Cannot join channel", now)
    [record] = caplog.records
    assert "not in #c" in record.getMessage() and code in record.getMessage()
    assert mend(REFUSALS[code], "#c", "bot") in record.getMessage()


def test_the_operator_is_told_again_when_the_reason_changes(caplog: pytest.LogCaptureFixture) -> None:
    talk = Talk.wanting("#c")
    talk.hear(":s 474 bot #c :Cannot join channel (+b)")
    talk.hear(":s 475 bot #c :Cannot join channel (+k)")
    assert [loss.why for loss in talk.hearing.losses()] == [Why.KEY]
    assert len(caplog.records) == 2


def test_what_was_lost_is_kept_until_it_was_told_that_it_is_back() -> None:
    talk = Talk.wanting("#c", "#d")
    since = talk.wall
    talk.hear(":s 474 bot #c :Cannot join channel (+b)")
    talk.hear(":bot!b@h JOIN #d")
    talk.wall += timedelta(minutes=3)
    talk.hear(":bot!b@h JOIN #c")
    [loss] = talk.hearing.losses()
    assert loss == Loss("#c", Why.BANNED, since, since + timedelta(minutes=3))
    talk.hearing.told([loss])
    assert talk.hearing.losses() == ()


def test_a_join_without_an_answer_is_a_loss() -> None:
    talk = Talk.wanting("#c")
    talk.channels.tick(ANSWER_WAIT)
    assert [loss.why for loss in talk.hearing.losses()] == [Why.SILENT]


def test_what_nobody_wants_any_more_is_not_missed() -> None:
    talk = Talk.wanting("#c")
    talk.hear(":s 474 bot #c :Cannot join channel (+b)")
    talk.channels.want([], 1.0)
    assert talk.hearing.losses() == ()


names = st.text("abcdé-", min_size=1, max_size=60).map("#{}".format)


@given(st.lists(st.tuples(names, st.none() | st.text("xyz", min_size=1, max_size=20)), max_size=60))
def test_every_channel_is_joined_once_with_its_own_key(channels: list[tuple[str, str | None]]) -> None:
    found: list[tuple[str, str | None]] = []
    for batch in batches(channels, 8):
        line = join(batch)
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
