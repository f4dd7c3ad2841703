"""From a line of text to a command and its arguments."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cohortbot.domain import refusals as no
from cohortbot.domain.casemap import fold
from cohortbot.domain.grammar import Args, Command, Line, Names, address, answers, bind, command
from cohortbot.domain.model import Part
from cohortbot.domain.verbs import BY_NAME, VERBS

NAMES = Names(
    channels={
        "deploy": "#cohort-deploy",
        "patch": "#cohort-patch",
        "patchwork": "##patches",
        "talk": "#talk",
    },
    own=("deploy",),
)
HERE = Names(channels=NAMES.channels, here="patch", own=("deploy",))


def heard(text: str, *, private: bool = False) -> Line | None:
    names = ("cohortbot_", "cohortbot")
    return address(text, private=private, names=names, fold=lambda nick: fold(nick, "ascii"))


def bound(text: str, names: Names = NAMES) -> Args | no.Refusal:
    found = command(Line(text, bang=True), list(names.channels))
    assert isinstance(found, Command)
    return bind(found.verb, found.rest, names)


@pytest.mark.parametrize(
    ("text", "private", "meant"),
    [
        ("!join deploy", False, "join deploy"),
        ("cohortbot: join deploy", False, "join deploy"),
        ("CohortBot, join deploy", False, "join deploy"),
        ("cohortbot_: !join deploy", False, "join deploy"),
        ("c\u2060ohortbot: join deploy", False, "join deploy"),
        ("join deploy", True, "join deploy"),
        ("!join deploy", True, "join deploy"),
        ("cohortbot: join deploy", True, "join deploy"),
        ("  !me ", False, "me"),
    ],
)
def test_what_is_for_the_bot(text: str, private: bool, meant: str) -> None:
    line = heard(text, private=private)
    assert line is not None
    assert line.text == meant


@pytest.mark.parametrize(
    "text", ["join deploy", "anna: join deploy", "!", "! join", "!!", "!1", "cohortbot join", "...", ""]
)
def test_what_is_chat(text: str) -> None:
    assert heard(text) is None


@pytest.mark.parametrize(
    ("text", "verb", "rest"),
    [
        ("join deploy patch", "join", "deploy patch"),
        ("JOIN deploy", "join", "deploy"),
        ("cohort", "cohort", ""),
        ("cohort deploy", "cohort", "deploy"),
        ("cohort set deploy places 9", "cohort set", "deploy places 9"),
        ("mentor ok anna", "mentor ok", "anna"),
        ("mentor deploy", "mentor", "deploy"),
        ("did  two   spaces", "did", "two   spaces"),
        ("deploy did it", "did", "it"),
        ("#deploy stuck on it", "stuck", "on it"),
    ],
)
def test_the_verb_is_the_longest_that_fits(text: str, verb: str, rest: str) -> None:
    found = command(Line(text, bang=False), list(NAMES.channels))
    assert isinstance(found, Command)
    assert (found.verb.name, found.rest) == (verb, rest)


def test_an_unknown_verb_has_nearest_ones() -> None:
    found = command(Line("joim deploy", bang=False))
    assert isinstance(found, no.UnknownVerb)
    assert found.nearest[0] == "join"


def test_half_a_verb_has_the_whole_ones_as_nearest() -> None:
    found = command(Line("organizer", bang=False))
    assert found == no.UnknownVerb("organizer", ("organizer add", "organizer remove"))


@pytest.mark.parametrize(
    ("line", "parts"),
    [
        ("did a", {Part.DID: "a"}),
        ("did a | next b | stuck c", {Part.DID: "a", Part.NEXT: "b", Part.STUCK: "c"}),
        ("did ps | grep nova", {Part.DID: "ps | grep nova"}),
        ("did ps | grep | next !sleep", {Part.DID: "ps | grep", Part.NEXT: "!sleep"}),
        ("did a | !next b", {Part.DID: "a", Part.NEXT: "b"}),
        ("did a|next b", {Part.DID: "a", Part.NEXT: "b"}),
        ("did a | nextcloud is up", {Part.DID: "a | nextcloud is up"}),
        ("DID a | Next b", {Part.DID: "a", Part.NEXT: "b"}),
        ("did a | did b", {Part.DID: "a | b"}),
        ("same", {Part.SAME: ""}),
        ("skip ill", {Part.SKIP: "ill"}),
        ("skip", {Part.SKIP: ""}),
    ],
)
def test_an_answer_has_parts(line: str, parts: dict[Part, str]) -> None:
    verb, _, rest = line.partition(" ")
    found = answers(verb.lower(), rest)
    assert not isinstance(found, no.BadUsage)
    assert dict(found) == parts


@pytest.mark.parametrize("line", ["did", "did | next b", "stuck ", "same as ever", "did a | same b"])
def test_an_answer_that_does_not_fit_is_refused(line: str) -> None:
    verb, _, rest = line.partition(" ")
    assert isinstance(answers(verb, rest), no.BadUsage)


@pytest.mark.parametrize(
    "word", ["deploy", "DEPLOY", "#deploy", "#cohort-deploy", "cohort-deploy", "dep", "d"]
)
def test_a_cohort_is_named_in_several_ways(word: str) -> None:
    assert bound(f"leave {word}") == Args(cohort="deploy")


def test_the_whole_name_wins_over_a_longer_one() -> None:
    assert bound("leave patch") == Args(cohort="patch")


def test_an_ambiguous_beginning_is_refused_with_what_it_could_be() -> None:
    assert bound("leave pat") == no.Ambiguous("pat", ("patch", "patchwork"))


def test_a_wrong_name_is_refused_with_the_nearest() -> None:
    refusal = bound("leave deplyo")
    assert isinstance(refusal, no.NoSuchCohort)
    assert refusal.nearest[0] == "deploy"


def test_a_cohort_may_be_left_out_in_its_channel_and_by_who_is_in_one() -> None:
    assert bound("leave", HERE) == Args(cohort="patch")
    assert bound("leave") == Args(cohort="deploy")


def test_several_cohorts_are_taken_with_those_that_do_not_exist() -> None:
    args = bound("join deploy, patch taxes deploy")
    assert isinstance(args, Args)
    assert args.cohorts == ("deploy", "patch")
    assert [type(one) for one in args.unknown] == [no.NoSuchCohort]


@pytest.mark.parametrize(
    ("text", "args"),
    [
        ("complete cy", Args(nick="cy", cohort="deploy")),
        ("complete cy patch", Args(nick="cy", cohort="patch")),
        (
            "complete cy patch https://review/1",
            Args(nick="cy", cohort="patch", url="https://review/1"),
        ),
        ("complete cy https://review/1", Args(nick="cy", cohort="deploy", url="https://review/1")),
        ("complete @c\u2060y, patch", Args(nick="cy", cohort="patch")),
        ("take 12", Args(number=12)),
        ("take #12", Args(number=12)),
        ("take cy patch", Args(nick="cy", cohort="patch")),
        ("unstuck 12 deploy it again", Args(number=12, text="deploy it again")),
        ("unstuck 12 lvm filter", Args(number=12, text="lvm filter")),
        ("unstuck cy patch lvm filter", Args(nick="cy", cohort="patch", text="lvm filter")),
        ("unstuck cy lvm filter", Args(nick="cy", cohort="deploy", text="lvm filter")),
        ("unstuck cy pat of butter", Args(nick="cy", cohort="deploy", text="pat of butter")),
        ("remove cy patch never came", Args(nick="cy", cohort="patch", text="never came")),
        ("cohort set deploy places 9", Args(cohort="deploy", text="places 9")),
        ("move cy patch talk", Args(nick="cy", cohort="patch", others=("talk",))),
        ("merge cy into cyril", Args(nick="cy", others=("cyril",))),
        ("skip ill", Args(text="ill")),
        ("about I deploy patches", Args(text="I deploy patches")),
    ],
)
def test_arguments_go_where_they_belong(text: str, args: Args) -> None:
    assert bound(text) == args


@pytest.mark.parametrize(
    "text", ["complete", "complete cy patch now please", "merge cy and cyril", "link two", "claim", "undo it"]
)
def test_what_does_not_fit_is_refused_with_the_usage(text: str) -> None:
    refusal = bound(text)
    assert isinstance(refusal, no.BadUsage | no.NoSuchCohort), refusal


@given(st.text(), st.booleans(), st.sampled_from([NAMES, HERE, Names({})]))
def test_no_text_breaks_the_grammar(text: str, private: bool, names: Names) -> None:
    line = heard(text, private=private)
    if line is None:
        return
    found = command(line, list(names.channels))
    if isinstance(found, Command):
        bind(found.verb, found.rest, names)
        if found.verb.name in ("did", "next", "stuck", "same", "skip"):
            answers(found.verb.name, found.rest)


@given(st.sampled_from(VERBS), st.text(), st.sampled_from([NAMES, HERE]))
def test_no_arguments_break_a_verb(verb: object, rest: str, names: Names) -> None:
    assert verb in VERBS
    bind(verb, rest, names)  # type: ignore[arg-type]


def test_every_verb_has_help_and_a_usage_that_begins_with_it() -> None:
    for name, verb in BY_NAME.items():
        assert verb.help and verb.usage.startswith(name)
        assert len(name.split()) <= 2


def test_free_text_may_stand_in_a_cohorts_place_inside_its_own_channel() -> None:
    assert bound("cohort set places 9", HERE) == Args(cohort="patch", text="places 9")
    assert bound("cohort set deploy places 9", HERE) == Args(cohort="deploy", text="places 9")
    assert isinstance(bound("cohort set places 9"), no.NoSuchCohort)
