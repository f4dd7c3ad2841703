"""When people last said something: written down at each tick, from what `floor` has heard since."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.engine import Connection

from cohortbot.domain.casemap import fold
from cohortbot.domain.message import NotAsked, Proven, Spoke
from cohortbot.domain.model import Person
from cohortbot.service.app import App
from cohortbot.store import cohorts, memberships, people
from cohortbot.store.engine import transaction


def note_spoken(app: App, _now: datetime) -> None:
    """Write down when people last said something, in their cohorts' channels or to the bot."""
    words = app.floor.take()
    if not words:
        return
    try:
        transaction(app.engine, lambda tx: _note(app, tx, words))
    except BaseException:
        app.floor.give_back(words)
        raise


def _note(app: App, tx: Connection, words: Sequence[Spoke]) -> None:
    every = cohorts.all_of(tx, app.network)
    for word in _by_whom_we_know(app, tx, words):
        person = _speaker(app, tx, word)
        if person is None:
            continue
        people.had_a_word(tx, person.id, word.at)
        memberships.heard_from_mentor(tx, person.id)
        here = (one for one in every if fold(one.channel, word.casemapping) == word.target)
        if (cohort := next(here, None)) is not None:
            memberships.spoke(tx, cohort.id, person.id, word.at, word.line)


def _by_whom_we_know(app: App, tx: Connection, words: Sequence[Spoke]) -> list[Spoke]:
    """A channel may have thousands of talkers, and few of them in the programme: the others cost nothing."""
    accounts = {_account(word) for word in words} - {""}
    known_accounts = people.known_keys(tx, app.network, "account_key", accounts)
    known_nicks = people.known_keys(tx, app.network, "nick_key", {word.nick_key for word in words})
    claimed = people.known_keys(tx, app.network, "connection", {word.connection for word in words})
    return [
        word
        for word in words
        if _account(word) in known_accounts or word.nick_key in known_nicks or word.connection in claimed
    ]


def _account(word: Spoke) -> str:
    return fold(word.proof.account, word.casemapping) if isinstance(word.proof, Proven) else ""


def _speaker(app: App, tx: Connection, word: Spoke) -> Person | None:
    """Where the server does not say who speaks, who it seems to be: it does no more than spare a question."""
    if isinstance(word.proof, Proven):
        return people.by_account(tx, app.network, fold(word.proof.account, word.casemapping))
    if claimed := people.by_connection(tx, app.network, word.connection):
        return claimed
    if isinstance(word.proof, NotAsked):
        return people.by_nick(tx, app.network, word.nick_key)
    return people.by_claim(tx, app.network, word.nick_key)
