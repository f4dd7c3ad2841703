"""Whether a private line without `!` is a command, or words of somebody who writes English.

product.md section 3: it is a command only if all of it fits the verb's usage; a cohort, nick, number or date
must be one. What stands alone, or too short, is a command: it is carried out, or told what it needs.
"""

from __future__ import annotations

from collections.abc import Callable

from cohortbot.domain import grammar, zones
from cohortbot.domain.absence import AwayWords, read_away
from cohortbot.domain.casemap import bare
from cohortbot.domain.grammar import Args, Line
from cohortbot.domain.refusals import BadUsage
from cohortbot.domain.running import DaysOffWords, read_days_off
from cohortbot.domain.verbs import ANSWER_VERBS, BY_NAME, Kind
from cohortbot.service import complaints
from cohortbot.service.call import Call
from cohortbot.service.coverage import day_in

_FIRST_WORDS = frozenset(name.split()[0] for name in BY_NAME)
_MARKS = ".,:;!?"


def readings(line: Line) -> list[Line]:
    """`line` as it is, and without the marks that people put where none belong: «Next: glance», «yes!»."""
    words = line.text.split(maxsplit=1)
    first = words[0].rstrip(_MARKS) if words else ""
    without = [line.text]
    if len(words) == 1 or (words and words[0].endswith(":")):
        without.append(" ".join([first, *words[1:]]))
    without.append(line.text.rstrip(_MARKS + " "))
    return [Line(text, line.bang) for text in dict.fromkeys(without) if text]


def begins_a_verb(word: str) -> bool:
    """`nudges` or `organizer`, which need a second word."""
    return bare(word).lower() in _FIRST_WORDS


def fits(call: Call, *, unanswered: bool) -> bool:
    """Whether all of a command fits its verb. `unanswered`: a round waits for the speaker's answer."""
    rest = call.command.rest.strip()
    if not rest:
        return True
    if call.verb.name in ANSWER_VERBS:
        return not isinstance(grammar.answers(call.verb.name, rest), BadUsage)
    args = grammar.bind(call.verb, rest, call.names)
    if not isinstance(args, Args) or args.unknown:
        return False
    if any(call.known(nick) is None for nick in _nicks(call, args)):
        return False
    meant = _MEANT.get(call.verb.name)
    return meant is None or meant(call, args, unanswered)


def _nicks(call: Call, args: Args) -> list[str]:
    """The words that must be somebody; of `unstuck` one that is nobody begins how it was solved."""
    if call.verb.name == "unstuck":
        return []
    kinds = [slot.kind for slot in call.verb.slots]
    named = [args.nick] if args.nick is not None else []
    return named + (list(args.others) if kinds.count(Kind.NICK) > 1 else [])


def _is_cohort_or_nick(call: Call, args: Args, _: bool) -> bool:
    word = args.word or ""
    return isinstance(grammar.resolve(word, call.names), str) or call.known(word) is not None


def _is_cohort_or_all(call: Call, args: Args, _: bool) -> bool:
    word = args.word or ""
    return word.lower() == "all" or isinstance(grammar.resolve(word, call.names), str)


def _is_place(call: Call, args: Args, _: bool) -> bool:
    return zones.find(args.text or "", call.now) is not None


def _is_verb(_call: Call, args: Args, _: bool) -> bool:
    words = (args.text or "").lower().split()
    return " ".join(words) in BY_NAME or (len(words) == 1 and begins_a_verb(words[0]))


def _is_absence(call: Call, args: Args, _: bool) -> bool:
    words = read_away(args.text or "", day_in(call.zone(), call.now))
    if not isinstance(words, AwayWords):
        return False
    return all(call.known(nick) is not None for nick in (words.nick, words.cover) if nick is not None)


def _are_days_off(call: Call, args: Args, _: bool) -> bool:
    return isinstance(read_days_off(args.text or "", day_in(call.zone(), call.now)), DaysOffWords)


_MEANT: dict[str, Callable[[Call, Args, bool], bool]] = {
    "who": _is_cohort_or_nick,
    "audit": _is_cohort_or_nick,
    "announce": _is_cohort_or_all,
    "tz": _is_place,
    "help": _is_verb,
    "away": _is_absence,
    "days-off": _are_days_off,
    "cover": lambda _call, args, _: (args.word or "").lower() in ("yes", "no"),
    "about": lambda _call, _args, unanswered: not unanswered,
    "feedback": lambda _call, _args, unanswered: not unanswered,
    "yes": lambda call, args, _: complaints.leaves_out(call, args.text or "") is not None,
}
"""What only looks like the verb's usage: its words must mean something."""
