"""What tests measured, as lines of text by heading: printed at the end of a run, from whatever worker."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence


class Report:
    """The lines of one process of a run; those of pytest-xdist's workers are added to the main one's."""

    def __init__(self) -> None:
        self.sections: defaultdict[str, list[str]] = defaultdict(list)

    def add(self, heading: str, line: str) -> None:
        self.sections[heading].append(line)

    def take(self, other: Mapping[str, Sequence[str]]) -> None:
        """Add the lines of another process."""
        for heading, lines in other.items():
            self.sections[heading] += lines


REPORT = Report()
