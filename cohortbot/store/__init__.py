"""SQLAlchemy Core: tables, the engine, and one module of functions per aggregate."""
