"""Channel history in files: one line format, one writer, one reader."""
