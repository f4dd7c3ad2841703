"""What a small programme has lived through before somebody looks at its site."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from support.programme import World

DEPLOY = "#cohort-deploy"
LINE = "2026-11-26T16:00:03  <cy> hello"
STARTS = ("/", "/help", "/status", "/about", "/api/cohorts", "/api/cohorts/deploy", "/c/deploy", "/c/patch")

LogWriter = Callable[..., Path]


def with_mentor(world: World, slug: str = "deploy") -> None:
    """anna mentors a cohort."""
    world.say("anna", f"!mentor {slug}", account="anna", channel=f"#cohort-{slug}")
    world.say("dora", f"!mentor ok anna {slug}", account="dora")


def award(world: World, slug: str, *, account: str | None = "cy") -> str | None:
    """cy reaches the goal of a cohort; the badge's address, None while it waits."""
    channel = f"#cohort-{slug}"
    with_mentor(world, slug)
    if slug == "secret":
        world.say("anna", "!add cy secret", channel=channel)
    world.say("cy", f"!join {slug}", account=account, channel=channel)
    said = world.say("anna", "!complete cy https://review.example.org/1", channel=channel)
    found = re.search(r"/b/[a-z0-9]+", "\n".join(said))
    return found[0] if found else None


def lived_in(world: World, logged: LogWriter) -> None:
    """Both a public and the private cohort have people, a blocker and a log."""
    for slug in ("deploy", "secret"):
        with_mentor(world, slug)
        logged(f"#cohort-{slug}", "2026-11-26", LINE)
    world.say("mallory", "!join secret", channel="#cohort-secret")
    world.say("mallory", "!stuck on the quiet one", channel="#cohort-secret")
