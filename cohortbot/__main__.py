"""`python -m cohortbot` is the `cohortbot` command."""

from cohortbot.cli import entry

entry()
