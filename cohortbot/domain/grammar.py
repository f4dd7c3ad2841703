"""A line of text becomes a Command; a Command and the names in reach become Args, or a refusal. Pure.

The rules are product.md section 3 (Addressing, Cohorts in commands, Answers).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

from cohortbot.domain.casemap import bare
from cohortbot.domain.model import Part
from cohortbot.domain.refusals import (
    Ambiguous,
    BadUsage,
    CohortNeeded,
    NoSuchCohort,
    Refusal,
    UnknownVerb,
)
from cohortbot.domain.verbs import ANSWER_VERBS, BY_NAME, Kind, Slot, Verb

URL = re.compile(r"https?://[^\s/?#]+\S*", re.IGNORECASE)
_ANSWER_SPLIT = re.compile(rf"\s*\|\s*(?=!?(?:{'|'.join(ANSWER_VERBS)})(?:\s|\||$))", re.IGNORECASE)

_GOES_ON = re.compile(r"\s*(?:\.{3,}|…)")


@dataclass(frozen=True, slots=True)
class Line:
    """What was said to the bot, without its address; `bang` when that was `!`, as for other bots too."""

    text: str
    bang: bool


@dataclass(frozen=True, slots=True)
class Command:
    """A verb and what follows it; `cohort` is a slug that stood before an answer verb («deploy did X»)."""

    verb: Verb
    rest: str
    cohort: str | None = None


@dataclass(frozen=True, slots=True)
class Names:
    """The cohorts that a speaker can name, and those that may be left out.

    `channels` maps each slug that exists for this speaker to its channel (folded); `here` is the cohort whose
    channel this is; `own` are those meant when none is named.
    """

    channels: Mapping[str, str]
    here: str | None = None
    own: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Args:
    """A verb's arguments, each in the field of its kind; `others` holds what a repeated kind says next."""

    cohort: str | None = None
    cohorts: tuple[str, ...] = ()
    unknown: tuple[Refusal, ...] = ()
    nick: str | None = None
    number: int | None = None
    word: str | None = None
    url: str | None = None
    text: str | None = None
    others: tuple[str, ...] = field(default=())


def address(text: str, *, private: bool, names: Sequence[str], fold: Callable[[str], str]) -> Line | None:
    """What of `text` is for the bot called any of `names`; None when it is not spoken to.

    `!verb` anywhere; «name: verb» and «name, verb» anywhere; in private the bare line too.
    """
    text = text.strip()
    if called := re.match(r"([^\s:,]+)[:,]\s*(.*)", text, re.DOTALL):
        nick, rest = called.groups()
        if fold(bare(nick)) in {fold(name) for name in names}:
            return Line(rest.removeprefix("!").strip(), bang=False)
    if len(text) > 1 and text[0] == "!" and (text[1].isalpha() or private):
        return Line(text[1:].strip(), bang=True)
    return Line(text, bang=False) if private and text else None


def going_on(text: str) -> str | None:
    """The words behind `...`, or the one sign that phones make of it; None where no line begins so."""
    begun = _GOES_ON.match(text)
    return text[begun.end() :].strip() or None if begun is not None else None


def command(line: Line, slugs: Sequence[str] = ()) -> Command | UnknownVerb:
    """The verb that `line` begins with: two words before one, in any case.

    A cohort's exact name may stand before an answer verb.
    """
    words = line.text.split(maxsplit=2)
    if not words:
        return UnknownVerb("", ("help",))
    first = bare(words[0]).lower().removeprefix("!")
    if len(words) > 1:
        second = bare(words[1]).lower().removeprefix("!")
        rest = words[2] if len(words) > 2 else ""
        if verb := BY_NAME.get(f"{first} {second}"):
            return Command(verb, rest)
        if first.lstrip("#") in slugs and second in ANSWER_VERBS:
            return Command(BY_NAME[second], rest, cohort=first.lstrip("#"))
    if verb := BY_NAME.get(first):
        return Command(verb, line.text.split(maxsplit=1)[1] if len(words) > 1 else "")
    return UnknownVerb(first, nearest_verbs(first))


def nearest_verbs(word: str) -> tuple[str, ...]:
    """At most three verbs that look like `word`, best first; `help` when none does."""
    by_first: dict[str, list[str]] = {}
    for name in BY_NAME:
        by_first.setdefault(name.split()[0], []).append(name)
    near = get_close_matches(word, list(by_first), n=3, cutoff=0.6)
    whole = [name for first in near for name in ([first] if first in BY_NAME else by_first[first])]
    return tuple(whole[:3]) or ("help",)


def answers(verb: str, rest: str) -> tuple[tuple[Part, str], ...] | BadUsage:
    """The parts of an answer line, in the order said, each part once.

    `|` splits only before an answer verb, so that «ps | grep» survives; a part said twice in a line is joined
    again; `did`, `next` and `stuck` need words, `same` takes none.
    """
    parts: dict[Part, str] = {}
    for piece in _ANSWER_SPLIT.split(f"{verb} {rest}".strip()):
        name, _, words = piece.removeprefix("!").partition(" ")
        part, words = Part(name.lower()), words.strip()
        if words and part is Part.SAME:
            return BadUsage("same", BY_NAME["same"].usage)
        if not words and part in (Part.DID, Part.NEXT, Part.STUCK):
            return BadUsage(part, BY_NAME[part].usage)
        parts[part] = f"{parts[part]} | {words}" if parts.get(part) else words
    return tuple(parts.items())


