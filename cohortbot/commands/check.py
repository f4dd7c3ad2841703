"""`cohortbot check`: everything that `run` needs, a line each: ok, or the fault with its mend."""

from __future__ import annotations

import shutil
import socket
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path
from urllib.parse import urlsplit

from cohortbot.chatlog.place import folder_id
from cohortbot.commands.database import FAULTS, sentence
from cohortbot.commands.finding import Finding, Grade, fault, note, ok
from cohortbot.commands.visit import Channel, visit
from cohortbot.config import CohortConfig, Config, ConfigError, Web, load
from cohortbot.domain.lease import Place
from cohortbot.service.syncing import differences, in_force
from cohortbot.store import leases, lost_channels
from cohortbot.store.engine import DatabaseUrlError, connect, reading
from cohortbot.store.migrate import require_current, status

LOW_SPACE = 100_000_000  # bytes: a year of a busy programme's logs is about a tenth of it


def check(path: Path, environ: Mapping[str, str]) -> int:
    """Print a line for each thing looked at; 1 if one of them is at fault, else 0.

    The faults of the configuration go to stderr, as with every command, and then nothing else is tried.
    """
    try:
        config = load(path, environ)
    except ConfigError as error:
        print(error, file=sys.stderr)
        print(fault("config", f"{_count(len(error.faults), 'fault')}; nothing else was tried"))
        return 1
    failed = False
    for finding in _findings(config):
        print(finding, flush=True)  # the network takes its time
        failed = failed or finding.grade is Grade.FAULT
    return 1 if failed else 0


def _findings(config: Config) -> Iterator[Finding]:
    yield ok("config", f"{config.path}, {_count(len(config.cohorts), 'cohort')}")
    yield from (note("config", warning) for warning in config.warnings)
    kept = database(config)
    yield from visit(
        config.irc,
        channels(config, kept),
        site=config.web.base_url,
        proven_only=config.identity.require_proven == "everyone",
    )
    yield from kept.findings
    yield from _suggested(kept.cohorts)
    yield logs(config.logs.folder)
    yield from _shared(config, kept)
    yield site(config.web)


@dataclass(frozen=True, slots=True)
class Kept:
    """What the database keeps, and what there is to say of it.

    `cohorts` are those that `run` would have, by slug; `lost` the channels that the bot says it is not in,
    None where it cannot say so; `bots` where the network's bots run, also those that wait.
    """

    cohorts: Mapping[str, CohortConfig]
    findings: tuple[Finding, ...]
    lost: frozenset[str] | None = None
    bots: tuple[Place, ...] = ()


def database(config: Config) -> Kept:
    """Whether the database has the schema that `run` needs, and where chat has changed what the file says.

    Where it cannot be asked, the cohorts are the file's.
    """
    try:
        engine = connect(config.database.url.get_secret_value())
    except DatabaseUrlError as error:
        return Kept(config.cohorts, (fault("database", f"database.url: {error}"),))
    # Of the address only what cannot hold a password: libpq takes one in the query as well.
    place = " at ".join(part for part in (engine.url.database, engine.url.host) if part)
    try:
        require_current(engine)
        well = ok("database", f"{engine.dialect.name} {place}, schema {status(engine).head}")
        with reading(engine) as tx:
            lost = frozenset(each.loss.channel for each in lost_channels.lasting(tx, config.irc.network))
            there, waiting = leases.of(tx, config.irc.network), leases.waiting(tx, config.irc.network)
            bots = (*([there.holder] if there is not None and there.held else []), *waiting)
            findings = (well, *_changed_in_chat(differences(tx, config)))
            return Kept(in_force(tx, config), findings, lost, bots)
    except FAULTS as error:
        return Kept(config.cohorts, (fault("database", f"{place}: {sentence(error)}"),))
    except ConfigError as error:
        return Kept(config.cohorts, (well, *(fault("config", str(each)) for each in error.faults)))
    finally:
        engine.dispose()


def _changed_in_chat(differing: Sequence[str]) -> Iterator[Finding]:
    if differing:
        keys = ", ".join(differing)
        yield note("config", f"not as in the file, but as set from IRC (or last read from the file): {keys}")


def _suggested(cohorts: Mapping[str, CohortConfig]) -> Iterator[Finding]:
    """Cohorts that `next` names and that there are none of: nobody would be told to join them."""
    for slug, cohort in cohorts.items():
        for missing in (each for each in cohort.next if each not in cohorts):
            near = get_close_matches(missing, cohorts, n=1)
            meant = f"; did you mean {near[0]}?" if near else ""
            never = f"there is no cohort {missing}, so nobody is ever pointed to it{meant}"
            yield note("config", f"cohorts.{slug}.next: {never}")


def channels(config: Config, kept: Kept) -> list[Channel]:
    """The channels that the bot should be in."""

    def heard(channel: str) -> bool:
        return kept.lost is not None and channel not in kept.lost

    own = [
        Channel(
            cohort.channel,
            cohort.channel_key.get_secret_value() if cohort.channel_key else None,
            cohort.public,
            f"cohorts.{slug}." if slug in config.cohorts else f"cohort set {slug} ",
            heard(cohort.channel),
        )
        for slug, cohort in kept.cohorts.items()
    ]
    return [*own, *(Channel(name, heard=heard(name)) for name in config.irc.channels.extra)]


def logs(folder: Path) -> Finding:
    """Whether the log folder can be written, and has space left; it is made if it is missing."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"a line of a log\n")
    except OSError as error:
        return fault(
            "logs", f"{folder} cannot be written ({error.strerror}): see logs.folder, and whose it is"
        )
    free = shutil.disk_usage(folder).free
    if free < LOW_SPACE:
        return fault("logs", f"{folder} has {_megabytes(free)} left: make room, or move logs.folder")
    return ok("logs", f"{folder}, {_megabytes(free)} left")


def _shared(config: Config, kept: Kept) -> Iterator[Finding]:
    """Bots of the network that write their logs elsewhere: readers of one folder would miss the rest."""
    ours = folder_id(config.logs.folder, config.irc.network)
    for bot in kept.bots:
        if ours is not None and bot.logs is not None and bot.logs != ours:
            host, _, _ = bot.machine.partition(" ")
            mend = "all bots of a network share one logs.folder"
            yield fault("logs", f"the bot on {host} writes into another folder: {mend}")


def site(web: Web) -> Finding:
    """Whether others can open the links that the bot says. Nothing is fetched: the site may not run yet."""
    host = urlsplit(web.base_url).hostname or ""
    address = _address(host)
    here = address is not None and (address.is_loopback or address.is_unspecified)
    listens = _address(web.listen.host)
    if here and not (listens is not None and listens.is_loopback):
        return fault(
            "web",
            f"nobody else can open {web.base_url}, with which links begin: set web.base_url to the site",
        )
    if here:
        return ok("web", f"{web.base_url}, for this machine alone; others need web.base_url")
    try:
        socket.getaddrinfo(host, None)
    except OSError as error:
        return fault("web", f"{host} has no address ({error.strerror}): see web.base_url")
    return ok("web", f"links begin with {web.base_url}")


def _address(host: str) -> IPv4Address | IPv6Address | None:
    """The IP address that a host is; None for a name, but localhost."""
    try:
        return ip_address("127.0.0.1" if host.lower() == "localhost" else host)
    except ValueError:
        return None


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.0f} MB"
