"""Solved blockers by their words, in memory: found by what is asked, or by being like a new one."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator
from threading import Lock

from sqlalchemy.engine import Connection

from cohortbot.domain.solved import Solved
from cohortbot.service.wording import every_term, terms
from cohortbot.store import solved

# BM25 with its usual constants: Robertson and Zaragoza, «The Probabilistic Relevance Framework», 2009.
_K, _B = 1.2, 0.75
# How much it counts that all of the solved one is said again, and how much there must be: chosen on one half
# of tests/yardsticks/similar.yaml (docs/decisions.md).
_SAID_AGAIN, _ALIKE = 4.0, 13.2
# What is rare among a few is not rare yet, and among thousands not rarer than among as many as there were.
_AT_LEAST = 81
_RAREST = math.log((_AT_LEAST + 1) / 1.5)


class Shelf:
    """Solved blockers by their words; `some` come newest first. Made once, never changed."""

    def __init__(self, some: Iterable[Solved]) -> None:
        self.solved = tuple(some)
        self._counts: list[Counter[str]] = []
        self._with: defaultdict[str, set[int]] = defaultdict(set)  # the places of those that have a term
        for place, one in enumerate(self.solved):
            said = f"{one.text} {one.how or ''}"
            self._counts.append(Counter(terms(said)))
            for term in every_term(said):
                self._with[term].add(place)
        self._usual = sum(counts.total() for counts in self._counts) / max(1, len(self._counts))

    def about(self, asked: str) -> list[Solved]:
        """Those that have every word asked for, in whatever form and order, newest first.

        Words that say nothing are left out, unless there are no others; without any word nothing is found.
        """
        wanted = terms(asked) or every_term(asked)
        if not wanted:
            return []
        places = set.intersection(*(self._with.get(term, set()) for term in wanted))
        return [self.solved[place] for place in sorted(places)]

    def like(self, text: str, of: Collection[int]) -> Solved | None:
        """The one of cohorts `of` that is most likely the same trouble; None when none is likely to be."""
        said = set(terms(text))
        weight, place = self._heaviest(said, of)
        if place is None:
            return None
        mine = set(terms(self.solved[place].text))
        again = sum(map(self._rarity, mine & said)) / (sum(map(self._rarity, mine)) or 1.0)
        return self.solved[place] if weight + _SAID_AGAIN * again >= _ALIKE else None

    def likest(self, text: str, of: Collection[int]) -> Solved | None:
        """The one of cohorts `of` that has most in common with a text, however little that is."""
        _, place = self._heaviest(set(terms(text)), of)
        return self.solved[place] if place is not None else None

    def _heaviest(self, said: set[str], of: Collection[int]) -> tuple[float, int | None]:
        weight, place = max(self._weighed(said, of), default=(0.0, None))
        return weight, -place if place is not None else None

    def _weighed(self, said: set[str], of: Collection[int]) -> Iterator[tuple[float, int]]:
        """What each that shares a term weighs, and its place negated: of two alike the newer one is first."""
        weights: defaultdict[int, float] = defaultdict(float)
        for term in said:
            rarity = self._rarity(term)
            for place in self._with.get(term, ()):
                counts = self._counts[place]
                times = counts[term]
                length = 1 - _B + _B * counts.total() / self._usual
                weights[place] += rarity * times * (_K + 1) / (times + _K * length)
        return ((weight, -place) for place, weight in weights.items() if self.solved[place].cohort_id in of)

    def _rarity(self, term: str) -> float:
        among = max(_AT_LEAST, len(self.solved))
        return min(_RAREST, math.log((among + 1) / (len(self._with.get(term, ())) + 0.5)))


class KeptShelf:
    """The shelf between two looks; made anew when what is solved has changed, whichever process changed it.

    It holds words of closed cohorts too: whoever looks says which cohorts may be named.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._mark: solved.Mark = ()
        self._shelf = Shelf(())

    def now(self, tx: Connection) -> Shelf:
        """The shelf as this transaction sees it."""
        mark = solved.mark(tx)
        with self._lock:
            if mark == self._mark:
                return self._shelf
        made = Shelf(solved.all_of(tx))
        with self._lock:
            self._mark, self._shelf = mark, made
        return made
