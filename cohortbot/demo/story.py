"""The demo's story as data: who says what where, and what must be heard by whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum, auto

from cohortbot.demo.people import Character, Login

BOT = "cohortbot"
DEPLOY = "#cohort-deploy"
PATCH = "#cohort-patch"
CHANNELS = (DEPLOY, PATCH)
MENTOR_PASSWORD = "lantern"  # shown on the screen, for whoever watches to be a mentor too

ANNA = Character("anna", "Anna, mentor and organizer", Login.SASL, MENTOR_PASSWORD)
KOFI = Character("kofi", "Kofi, mentor", Login.IDENTIFY, "harmattan")
CY = Character("cy", "Cy, mentee", Login.SASL, "sesame")
BO = Character("bo", "Bo, mentee")
DEE = Character("dee", "Dee, mentee")
ELI = Character("eli", "Eli, mentee", Login.IDENTIFY, "origami")
CAST = (ANNA, KOFI, CY, BO, DEE, ELI)


@dataclass(frozen=True, slots=True)
class Says:
    """`who` says a line in a channel, or to a nick in private."""

    who: str
    where: str
    text: str


class TimePasses(Enum):
    """The demo's clock goes on until something is due."""

    UNTIL_CHECK_IN = auto()
    UNTIL_CLOSE = auto()


