"""Run by Alembic for each command, over the connection that `cohortbot.store.migrate` hands in."""

from __future__ import annotations

from alembic import context

connection = context.config.attributes["connection"]
# One transaction for all revisions: an upgrade is done whole or not at all, on both databases.
context.configure(connection=connection, transactional_ddl=True)
with context.begin_transaction():
    context.run_migrations()
