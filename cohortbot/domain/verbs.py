"""The table of verbs: help, the README's table, /help and the dispatcher all come from it.

A verb is one entry here, one function under `service/` that says `@handles("name")`, one pure decision and
one sentence in `texts`. CONTRIBUTING.md walks through it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto


class Who(Enum):
    """Who may say a verb; the finer rules (of *this* cohort, of one's own blocker) are its decision's."""

    ANYONE = "anyone"
    PERSON = "any person"
    MENTOR = "a mentor of the cohort"
    ORGANIZER = "an organizer"

    @property
    def needs_proof(self) -> bool:
        return self in (Who.MENTOR, Who.ORGANIZER)


class Kind(Enum):
    """What a word of the arguments may be; `TEXT` runs to the end of the line."""

    COHORT = auto()
    COHORTS = auto()
    NICK = auto()
    NICK_OR_ID = auto()
    ID = auto()
    NUMBER = auto()
    WORD = auto()
    URL = auto()
    KEYWORD = auto()
    TEXT = auto()


@dataclass(frozen=True, slots=True)
class Slot:
    """One place in a verb's arguments, as usage lines show it."""

    kind: Kind
    label: str
    required: bool = True

    def __str__(self) -> str:
        return self.label if self.required else f"[{self.label}]"


@dataclass(frozen=True, slots=True)
class Verb:
    """One verb: `name` is one or two words; `usage` is its name and slots as a person types them."""

    name: str
    who: Who
    help: str
    slots: tuple[Slot, ...] = ()

    @property
    def usage(self) -> str:
        return " ".join([self.name, *map(str, self.slots)])


def _cohort(*, required: bool = False) -> Slot:
    return Slot(Kind.COHORT, "c", required)


def _nick() -> Slot:
    return Slot(Kind.NICK, "NICK")


def _text(label: str, *, required: bool = True) -> Slot:
    return Slot(Kind.TEXT, label, required)


_COHORTS = Slot(Kind.COHORTS, "c [c …]")
_URL = Slot(Kind.URL, "url", required=False)
_WHY = _text("why", required=False)

VERBS: tuple[Verb, ...] = (
    Verb("cohorts", Who.ANYONE, "lists the cohorts and their free places"),
    Verb("cohort", Who.ANYONE, "shows one cohort: goal, places, mentors, next check-in", (_cohort(),)),
    Verb("when", Who.ANYONE, "says when the next check-in is, in your zone and in UTC", (_cohort(),)),
    Verb("answers", Who.ANYONE, "finds blockers that somebody has solved, and how", (_text("WORDS"),)),
    Verb(
        "link",
        Who.ANYONE,
        "gives the address of the last, or n-th last, line said here",
        (Slot(Kind.NUMBER, "n", required=False),),
    ),
    Verb(
        "help", Who.ANYONE, "says what you can do now, or explains one verb", (_text("verb", required=False),)
    ),
    Verb("join", Who.PERSON, "takes a place in one or several cohorts, or waits for one", (_COHORTS,)),
    Verb("leave", Who.PERSON, "gives up your place, your wait or your mentoring", (_cohort(),)),
    Verb("me", Who.PERSON, "says where you stand, privately"),
    Verb("me last", Who.PERSON, "says what you last answered, in each of your cohorts, privately"),
    Verb("missed", Who.PERSON, "says, privately, what waits for you and what happened since you last spoke"),
    Verb("tz", Who.PERSON, "sets your time zone by a place, and says the hour there", (_text("PLACE"),)),
    Verb("about", Who.PERSON, "sets one line about you, for your cohorts' people", (_text("TEXT"),)),
    Verb(
        "who",
        Who.PERSON,
        "shows who is in a cohort, or one person of your own cohort",
        (Slot(Kind.WORD, "c|NICK", required=False),),
    ),
    Verb("did", Who.PERSON, "answers a check-in: what you did (did … | next … | stuck …)", (_text("WHAT"),)),
    Verb("next", Who.PERSON, "answers a check-in: what comes next", (_text("WHAT"),)),
    Verb("stuck", Who.PERSON, "says what you are stuck on, and numbers it as a blocker", (_text("WHAT"),)),
    Verb("same", Who.PERSON, "answers a check-in: nothing new"),
    Verb("skip", Who.PERSON, "answers a check-in: not this time", (_WHY,)),
    Verb(
        "take",
        Who.PERSON,
        "takes a blocker on, by its number or (a mentor) by whose it is",
        (Slot(Kind.NICK_OR_ID, "NICK|ID"), _cohort()),
    ),
    Verb(
        "unstuck",
        Who.PERSON,
        "says that a blocker is solved, and how: your own, or one of your cohort",
        (Slot(Kind.NICK_OR_ID, "NICK|ID", required=False), _cohort(), _text("how", required=False)),
    ),
    Verb("done", Who.PERSON, "says that you reached the goal; a mentor confirms it", (_cohort(), _URL)),
    Verb("stay", Who.PERSON, "says that you are still there and keep your place", (_cohort(),)),
    Verb("nudges on", Who.PERSON, "lets me remind you of a check-in, twice at most and never at night"),
    Verb("nudges off", Who.PERSON, "ends reminders of check-ins"),
    Verb(
        "away",
        Who.PERSON,
        "says that you are away: nothing is asked of you; for somebody else: away NICK until DATE",
        (_text("until DATE] [cover NICK] [why", required=False),),
    ),
    Verb("back", Who.PERSON, "ends your absence, and tells you privately what happened meanwhile"),
    Verb(
        "cover",
        Who.PERSON,
        "answers whether you stand in for a mentor who is away",
        (Slot(Kind.WORD, "yes|no"),),
    ),
    Verb("mentor", Who.PERSON, "volunteers as a mentor of a cohort", (_cohort(required=True),)),
    Verb(
        "claim", Who.PERSON, "makes the seat yours whose welcome held this word", (Slot(Kind.WORD, "WORD"),)
    ),
    Verb("export me", Who.PERSON, "gives you all that is kept of you, as one file"),
    Verb(
        "erase me",
        Who.PERSON,
        "forgets you and all you told me, once you repeat its word",
        (Slot(Kind.WORD, "WORD", required=False),),
    ),
    Verb("undo", Who.PERSON, "takes back your latest deed of the last 10 minutes"),
    Verb(
        "report",
        Who.PERSON,
        "tells organizers who do not mentor you, and nobody else, once you say «yes»",
        (_text("WHAT"),),
    ),
    Verb("feedback", Who.PERSON, "the same as report", (_text("WHAT"),)),
    Verb(
        "yes",
        Who.PERSON,
        "answers the last thing that the bot asked you",
        (_text("but NICK", required=False),),
    ),
    Verb("no", Who.PERSON, "declines the last thing that the bot asked you"),
    Verb("blockers", Who.MENTOR, "lists what is not solved yet, and who helps", (_cohort(),)),
    Verb("checkin", Who.MENTOR, "shows the open check-in, or opens one", (_cohort(),)),
    Verb(
        "round",
        Who.MENTOR,
        "shows what was answered in a check-in, the newest or another",
        (_cohort(), Slot(Kind.NUMBER, "n", required=False)),
    ),
    Verb("skip-round", Who.MENTOR, "calls the open check-in off, else the next one", (_cohort(), _WHY)),
    Verb("remind", Who.MENTOR, "reminds those now who have not answered, instead of later", (_cohort(),)),
    Verb(
        "complete",
        Who.MENTOR,
        "confirms that a mentee reached the goal, and gives the badge",
        (_nick(), _cohort(), _URL),
    ),
    Verb("mentor ok", Who.MENTOR, "confirms a proposed mentor", (_nick(), _cohort())),
    Verb("mentor no", Who.MENTOR, "declines a proposed mentor", (_nick(), _cohort())),
    Verb("add", Who.MENTOR, "gives somebody a place in a cohort", (_nick(), _cohort(required=True))),
    Verb(
        "remove",
        Who.MENTOR,
        "ends somebody's membership (a mentor: of the unproven alone)",
        (_nick(), _cohort(required=True), _text("why")),
    ),
    Verb(
        "cohort new",
        Who.ORGANIZER,
        "opens a cohort, if you like with another's settings",
        (Slot(Kind.WORD, "SLUG"), _text("TITLE [like SLUG]")),
    ),
    Verb(
        "cohort set",
        Who.ORGANIZER,
        "changes a cohort's settings (several: KEY VALUE | KEY VALUE)",
        (_cohort(required=True), _text("KEY VALUE")),
    ),
    Verb("cohort pause", Who.ORGANIZER, "rests a cohort; seats are kept", (_cohort(required=True), _WHY)),
    Verb("cohort resume", Who.ORGANIZER, "wakes a paused or archived cohort", (_cohort(required=True), _WHY)),
    Verb("cohort archive", Who.ORGANIZER, "ends a cohort for good", (_cohort(required=True), _WHY)),
    Verb(
        "days-off",
        Who.ORGANIZER,
        "lists the days without check-ins, or plans some; DATE off takes one back",
        (_text("DATE] [DATE] [why", required=False),),
    ),
    Verb(
        "move",
        Who.ORGANIZER,
        "moves a mentee from one cohort to another",
        (_nick(), Slot(Kind.COHORT, "FROM"), Slot(Kind.COHORT, "TO")),
    ),
    Verb(
        "revoke",
        Who.ORGANIZER,
        "takes a badge back; its page says so",
        (_nick(), _cohort(required=True), _text("why")),
    ),
    Verb(
        "merge",
        Who.ORGANIZER,
        "makes two known nicks one person",
        (_nick(), Slot(Kind.KEYWORD, "into"), Slot(Kind.NICK, "NICK")),
    ),
    Verb(
        "audit",
        Who.ORGANIZER,
        "shows the latest deeds, of all, a cohort or a person",
        (Slot(Kind.WORD, "c|NICK", required=False),),
    ),
    Verb(
        "announce",
        Who.ORGANIZER,
        "says a line in a cohort's channel, or in all of them, signed with your nick",
        (Slot(Kind.WORD, "c|all"), _text("TEXT")),
    ),
    Verb(
        "bar",
        Who.ORGANIZER,
        "ends all memberships of somebody and hears them no more",
        (_nick(), _text("why")),
    ),
    Verb(
        "erase",
        Who.ORGANIZER,
        "forgets somebody who is not identified and asks for it",
        (_nick(), _text("why")),
    ),
    Verb("unbar", Who.ORGANIZER, "takes a bar back", (_nick(),)),
    Verb("organizer add", Who.ORGANIZER, "makes an account an organizer", (Slot(Kind.WORD, "ACCOUNT"),)),
    Verb("organizer remove", Who.ORGANIZER, "takes that back", (Slot(Kind.WORD, "ACCOUNT"),)),
    Verb("reload", Who.ORGANIZER, "reads the config file again"),
)

OF_ONESELF = ("export me", "erase me")
"""What even somebody who is barred may say."""

BY_NAME: dict[str, Verb] = {verb.name: verb for verb in VERBS}

ANSWER_VERBS = ("did", "next", "stuck", "same", "skip")
"""The verbs before which `|` splits a line of answers."""
