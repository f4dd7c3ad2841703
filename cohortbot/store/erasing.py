"""Forgetting a person: every column that bears a nick, an account or words of theirs.

The row of the person stays, so that counts and the record of who did what still add up, and is called
«somebody» from then on. tests/service/test_erasing.py knows every text column there is.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Column, Table, delete, insert, select, update
from sqlalchemy.engine import Connection

from cohortbot.domain.model import SOMEBODY, BlockerState, erased_key
from cohortbot.store import outbox
from cohortbot.store import tables as t

_NO_ADDRESS: dict[str, Any] = {"log_channel": None, "log_day": None, "log_line": None}
# What somebody said, by the column that says whose words they are.
_WORDS: tuple[tuple[Column[Any], dict[str, Any]], ...] = (
    (t.person.c.id, {"zone": None, "about": None, "word_at": None, "nudges": True}),
    (t.membership.c.person_id, {"done_url": None, "claim_word": None, "claim_until": None, **_NO_ADDRESS}),
    (t.answer.c.person_id, {"text": None, **_NO_ADDRESS}),
    (t.blocker.c.person_id, {"text": "", **_NO_ADDRESS}),
    (t.blocker.c.solved_by, {"how": None}),
    (t.step.c.person_id, {"text": None, **_NO_ADDRESS}),
    (t.award.c.person_id, {"url": None}),
    (t.away.c.person_id, {"why": None}),
    (t.away.c.by_id, {"why": None}),
    (t.day_off.c.by_id, {"why": None}),
    (t.announcement.c.by_id, {"text": ""}),
)
# Rows that are of use to nobody else.
_GONE: tuple[Column[Any], ...] = (
    t.question.c.person_id,
    t.held_answer.c.person_id,
    t.outbox.c.person_id,
    t.identity.c.person_id,
    t.session.c.person_id,
    t.report_reader.c.person_id,
    t.report.c.person_id,
)
_UNSOLVED = (BlockerState.OPEN, BlockerState.TAKEN)


def forget(tx: Connection, person_id: int, now: datetime) -> None:
    """Nothing says any more who they were or what they said; their seats and roles have ended before.

    What they were stuck on is nobody's to solve; what is to be said to them, and their announcements that
    were not said yet, are dropped.
    """
    known = tx.execute(select(t.identity).where(t.identity.c.person_id == person_id)).all()
    for one in known:
        _forget_names(tx, one)
    mine = (t.blocker.c.person_id == person_id, t.blocker.c.state.in_([str(each) for each in _UNSOLVED]))
    tx.execute(update(t.blocker).where(*mine).values(state=BlockerState.STALE))
    unsaid = select(t.announcement.c.id).where(t.announcement.c.by_id == person_id)
    for number in tx.scalars(unsaid):
        outbox.withdraw_detail(tx, now, "announcement", str(number))
    for owner, nothing in _WORDS:
        tx.execute(update(_table(owner)).where(owner == person_id).values(**nothing))
    reports = select(t.report.c.id).where(t.report.c.person_id == person_id)
    tx.execute(delete(t.report_reader).where(t.report_reader.c.report_id.in_(reports)))
    for owner in _GONE:
        tx.execute(delete(_table(owner)).where(owner == person_id))
    for network in dict.fromkeys(one.network for one in known):
        somebody = {"nick": SOMEBODY, "nick_key": erased_key(person_id)}
        tx.execute(insert(t.identity).values(person_id=person_id, network=network, **somebody))


def _table(column: Column[Any]) -> Table:
    return column.table  # type: ignore[no-any-return]


def _forget_names(tx: Connection, one: Any) -> None:
    names = [f"nick:{one.nick_key}"]
    if one.account_key is not None:
        names.append(f"account:{one.account_key}")
        theirs = (t.organizer.c.network == one.network, t.organizer.c.account_key == one.account.lower())
        tx.execute(delete(t.organizer).where(*theirs))
    told = (t.told_logged.c.network == one.network, t.told_logged.c.who.in_(names))
    tx.execute(delete(t.told_logged).where(*told))