@dataclass(frozen=True, slots=True)
class Hears:
    """`by` must hear one line with all `facts`, in this order: in a channel, or in private (None)."""

    by: str
    where: str | None
    facts: tuple[str, ...]
    sender: str = BOT

    @property
    def target(self) -> str:
        return self.where or self.by


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happens, and all that must be heard of it, each within `patience`."""

    title: str
    does: Says | TimePasses
    hears: tuple[Hears, ...] = ()
    patience: timedelta = timedelta(seconds=10)


# Whoever watches is invited to patch: how many of its places are taken is not for the story to know.
STORY = (
    Step(
        "Anna, an organizer, volunteers to mentor deploy",
        Says("anna", DEPLOY, "!mentor deploy"),
        (Hears("anna", DEPLOY, ("anna", "deploy", "1 of 2 mentors")),),
    ),
    Step(
        "Kofi volunteers too, and the organizer is told what to type",
        Says("kofi", DEPLOY, "!mentor deploy"),
        (Hears("anna", None, ("kofi", "mentor ok kofi deploy")),),
    ),
    Step(
        "Anna confirms him",
        Says("anna", DEPLOY, "!mentor ok kofi deploy"),
        (Hears("kofi", DEPLOY, ("2 of 2 mentors",)),),
    ),
    Step(
        "Cy signs up and is welcomed privately",
        Says("cy", DEPLOY, "!join deploy"),
        (
            Hears("cy", DEPLOY, ("cy", "joined deploy (1 of 2)")),
            Hears("cy", None, ("deploy", "first cloud")),
        ),
    ),
    Step(
        "Bo joins two cohorts from a private message; deploy's channel hears of it",
        Says("bo", BOT, "join deploy patch"),
        (
            Hears("bo", None, ("joined deploy (2 of 2)", "joined patch (", "of 8)")),
            Hears("cy", DEPLOY, ("bo joined deploy (2 of 2)",)),
        ),
    ),
    Step(
        "Deploy is full: Dee waits",
        Says("dee", DEPLOY, "!join deploy"),
        (Hears("dee", DEPLOY, ("dee", "full: 1st on its waitlist")),),
    ),
    Step(
        "Eli takes a place in patch",
        Says("eli", PATCH, "!join patch"),
        (Hears("eli", PATCH, ("eli", "joined patch (", "of 8)")),),
    ),
    Step(
        "It is time for the weekly check-in",
        TimePasses.UNTIL_CHECK_IN,
        (Hears("cy", DEPLOY, ("[deploy 1] Check-in", "!did", "!next", "!stuck", "!same", "!skip")),),
        patience=timedelta(seconds=20),
    ),
    Step(
        "Cy answers for all to read, and gets the line's address",
        Says("cy", DEPLOY, "!did the cloud answers, three services up | next attach a volume"),
        (Hears("cy", None, ("/logs/",)),),
    ),
    Step(
        "Bo answers in private, for the mentors alone",
        Says("bo", BOT, "deploy did read the install guide twice, lost at networking"),
        (Hears("bo", None, ("deploy", "round 1")),),
    ),
    Step(
        "Bo says what he is stuck on",
        Says("bo", DEPLOY, "!stuck horizon answers 500 after login"),
        (Hears("kofi", DEPLOY, ("blocker #1",)),),
    ),
    Step(
        "Kofi takes it",
        Says("kofi", DEPLOY, "!take 1"),
        (Hears("bo", DEPLOY, ("#1", "bo")),),
    ),
    Step(
        "Bo is helped",
        Says("bo", DEPLOY, "!unstuck 1 memcached was not running"),
        (Hears("kofi", DEPLOY, ("bo", "#1 solved")),),
    ),
    Step(
        "Anna looks at the round",
        Says("anna", DEPLOY, "!checkin"),
        (Hears("anna", DEPLOY, ("answered 2 of 2",)),),
    ),
    Step(
        "Cy has reached the goal",
        Says("cy", DEPLOY, "!done https://cloud.example.org/cy"),
        (Hears("cy", DEPLOY, ("!complete cy",)),),
    ),
    Step(
        "Kofi confirms it: a badge for Cy, and the place is offered to Dee",
        Says("kofi", DEPLOY, "!complete cy"),
        (
            Hears("cy", DEPLOY, ("cy", "/b/")),
            Hears("dee", None, ("deploy", "join deploy")),
        ),
    ),
    Step(
        "Dee takes the place",
        Says("dee", BOT, "join deploy"),
        (Hears("dee", None, ("joined deploy (2 of 2)",)),),
    ),
    Step(
        "An hour later the round closes",
        TimePasses.UNTIL_CLOSE,
        (Hears("anna", DEPLOY, ("2 of 2 answered", "/c/deploy/rounds/1")),),
        patience=timedelta(seconds=20),
    ),
)


def _later(did: str, stuck: str, advice: str, solved: str, eli_did: str) -> tuple[Step, ...]:
    """One round of what goes on after the story, in these words."""
    return (
        Step("Anna asks how it is going", Says("anna", DEPLOY, "!checkin")),
        Step("Dee answers", Says("dee", DEPLOY, f"!did {did}")),
        Step("Bo is stuck again", Says("bo", DEPLOY, f"!stuck {stuck}")),
        Step("Kofi takes it", Says("kofi", DEPLOY, "!take bo")),
        Step("Kofi helps", Says("kofi", DEPLOY, f"bo: {advice}")),
        Step("Bo is helped", Says("bo", DEPLOY, f"!unstuck {solved}")),
        Step("Cy looks for something new", Says("cy", PATCH, "!cohorts")),
        Step("Anna opens patch's check-in, or shows it", Says("anna", PATCH, "!checkin patch")),
        Step("Eli answers", Says("eli", PATCH, f"!did {eli_did}")),
        Step("Bo asks where he stands", Says("bo", BOT, "me")),
    )


# Said in turn, slowly, after the story, while somebody may be watching.
AFTERWARDS = (
    *_later(
        did="drew our network | next build it",
        stuck="the volume stays in creating",
        advice="look at the lvm filter, it hides the loop device",
        solved="it was the lvm filter",
        eli_did="the patch has its first review | next answer it",
    ),
    *_later(
        did="built the network, two servers see each other | next let the world in",
        stuck="my server gets no address",
        advice="is the dhcp agent alive? openstack network agent list",
        solved="the dhcp agent was down",
        eli_did="answered the review | next rebase",
    ),
    *_later(
        did="a floating IP answers from outside | next write it down",
        stuck="ssh says permission denied, publickey",
        advice="an ubuntu image wants the user ubuntu, not root",
        solved="wrong user for that image",
        eli_did="rebased, all tests green | next wait for the second review",
    ),
)
