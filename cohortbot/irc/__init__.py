"""The bridge to IRC: the only rooms beside plugins/ that know Sopel."""
