"""A programme on this machine alone: a small IRC server, six people, one story."""
