"""No cohort can be called what means something else in a command, now or in the programme's later verbs."""

from __future__ import annotations

import re

import pytest

from cohortbot.config import ConfigError, cohort_from, reserved
from cohortbot.domain.verbs import VERBS, Kind, Verb


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.name)
def test_every_verb_is_reserved_and_its_second_word_is_a_keyword_or_a_verb(verb: Verb) -> None:
    first, *rest = verb.name.split()
    assert first in reserved.VERBS
    assert set(rest) <= reserved.WORDS


def test_every_keyword_in_a_usage_is_reserved() -> None:
    keywords = {slot.label for verb in VERBS for slot in verb.slots if slot.kind is Kind.KEYWORD}
    in_brackets = {word for verb in VERBS for word in re.findall(r"\[([a-z]{3,}) [A-Z]", verb.usage)}
    assert keywords | in_brackets <= reserved.WORDS


@pytest.mark.parametrize("word", sorted(reserved.WORDS))
def test_no_cohort_is_called_a_reserved_word(word: str) -> None:
    with pytest.raises(ConfigError, match="is a word of the bot's commands"):
        cohort_from(word, {"title": "t", "goal": "g", "channel": "#c"})
