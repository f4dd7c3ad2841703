"""No cohort can be called by a word that means something else in a command."""

from __future__ import annotations

import pytest

from cohortbot.config import ConfigError, cohort_from
from cohortbot.config.reserved import WORDS
from cohortbot.domain.verbs import VERBS, Kind


def test_every_word_of_every_verb_and_every_keyword_is_reserved() -> None:
    words = {word for verb in VERBS for word in verb.name.split()}
    keywords = {slot.label.lower() for verb in VERBS for slot in verb.slots if slot.kind is Kind.KEYWORD}
    assert words | keywords <= WORDS


@pytest.mark.parametrize("slug", sorted(WORDS))
def test_a_reserved_word_is_refused_as_a_slug(slug: str) -> None:
    with pytest.raises(ConfigError, match="is a word of the bot's commands"):
        cohort_from(slug, {"title": "t", "goal": "g", "channel": "#c"})
