"""The promises that the database keeps by itself: raw SQL tries to break each of them, on both databases."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import IntegrityError

from cohortbot.store import tables as t
from cohortbot.store.engine import connect
from cohortbot.store.migrate import upgrade

NOW = datetime(2026, 11, 26, 17, 0, tzinfo=UTC)
ADA, BO = 1, 2
DEPLOY = 1


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    upgrade(database_url)
    engine = connect(database_url)
    with engine.begin() as tx:
        for person in (ADA, BO):
            tx.execute(insert(t.person).values(id=person, made_at=NOW))
        tx.execute(insert(t.cohort).values(id=DEPLOY, slug="deploy", **_cohort("#cohort-deploy")))
        for person in (ADA, BO):
            tx.execute(insert(t.membership).values(**_membership(person, "active")))
        for number in (1, 2):
            tx.execute(insert(t.seat).values(cohort_id=DEPLOY, number=number, membership_id=number))
        tx.execute(insert(t.round_).values(**_round(1, "open", slot=date(2026, 11, 26))))
        tx.execute(insert(t.roster).values(round_id=1, person_id=ADA))
        tx.execute(insert(t.answer).values(**_answer("m1", "did")))
        tx.execute(insert(t.blocker).values(**_blocker("m1")))
        tx.execute(insert(t.award).values(**_award("abc")))
        tx.execute(insert(t.outbox).values(**_outbox("prompt:1")))
        tx.execute(insert(t.lost_channel).values(**_lost("#cohort-deploy")))
    yield engine
    engine.dispose()


def _cohort(channel: str) -> dict[str, object]:
    return {
        "network": "labnet",
        "title": "Deploy",
        "goal": "A cloud",
        "channel": channel,
        "places": 2,
        "mentors_wanted": 1,
        "public": True,
        "steps": [],
        "state": "active",
        "state_since": NOW,
        "made_at": NOW,
        "due_from": NOW,
        "file_settings": {},
    }


def _membership(person: int, state: str, role: str = "mentee") -> dict[str, object]:
    times = {"state_since": NOW, "joined_at": NOW, "line_since": NOW}
    return {"cohort_id": DEPLOY, "person_id": person, "role": role, "state": state, **times}


def _round(number: int, state: str, slot: date | None = None) -> dict[str, object]:
    times = {"opened_at": NOW, "closes_at": NOW + timedelta(hours=72)}
    return {"cohort_id": DEPLOY, "number": number, "state": state, "slot": slot, **times}


def _answer(msgid: str, part: str) -> dict[str, object]:
    said = {"part": part, "text": "it", "private": False, "at": NOW, "msgid": msgid}
    return {"round_id": 1, "person_id": ADA, **said}


def _blocker(msgid: str) -> dict[str, object]:
    said = {"text": "it", "private": False, "state": "open", "opened_at": NOW, "msgid": msgid}
    return {"cohort_id": DEPLOY, "person_id": ADA, **said}


def _award(public_id: str, **other: object) -> dict[str, object]:
    by = {"person_id": ADA, "membership_id": 1, "confirmed_by": BO, "confirmed_at": NOW}
    return {"public_id": public_id, "cohort_id": DEPLOY, **by, **other}


def _outbox(key: str) -> dict[str, object]:
    return {
        "kind": "prompt",
        "network": "labnet",
        "cohort_id": DEPLOY,
        "key": key,
        "state": "pending",
        "made_at": NOW,
    }


def _lost(channel: str) -> dict[str, object]:
    return {"network": "labnet", "channel": channel, "why": "banned", "since": NOW}


BREAKING: dict[str, Callable[[], object]] = {
    "a second loss of one channel at a time": lambda: insert(t.lost_channel).values(
        **_lost("#cohort-deploy")
    ),
    "a second live membership of one person": lambda: insert(t.membership).values(
        **_membership(ADA, "waiting")
    ),
    "mentee and mentor of one cohort": lambda: insert(t.membership).values(
        **_membership(ADA, "active", "mentor")
    ),
    "a mentee who is proposed": lambda: insert(t.membership).values(**_membership(ADA, "proposed")),
    "a state that does not exist": lambda: update(t.membership).values(state="gone"),
    "a seat given twice": lambda: insert(t.seat).values(cohort_id=DEPLOY, number=3, membership_id=1),
    "a seat that is there already": lambda: insert(t.seat).values(cohort_id=DEPLOY, number=1),
    "a seat of nobody known": lambda: update(t.seat).where(t.seat.c.number == 1).values(membership_id=99),
    "a second open round": lambda: insert(t.round_).values(**_round(2, "open")),
    "a slot taken twice": lambda: insert(t.round_).values(**_round(2, "closed", date(2026, 11, 26))),
    "a round number given twice": lambda: insert(t.round_).values(**_round(1, "closed")),
    "a person twice on a roster": lambda: insert(t.roster).values(round_id=1, person_id=ADA),
    "one message filed twice": lambda: insert(t.answer).values(**_answer("m1", "did")),
    "an answer of no kind": lambda: insert(t.answer).values(**_answer("m2", "maybe")),
    "one message opening two blockers": lambda: insert(t.blocker).values(**_blocker("m1")),
    "an award confirmed by oneself": lambda: update(t.award).values(confirmed_by=ADA),
    "two awards for one membership": lambda: insert(t.award).values(**_award("def")),
    "an award's public id given twice": lambda: insert(t.award).values(**_award("abc", revoked_at=NOW)),
    "one thing to be said twice": lambda: insert(t.outbox).values(**_outbox("prompt:1")),
    "words to nobody": lambda: insert(t.outbox).values(**{**_outbox("x"), "cohort_id": None}),
    "a cohort of that name": lambda: insert(t.cohort).values(slug="deploy", **_cohort("#other")),
    "a channel of two cohorts": lambda: insert(t.cohort).values(slug="two", **_cohort("#cohort-deploy")),
    "a cohort without places": lambda: update(t.cohort).values(places=0),
    "an event by nobody known": lambda: insert(t.event).values(at=NOW, kind="x", way="irc", by_id=99),
    "an event by an unknown way": lambda: insert(t.event).values(at=NOW, kind="x", way="rumour"),
}


@pytest.mark.parametrize("breaking", BREAKING.values(), ids=BREAKING.keys())
def test_the_database_refuses(engine: Engine, breaking: Callable[[], object]) -> None:
    with pytest.raises(IntegrityError), engine.begin() as tx:
        tx.execute(breaking())


def test_what_it_allows_beside_them(engine: Engine) -> None:
    """The same rows where no promise forbids them: none of the above fails for another reason."""
    with engine.begin() as tx:
        tx.execute(update(t.membership).where(t.membership.c.id == 1).values(state="left"))
        tx.execute(insert(t.membership).values(**_membership(ADA, "active", "mentor")))
        tx.execute(update(t.round_).values(state="closed"))
        tx.execute(insert(t.round_).values(**_round(2, "open", date(2026, 12, 3))))
        tx.execute(insert(t.answer).values(**_answer("m1", "next")))
        tx.execute(insert(t.blocker).values(**_blocker("m2")))
        tx.execute(update(t.award).values(revoked_at=NOW))
        tx.execute(insert(t.award).values(**_award("def")))
        assert _count(tx) == 2


def _count(tx: Connection) -> int:
    return len(tx.execute(select(t.award.c.id)).all())
