"""The README and the table of verbs say the same."""

from __future__ import annotations

from pathlib import Path

from cohortbot.domain.verbs import VERBS
from cohortbot.service.call import HANDLERS

README = Path(__file__).parents[2] / "README.md"


def rows() -> list[str]:
    """The README's table as it should be."""
    head = ["| type | who may | what it does |", "|---|---|---|"]
    return head + [
        f"| `{verb.usage.replace('|', chr(92) + '|')}` | {verb.who.value} | {verb.help} |" for verb in VERBS
    ]


def test_the_readme_has_every_verb_as_the_table_says() -> None:
    text = README.read_text(encoding="utf-8")
    table = text.split("<!-- verbs -->\n")[1].split("<!-- /verbs -->")[0].strip().splitlines()
    assert table == rows(), "the table as it should be:\n" + "\n".join(rows())


def test_every_verb_has_exactly_one_handler_and_every_handler_a_verb() -> None:
    import cohortbot.service  # noqa: F401  (loads the handlers)

    assert sorted(HANDLERS) == sorted(verb.name for verb in VERBS)