def resolve(word: str, names: Names, *, exact: bool = False) -> str | NoSuchCohort | Ambiguous:
    """The slug that `word` means: slug, `#channel`, channel without `#`, or (unless `exact`) a prefix."""
    wanted = bare(word).lower()
    for slug, channel in names.channels.items():
        if wanted in (slug, f"#{slug}", channel, channel.lstrip("#&")):
            return slug
    begun = [slug for slug in names.channels if wanted and slug.startswith(wanted)]
    if exact or not begun:
        return NoSuchCohort(word, nearest_cohorts(wanted, names))
    return begun[0] if len(begun) == 1 else Ambiguous(word, tuple(begun))


def nearest_cohorts(word: str, names: Names) -> tuple[str, ...]:
    """Cohort names that look like `word`; all there are when none does."""
    slugs = list(names.channels)
    return tuple(get_close_matches(word, slugs, n=3, cutoff=0.6) or slugs)


def bind(verb: Verb, rest: str, names: Names) -> Args | Refusal:
    """`rest` laid into the verb's slots, cohorts resolved or filled in; a refusal if it does not fit.

    A cohort slot before free text takes an exact name only, and after a number none at all.
    """
    if verb.name in ANSWER_VERBS:  # `answers` takes them apart
        return Args(text=rest.strip() or None)
    binder = _Binder(verb, rest, names)
    for position, slot in enumerate(verb.slots):
        refusal = binder.take(slot, free_text_follows=_text_after(verb, position))
        if refusal is not None:
            return refusal
    if binder.words:
        return BadUsage(verb.name, verb.usage)
    return binder.args()


def _text_after(verb: Verb, position: int) -> bool:
    return any(slot.kind is Kind.TEXT for slot in verb.slots[position + 1 :])


class _Binder:
    """Takes words off the front of a line, slot by slot."""

    def __init__(self, verb: Verb, rest: str, names: Names) -> None:
        self.verb = verb
        self.words = rest.split()
        self.rest = rest.strip()
        self.names = names
        self.values: dict[str, object] = {}
        self.others: list[str] = []
        self.after_number = False

    def args(self) -> Args:
        return Args(**self.values, others=tuple(self.others))  # type: ignore[arg-type]

    def take(self, slot: Slot, *, free_text_follows: bool) -> Refusal | None:
        match slot.kind:
            case Kind.COHORT:
                return self._cohort(slot, exact=free_text_follows)
            case Kind.COHORTS:
                return self._cohorts()
            case Kind.TEXT:
                return self._text(slot)
            case Kind.URL:
                if self.words and URL.fullmatch(self.words[0]):
                    self._put("url", self._pop())
                return None
            case Kind.KEYWORD:
                return None if self.words and self._pop().lower() == slot.label else self._usage()
            case _:
                return self._word(slot)

    def _usage(self) -> BadUsage:
        return BadUsage(self.verb.name, self.verb.usage)

    def _pop(self) -> str:
        word = self.words.pop(0)
        self.rest = self.rest[len(word) :].lstrip()
        return bare(word)

    def _put(self, name: str, value: object) -> None:
        if name in self.values:
            self.others.append(str(value))
        else:
            self.values[name] = value

    def _word(self, slot: Slot) -> Refusal | None:
        if not self.words:
            return self._usage() if slot.required else None
        word = self.words[0].lstrip("#")
        if slot.kind in (Kind.NUMBER, Kind.ID):
            if not word.isascii() or not word.isdecimal() or len(word) > 9:
                return self._usage()
            self._pop()
            self._put("number", int(word))
        elif slot.kind is Kind.NICK_OR_ID and word.isascii() and word.isdecimal() and len(word) <= 9:
            self._pop()
            self._put("number", int(word))
            self.after_number = True
        elif slot.kind is Kind.WORD:
            self._put("word", self._pop())
        else:
            self._put("nick", self._pop().lstrip("@+").rstrip(",:"))
        return None

    def _text(self, slot: Slot) -> Refusal | None:
        if not self.rest:
            return self._usage() if slot.required else None
        self._put("text", self.rest)
        self.words, self.rest = [], ""
        return None

    def _cohorts(self) -> Refusal | None:
        if not self.words:
            filled = self._left_out()
            if not isinstance(filled, str):
                return filled
            self._put("cohorts", (filled,))
            return None
        found: dict[str, None] = {}
        unknown: list[Refusal] = []
        while self.words:
            slug = resolve(self._pop().strip(","), self.names)
            if isinstance(slug, str):
                found[slug] = None
            else:
                unknown.append(slug)
        self._put("cohorts", tuple(found))
        self._put("unknown", tuple(unknown))
        return None

    def _cohort(self, slot: Slot, *, exact: bool) -> Refusal | None:
        word = self.words[0] if self.words and not self.after_number else None
        if (
            word is not None
            and word.isdecimal()
            and any(each.kind is Kind.NUMBER for each in self.verb.slots)
        ):
            word = None  # `round 4`: the cohort is left out
        if word is not None and not URL.fullmatch(word):
            slug = resolve(word, self.names, exact=exact)
            if isinstance(slug, str):
                self._pop()
                self._put("cohort", slug)
                return None
            if not exact or (slot.required and self.names.here is None):
                return slug
        if self.after_number:
            return None
        filled = self._left_out()
        if isinstance(filled, str):
            self._put("cohort", filled)
            return None
        # An optional cohort that nothing fills is the decision's to ask for: it may mean «all of mine».
        return filled if slot.required else None

    def _left_out(self) -> str | CohortNeeded:
        if self.names.here is not None:
            return self.names.here
        if len(self.names.own) == 1 and not self._several_slots():
            return self.names.own[0]
        return CohortNeeded(
            self.verb.name, self.verb.usage, tuple(self.names.own), tuple(self.names.channels)
        )

    def _several_slots(self) -> bool:
        return sum(slot.kind is Kind.COHORT for slot in self.verb.slots) > 1
