"""Thirty people ask for eight places at the same moment, over real sockets: each is answered, eight sit."""

from __future__ import annotations

import string
from collections import Counter
from collections.abc import Callable
from typing import Any

from support.bot import Bot
from support.client import Client
from support.ircd import IrcServer

MakeBot = Callable[..., Bot]
Name = Callable[[str], str]

PEOPLE, PLACES = 30, 8
FAST: dict[str, Any] = {"irc": {"flood": {"burst": 100, "per_second": 200.0}}}
ANSWERS = {"joined deploy (": "seated", "on its waitlist": "waiting", "held until you identify": "held"}


def stems() -> list[str]:
    """Names that no one could take for somebody else's with something behind it."""
    letters = string.ascii_lowercase
    return [f"{letters[number // 26]}{letters[number % 26]}one" for number in range(PEOPLE)]


def all_at_once(bot: Bot, people: list[Client]) -> Counter[str]:
    """Everybody says `join deploy` before anybody reads an answer; how each was answered."""
    for person in people:
        person.mark()
    for person in people:
        person.say(bot.nick, "join deploy")
    answered: Counter[str] = Counter()
    for person in people:
        line = person.wait_for(lambda heard: any(fact in heard.text for fact in ANSWERS), timeout=40.0)
        answered[next(state for fact, state in ANSWERS.items() if fact in line.text)] += 1
    return answered


def test_identified_people_get_the_places_and_the_others_wait(
    inspircd_anope: IrcServer, make_bot: MakeBot, name: Name, database_url: str
) -> None:
    account = inspircd_anope.register_account(name("bot"))
    bot = make_bot(
        inspircd_anope,
        {"deploy": {"places": PLACES}},
        nick=account[0],
        sasl=account,
        database_url=database_url,
        settings=FAST,
    )
    bot.start()
    accounts = [inspircd_anope.register_account(name(stem)) for stem in stems()]
    people = inspircd_anope.log_in_all(*accounts)
    assert all_at_once(bot, people) == {"seated": PLACES, "waiting": PEOPLE - PLACES}


def test_where_there_are_no_services_nobody_is_held(
    inspircd: IrcServer, make_bot: MakeBot, name: Name, database_url: str
) -> None:
    bot = make_bot(inspircd, {"deploy": {"places": PLACES}}, database_url=database_url, settings=FAST)
    bot.start()
    people = inspircd.connect_all(*map(name, stems()))
    assert all_at_once(bot, people) == {"seated": PLACES, "waiting": PEOPLE - PLACES}


def test_with_services_three_unproven_people_are_seated_and_the_others_held(
    inspircd_anope: IrcServer, make_bot: MakeBot, name: Name, database_url: str
) -> None:
    account = inspircd_anope.register_account(name("bot"))
    bot = make_bot(
        inspircd_anope,
        {"deploy": {"places": PLACES}},
        nick=account[0],
        sasl=account,
        database_url=database_url,
        settings=FAST,
    )
    bot.start()
    people = inspircd_anope.connect_all(*map(name, stems()))
    assert all_at_once(bot, people) == {"seated": 3, "held": PEOPLE - 3}
