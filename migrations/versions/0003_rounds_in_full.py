"""Check-ins that run themselves.

Frozen: columns are spelled out, tables are never imported.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    _questions()
    _absences()
    _words()
    _reminders()
    _blockers()
    _held_answers()
    _continued_answers()
    _schedules()
    _what_the_clock_looks_at()
    _announcements()
    _reports()
    _links_that_work_once()


def _questions() -> None:
    """Of any kind, about anything, with the line that was asked about."""
    with op.batch_alter_table("question") as table:
        table.drop_constraint(op.f("ck_question_kind"), type_="check")
        table.alter_column("cohort_id", existing_type=sa.Integer(), nullable=True)
        table.add_column(sa.Column("subject", sa.Integer(), nullable=True))
        table.add_column(sa.Column("text", sa.Text(), nullable=True))
        table.add_column(sa.Column("log_channel", sa.String(), nullable=True))
        table.add_column(sa.Column("log_day", sa.Date(), nullable=True))
        table.add_column(sa.Column("log_line", sa.Integer(), nullable=True))


def _absences() -> None:
    """Who is away, and who stands in for them."""
    op.create_table(
        "away",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("named", sa.Boolean(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("why", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_away_person_id")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_away_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_away")),
    )
    open_absence = sa.text("ended_at IS NULL")
    op.create_index(
        "uq_away_open",
        "away",
        ["person_id"],
        unique=True,
        sqlite_where=open_absence,
        postgresql_where=open_absence,
    )
    op.create_table(
        "cover",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("away_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('asked', 'accepted', 'declined', 'ended')", name=op.f("ck_cover_state")
        ),
        sa.ForeignKeyConstraint(["away_id"], ["away.id"], name=op.f("fk_cover_away_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_cover_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cover")),
    )
    live_cover = sa.text("state IN ('asked', 'accepted')")
    op.create_index(
        "uq_cover_open",
        "cover",
        ["away_id"],
        unique=True,
        sqlite_where=live_cover,
        postgresql_where=live_cover,
    )
    op.create_index("ix_cover_person", "cover", ["person_id", "state"])
    with op.batch_alter_table("blocker", table_kwargs={"sqlite_autoincrement": True}) as table:
        table.add_column(sa.Column("taken_for", sa.Integer(), nullable=True))
        table.create_foreign_key(op.f("fk_blocker_taken_for"), "person", ["taken_for"], ["id"])
    op.add_column("cohort", sa.Column("few_mentors_since", sa.DateTime(timezone=True), nullable=True))


def _words() -> None:
    """When people last spoke. Nobody counts as silent because nobody had listened before."""
    op.add_column("person", sa.Column("word_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE person SET word_at = CURRENT_TIMESTAMP")
    op.add_column("membership", sa.Column("spoke_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("membership", sa.Column("log_channel", sa.String(), nullable=True))
    op.add_column("membership", sa.Column("log_day", sa.Date(), nullable=True))
    op.add_column("membership", sa.Column("log_line", sa.Integer(), nullable=True))


def _reminders() -> None:
    op.add_column("outbox", sa.Column("timing", sa.String(), server_default="now", nullable=False))
    op.add_column("person", sa.Column("nudges", sa.Boolean(), server_default=sa.text("true"), nullable=False))
    op.add_column("roster", sa.Column("reminders", sa.Integer(), server_default="0", nullable=False))
    op.add_column("membership", sa.Column("silent_rounds", sa.Integer(), server_default="0", nullable=False))
    op.add_column("membership", sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("membership", sa.Column("quiet_since", sa.DateTime(timezone=True), nullable=True))


def _blockers() -> None:
    """Who was told or asked about them, and when."""
    for name in ("reopened_at", "taker_asked_at", "named_at", "asked_at"):
        op.add_column("blocker", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    op.add_column("blocker", sa.Column("told", sa.Integer(), server_default="0", nullable=False))
    unsolved = sa.text("state IN ('open', 'taken')")
    op.create_index(
        "ix_blocker_unsolved", "blocker", ["state"], sqlite_where=unsolved, postgresql_where=unsolved
    )


def _held_answers() -> None:
    """What is said while no round is open waits for the next."""
    op.create_table(
        "held_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("part", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("private", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("msgid", sa.String(), nullable=False),
        sa.Column("continues", sa.String(), nullable=True),
        sa.Column("log_channel", sa.String(), nullable=True),
        sa.Column("log_day", sa.Date(), nullable=True),
        sa.Column("log_line", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "part IN ('did', 'next', 'stuck', 'same', 'skip')", name=op.f("ck_held_answer_part")
        ),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name=op.f("fk_held_answer_cohort_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_held_answer_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_held_answer")),
        sa.UniqueConstraint("msgid", "part", name="uq_held_answer_msgid"),
    )
    op.create_index("ix_held_answer_cohort", "held_answer", ["cohort_id", "person_id"])


def _continued_answers() -> None:
    """A line that goes on with an earlier one, and with what somebody is stuck on."""
    op.add_column("answer", sa.Column("continues", sa.String(), nullable=True))
    with op.batch_alter_table("step") as table:
        table.drop_constraint(op.f("ck_step_kind"), type_="check")
        table.create_check_constraint(op.f("ck_step_kind"), "kind IN ('taken', 'added', 'solved', 'undone')")


def _schedules() -> None:
    """Dates left out, days off for everybody, the end of a run, and what need not be looked at each time."""
    with op.batch_alter_table("cohort") as table:
        table.drop_constraint(op.f("ck_cohort_state"), type_="check")
        table.create_check_constraint(
            op.f("ck_cohort_state"), "state IN ('active', 'paused', 'ended', 'archived')"
        )
    op.add_column("cohort", sa.Column("skip", sa.JSON(), nullable=True))
    op.add_column("cohort", sa.Column("question", sa.Text(), nullable=True))
    op.add_column("cohort", sa.Column("next_slugs", sa.JSON(), nullable=True))
    op.add_column("cohort", sa.Column("ends", sa.Date(), nullable=True))
    op.add_column("cohort", sa.Column("due_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("cohort", sa.Column("empty_since", sa.DateTime(timezone=True), nullable=True))
    op.add_column("cohort", sa.Column("ends_told", sa.Date(), nullable=True))
    op.add_column("membership", sa.Column("stay_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "day_off",
        sa.Column("network", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("off", sa.Boolean(), nullable=False),
        sa.Column("in_file", sa.Boolean(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("why", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_day_off_by_id")),
        sa.PrimaryKeyConstraint("network", "day", name=op.f("pk_day_off")),
    )


def _what_the_clock_looks_at() -> None:
    """So that a tick costs nothing in how many people and cohorts there are."""
    op.create_index("ix_membership_role", "membership", ["state", "role"])
    op.create_index("ix_cohort_due", "cohort", ["network", "state", "due_at"])
    for name, table, columns in (
        ("ix_membership_done", "membership", ["state", "done_at"]),
        ("ix_membership_absent", "membership", ["state", "role", "absent_since"]),
        ("ix_cohort_ends", "cohort", ["network", "ends"]),
    ):
        known = sa.text(f"{columns[-1]} IS NOT NULL")
        op.create_index(name, table, columns, sqlite_where=known, postgresql_where=known)


def _announcements() -> None:
    """What organizers say to cohorts."""
    op.create_table(
        "announcement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("msgid", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_announcement_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_announcement")),
        sa.UniqueConstraint("msgid", name=op.f("uq_announcement_msgid")),
    )


def _reports() -> None:
    """What few may read."""
    op.create_table(
        "report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("msgid", sa.String(), nullable=False),
        sa.Column("taken_by", sa.Integer(), nullable=True),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_report_person_id")),
        sa.ForeignKeyConstraint(["taken_by"], ["person.id"], name=op.f("fk_report_taken_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report")),
        sa.UniqueConstraint("msgid", name=op.f("uq_report_msgid")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "report_reader",
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_report_reader_report_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_report_reader_person_id")),
        sa.PrimaryKeyConstraint("report_id", "person_id", name=op.f("pk_report_reader")),
    )


def _links_that_work_once() -> None:
    """To what is kept of somebody."""
    op.create_table(
        "session",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('export')", name=op.f("ck_session_kind")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_session_person_id")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_session")),
    )
    op.create_index("ix_session_person", "session", ["person_id"])
