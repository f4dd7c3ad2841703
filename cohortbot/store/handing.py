"""Every column that names a person, for the day on which two people turn out to be one."""

from __future__ import annotations

from sqlalchemy import select, update
from sqlalchemy.engine import Connection

from cohortbot.domain.model import LIVE
from cohortbot.store import tables


def hand_over(tx: Connection, one: int, into: int) -> None:
    """`one` turned out to be `into`: whatever names `one` names `into` from now on.

    But live memberships, which may meet another of the same cohort, and awards, which nobody confirms for
    themselves: those are handed over by their own functions.
    """
    both = select(tables.roster.c.round_id).where(tables.roster.c.person_id == into)
    roster = tables.roster
    tx.execute(roster.delete().where(roster.c.person_id == one, roster.c.round_id.in_(both)))
    reader = tables.report_reader
    reads_too = select(reader.c.report_id).where(reader.c.person_id == into)
    tx.execute(reader.delete().where(reader.c.person_id == one, reader.c.report_id.in_(reads_too)))
    away = tables.away
    # Of two absences the one of `into` counts; the other was none.
    other = away.alias()
    theirs = select(other.c.id).where(other.c.person_id == into, other.c.ended_at.is_(None)).exists()
    is_open = (away.c.person_id == one, away.c.ended_at.is_(None))
    tx.execute(update(away).where(*is_open, theirs).values(ended_at=away.c.began_at))
    columns = [
        roster.c.person_id,
        reader.c.person_id,
        tables.membership.c.person_id,
        tables.answer.c.person_id,
        tables.held_answer.c.person_id,
        tables.blocker.c.person_id,
        tables.blocker.c.taken_by,
        tables.blocker.c.taken_for,
        tables.blocker.c.solved_by,
        tables.step.c.person_id,
        tables.question.c.person_id,
        tables.outbox.c.person_id,
        tables.outbox.c.about_id,
        tables.round_.c.opened_by,
        tables.cohort.c.state_by,
        tables.day_off.c.by_id,
        tables.announcement.c.by_id,
        tables.organizer.c.added_by,
        tables.bar.c.by_id,
        # The record stays what it was: whom its ids mean has changed.
        tables.event.c.by_id,
        tables.event.c.person_id,
        tables.away.c.person_id,
        tables.away.c.by_id,
        tables.cover.c.person_id,
        tables.report.c.person_id,
        tables.report.c.taken_by,
        tables.session.c.person_id,
    ]
    for column in columns:
        table = column.table
        where = [column == one]
        if table is tables.membership:
            where.append(table.c.state.not_in([str(state) for state in LIVE]))
        tx.execute(update(table).where(*where).values({column: into}))
