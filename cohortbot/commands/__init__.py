"""What the subcommands of `cohortbot` do; each module has one, and returns its exit code."""
