"""Who is here: one connection is one person, whatever nicks it tries."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from cohortbot.irc import wire
from cohortbot.irc.network import Network
from cohortbot.irc.people import MOST_CHANNELS, MOST_UNSEEN, UNSEEN_FOR, Connection, People, ids


class Here:
    """People on a network of account-notify and extended-join, told line by line."""

    def __init__(
        self, caps: str = "account-notify extended-join", isupport: str = "CASEMAPPING=rfc1459"
    ) -> None:
        self.network = Network()
        self.network.caps |= set(caps.split())
        self.network.isupport(parsed(f":srv 005 bot {isupport} :are supported by this server"))
        self.logins: list[str] = []
        names = ids("boot")
        self.people = People(self.network, lambda: next(names), self._login)
        self.people.own_nick = "bot"
        self.tell(":bot!b@h JOIN #c * :bot", ":srv 353 bot = #c :@bot")

    def tell(self, *lines: str) -> None:
        for line in lines:
            self.people.hear(parsed(line))

    def speaker(self, line: str, now: float = 0.0) -> Connection:
        return self.people.speaker(parsed(line), now)

    def id_of(self, nick: str) -> str:
        person = self.people.find(nick)
        assert person is not None
        return person.id

    def _login(self, person: Connection) -> None:
        self.logins.append(f"{person.nick} {person.account}")


def parsed(line: str) -> wire.Message:
    message = wire.parse(line)
    assert message is not None
    return message


@pytest.fixture
def here() -> Here:
    return Here()


def test_who_joins_a_channel_that_we_are_not_in_is_not_here(here: Here) -> None:
    here.tell(":cy!c@h JOIN #elsewhere * :Cy", ":bot!b@h JOIN nowhere")
    assert here.people.find("cy") is None
    assert list(here.people.channels) == ["#c"]


def test_however_many_speak_the_latest_are_remembered(here: Here) -> None:
    first = here.speaker(":cy!c@h PRIVMSG bot :hi").id
    dee = here.speaker(":dee!d@h PRIVMSG bot :hi").id
    for number in range(MOST_UNSEEN - 1):
        here.speaker(f":x{number}!x@h PRIVMSG bot :hi")
    assert here.people.by_id(first) is None
    assert here.people.by_id(dee) is not None


def test_a_server_cannot_have_us_in_any_number_of_channels(here: Here) -> None:
    here.tell(*(f":bot!b@h JOIN #x{number}" for number in range(MOST_CHANNELS)))
    assert len(here.people.channels) == MOST_CHANNELS
    here.tell(":bot!b@h JOIN #c")
    assert "#c" in here.people.channels


def test_a_connection_stays_the_same_through_nick(here: Here) -> None:
    here.tell(":cy!c@h JOIN #c * :Cy")
    before = here.id_of("cy")
    here.tell(":cy!c@h NICK :cy2")
    assert here.id_of("CY2") == before
    assert here.people.find("cy") is None
    assert here.people.by_id(before) is here.people.find("cy2")


ENDS: dict[str, Callable[[Here], None]] = {
    "quit": lambda here: here.tell(":cy!c@h QUIT :bye"),
    "netsplit": lambda here: here.tell(":cy!c@h QUIT :a.example b.example"),
    "part": lambda here: here.tell(":cy!c@h PART #c"),
    "kick": lambda here: here.tell(":op!o@h KICK #c cy :out"),
    "our own part": lambda here: here.tell(":bot!b@h PART #c", ":bot!b@h JOIN #c * :bot"),
}


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS.keys())
def test_a_connection_ends_when_it_is_out_of_sight(here: Here, end: Callable[[Here], None]) -> None:
    here.tell(":cy!c@h JOIN #c * :Cy")
    before = here.id_of("cy")
    end(here)
    assert here.people.find("cy") is None
    assert here.people.by_id(before) is None
    here.tell(":cy!c@h JOIN #c * :Cy")
    assert here.id_of("cy") != before


def test_who_leaves_one_of_two_channels_is_still_in_sight(here: Here) -> None:
    here.tell(":bot!b@h JOIN #d * :bot", ":cy!c@h JOIN #c * :Cy", ":cy!c@h JOIN #d * :Cy")
    before = here.id_of("cy")
    here.tell(":cy!c@h PART #c")
    assert here.id_of("cy") == before
    assert [person.nick for person in here.people.in_channel("#D")] == ["bot", "cy"]


def test_who_speaks_in_private_and_then_enters_is_the_same(here: Here) -> None:
    before = here.speaker(":cy!c@h PRIVMSG bot :hi").id
    here.tell(":cy!c@h JOIN #c * :Cy")
    assert here.id_of("cy") == before


def test_somebody_elses_mask_under_the_nick_is_somebody_else(here: Here) -> None:
    before = here.speaker(":cy!c@h PRIVMSG bot :hi").id
    assert here.speaker(":cy!m@elsewhere PRIVMSG bot :hi").id != before
    here.tell(":cy!x@other JOIN #c * :Cy")
    assert here.id_of("cy") != before


def test_who_shares_no_channel_is_forgotten_after_a_while(here: Here) -> None:
    before = here.speaker(":cy!c@h PRIVMSG bot :hi", now=1.0).id
    assert here.speaker(":cy!c@h PRIVMSG bot :hi", now=1.0 + UNSEEN_FOR).id == before
    assert here.speaker(":cy!c@h PRIVMSG bot :hi", now=2.0 + 2 * UNSEEN_FOR).id != before


def test_a_nick_that_nobody_bears_is_forgotten(here: Here) -> None:
    before = here.speaker(":cy!c@h PRIVMSG bot :hi").id
    here.people.forget_unseen("cy")
    assert here.speaker(":cy!c@h PRIVMSG bot :hi").id != before


def test_names_and_who_tell_who_was_there_before_us(here: Here) -> None:
    here.tell(
        ":srv 353 bot = #c :@bot @+anna!a@h +dee",
        ":srv 354 bot 771 #c a h anna H@ Anna :Anna A",
        ":srv 354 bot 771 #c d h dee H+ 0 :Dee",
        ":srv 354 bot 999 #c m h mallory H Anna :another query's",
    )
    anna = here.people.by_account("anna")
    assert anna is not None
    assert (anna.nick, anna.mask, anna.channels) == ("anna", "a@h", {"#c": "ov"})
    assert here.people.find("mallory") is None
    dee = here.people.find("dee")
    assert dee is not None
    assert (dee.account, dee.account_known, dee.mask) == (None, True, "d@h")


def test_modes_tell_who_is_op(here: Here) -> None:
    here.tell(
        ":cy!c@h JOIN #c * :Cy", ":bot!b@h MODE #c +kob sesame cy *!*@x", ":bot!b@h MODE #c -o+v bot bot"
    )
    cy, bot = here.people.find("cy"), here.people.find("bot")
    assert cy is not None
    assert bot is not None
    assert (cy.channels["#c"], bot.channels["#c"]) == ("o", "v")


def test_an_account_is_followed_from_join_to_logout(here: Here) -> None:
    here.tell(":cy!c@h JOIN #c * :Cy", ":cy!c@h ACCOUNT Anna")
    assert here.logins == ["cy Anna"]
    here.tell(":cy!c@h ACCOUNT *")
    cy = here.people.find("cy")
    assert cy is not None
    assert (cy.account, cy.account_known) == (None, True)


def test_the_account_of_a_join_is_no_login(here: Here) -> None:
    here.tell(":cy!c@h JOIN #c Anna :Cy")
    assert here.people.by_account("anna") is here.people.find("cy")
    assert here.logins == []


def test_a_line_without_account_tag_is_a_logout_where_there_are_tags() -> None:
    here = Here("account-tag extended-join")
    here.tell(":cy!c@h JOIN #c Anna :Cy")
    assert here.speaker("@account=Anna :cy!c@h PRIVMSG #c :hi").account == "Anna"
    assert here.speaker(":cy!c@h PRIVMSG #c :hi").account is None


def test_our_own_mask_is_followed(here: Here) -> None:
    assert here.people.own_mask == "b@h"
    here.tell(":srv 396 bot cloak.example :is now your visible host")
    assert here.people.own_mask == "b@cloak.example"
    here.tell(":bot!b@cloak.example CHGHOST bb new.example")
    assert here.people.own_mask == "bb@new.example"


def test_nicks_are_compared_as_the_server_does(here: Here) -> None:
    here.tell(":cy[1]!c@h JOIN #c * :Cy")
    assert here.people.find("CY{1}") is not None


def test_ids_are_unique_and_name_their_run() -> None:
    first, second = ids("a"), ids("b")
    assert len({next(first), next(first), next(second), next(second)}) == 4
