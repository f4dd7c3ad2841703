"""Alembic migrations, frozen: columns are spelled out, tables are never imported."""
