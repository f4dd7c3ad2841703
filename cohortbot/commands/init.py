"""`cohortbot init`: a config.yaml to start from, and what to type to the network's services."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from cohortbot.commands.services import ANOPE, ATHEME, OFTC, Services

FILE = "config.yaml"
SLUGS = ("patch", "bug", "talk", "deploy", "coa")
_NICK = "cohortbot"


@dataclass(frozen=True, slots=True)
class Preset:
    """A network that `init` knows: its part of the file, and the services that it has.

    `login` is the key under which the file has the account's password.
    """

    name: str
    template: str
    channel_prefix: str
    services: Services
    login: str


_OTHER = Preset("other", "other.yaml", "#cohort-", ANOPE, "irc.sasl")
_LIBERA = Preset("libera", "libera.yaml", "##cohort-", ATHEME, "irc.sasl")
_OFTC = Preset("oftc", "oftc.yaml", "#cohort-", OFTC, "irc.nickserv")

PRESETS = {preset.name: preset for preset in (_OTHER, _OFTC, _LIBERA)}


def init(folder: Path, network: str) -> int:
    """Write `folder`/config.yaml and print what to do next; 1 if there is one already, which stays."""
    preset = PRESETS[network]
    file = folder / FILE
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with file.open("x", encoding="utf-8") as new:
            new.write(content(preset))
    except FileExistsError:
        print(f"{file} is there already and stays as it is; elsewhere: cohortbot init DIR", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"{file} cannot be written: {error.strerror}", file=sys.stderr)
        return 1
    print("\n".join(next_steps(preset, file)))
    return 0


def content(preset: Preset) -> str:
    """The whole text of a new config.yaml."""
    templates = files("cohortbot.commands").joinpath("templates")
    return "".join(
        templates.joinpath(name).read_text(encoding="utf-8") for name in (preset.template, "cohorts.yaml")
    )


def next_steps(preset: Preset, file: Path) -> Iterator[str]:
    password, services = file.with_name("irc-password"), preset.services
    yield f"wrote {file}, with the cohorts {', '.join(SLUGS)}"
    yield ""
    yield "1. Read it and make it yours: the programme's name, the organizers, the network."
    yield ""
    yield f"2. Register the bot's account: connect with any IRC client as /nick {_NICK} and type"
    yield from (f"     {line.format(nick=_NICK)}" for line in services.register)
    yield from (f"   {line}" for line in services.after)
    yield f"   Put the password into {password}, for you alone to read:"
    yield f"     (umask 077; cat > {password})      then the password, Enter, Ctrl-D"
    yield f"   and see that {preset.login} in the file is in use."
    yield ""
    yield "3. Register the channels: logged in as yourself, type for each cohort that you keep (the voice"
    yield "   spares the bot the network's limits on private messages, the last line greets who comes in)"
    for slug in SLUGS:
        yield from (f"     {line}" for line in services.channel_lines(preset.channel_prefix + slug, _NICK))
    yield ""
    yield f"4. cohortbot check --config {file}"
    yield f"   cohortbot db upgrade --config {file}"
    yield f"   cohortbot run --config {file}          and, beside it, cohortbot web --config {file}"
