"""The `cohortbot` command: one table of subcommands; each is one function that returns its exit code.

What a subcommand needs is imported when it runs, so that `--help` answers at once.
"""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from cohortbot.clock import ClockOffsetError
from cohortbot.config import Config, ConfigError, find, load

OK, FAILED, USAGE = 0, 1, 2
_LEVELS = ("debug", "info", "warning", "error")


@dataclass(frozen=True, slots=True)
class Command:
    """A subcommand: its name, its line in `--help`, the arguments of its own, and what it does."""

    name: str
    summary: str
    run: Callable[[argparse.Namespace], int]
    arguments: Callable[[argparse.ArgumentParser], None] = lambda _: None


def _init_arguments(parser: argparse.ArgumentParser) -> None:
    from cohortbot.commands.init import PRESETS

    parser.add_argument("folder", metavar="DIR", nargs="?", default=Path(), type=Path, help="where to [.]")
    parser.add_argument(
        "--network", choices=tuple(PRESETS), default="other", help="made for this network [other]"
    )


def _init(arguments: argparse.Namespace) -> int:
    from cohortbot.commands.init import init

    return init(arguments.folder, arguments.network)


def _check(arguments: argparse.Namespace) -> int:
    from cohortbot.commands.check import check

    return check(find(arguments.config, os.environ), os.environ)


def _run(arguments: argparse.Namespace) -> int:
    # Until the network's own handler is in place: what it takes to start is most of a second.
    signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit(OK))
    from cohortbot.commands.run import run

    return run(_config(arguments))


def _db_upgrade(arguments: argparse.Namespace) -> int:
    from cohortbot.commands import db

    return db.upgrade(_config(arguments).database.url.get_secret_value())


def _db_status(arguments: argparse.Namespace) -> int:
    from cohortbot.commands import db

    return db.status(_config(arguments).database.url.get_secret_value())


def _web(arguments: argparse.Namespace) -> int:
    from cohortbot.commands.web import web

    return web(_config(arguments))


def _demo_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--once", action="store_true", help="play the story once; exit 0 if every step was heard"
    )


def _demo(arguments: argparse.Namespace) -> int:
    from cohortbot.demo import command

    return command.once() if arguments.once else command.watch()


def _report_arguments(parser: argparse.ArgumentParser) -> None:
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--week", action="store_true", help="the last seven days, a line a cohort")
    what.add_argument("--awards", action="store_true", help="every badge, the oldest first")
    parser.add_argument("--csv", action="store_true", help="for a spreadsheet, times in UTC")


def _report(arguments: argparse.Namespace) -> int:
    from cohortbot.commands import report

    tell = report.week if arguments.week else report.awards
    return tell(_config(arguments), as_csv=arguments.csv)


def _file_argument(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", type=Path)


def _db_backup(arguments: argparse.Namespace) -> int:
    from cohortbot.commands import db

    return db.backup(_config(arguments).database.url.get_secret_value(), arguments.file)


def _db_restore(arguments: argparse.Namespace) -> int:
    from cohortbot.commands import db

    return db.restore(_config(arguments).database.url.get_secret_value(), arguments.file)


COMMANDS = (
    Command("demo", "IRC server, bot, site and a few people on this machine", _demo, _demo_arguments),
    Command("init", "write a config.yaml to start from", _init, _init_arguments),
    Command("check", "say what is wrong with config, network, database and logs", _check),
    Command("run", "the bot: be on the network until SIGTERM", _run),
    Command("web", "be the site, beside the bot", _web),
    Command("report", "print the week, cohort by cohort, or all badges", _report, _report_arguments),
    Command("db upgrade", "bring the database to the schema of this version", _db_upgrade),
    Command("db status", "say which schema the database has", _db_status),
    Command("db backup", "write the database to FILE, while the bot runs", _db_backup, _file_argument),
    Command("db restore", "fill an empty database from FILE", _db_restore, _file_argument),
)

# What `cohortbot --help` says about the first word of commands with two.
GROUPS = {"db": "look after the database"}


def main(words: Sequence[str]) -> int:
    """Run what the command line says; the exit code is 0, 1 (failed) or 2 (wrong usage or configuration).

    Wrong usage and `--help` raise SystemExit, as argparse does.
    """
    arguments = _parser().parse_args(words)
    command: Command = arguments.command
    _log_to_stderr(arguments.log_level)
    try:
        return command.run(arguments)
    except (ConfigError, ClockOffsetError) as error:
        print(error, file=sys.stderr)
        return USAGE


def entry() -> None:
    """The console script."""
    try:
        code = main(sys.argv[1:])
        sys.stdout.flush()
    except BrokenPipeError:  # `cohortbot check | head -1`: nobody reads on, and nothing is wrong
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = OK
    except KeyboardInterrupt:
        code = 130  # 128 + SIGINT, as shells count
    sys.exit(code)


def _parser() -> argparse.ArgumentParser:
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--config", metavar="FILE", help="[$COHORTBOT_CONFIG, then ./config.yaml]")
    common.add_argument("--log-level", choices=_LEVELS, default="info", help="of the log on stderr [info]")
    parser = argparse.ArgumentParser(
        prog="cohortbot", description="The third organizer of a mentoring programme: runs its cohorts on IRC."
    )
    commands = {"": parser.add_subparsers(metavar="COMMAND", required=True)}
    for command in COMMANDS:
        group, _, name = command.name.rpartition(" ")
        if group not in commands:
            within = commands[""].add_parser(group, help=GROUPS[group], description=_sentence(GROUPS[group]))
            commands[group] = within.add_subparsers(metavar="COMMAND", required=True)
        own = commands[group].add_parser(
            name, help=command.summary, description=_sentence(command.summary), parents=[common]
        )
        command.arguments(own)
        own.set_defaults(command=command)
    return parser


def _sentence(summary: str) -> str:
    return f"{summary[:1].upper()}{summary[1:]}."


def _config(arguments: argparse.Namespace) -> Config:
    return load(find(arguments.config, os.environ))


def _log_to_stderr(level: str) -> None:
    """The operator's log: ours from `level` on; of the libraries only what is a warning to us too."""
    logging.basicConfig(
        level=logging.WARNING,
        stream=sys.stderr,
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
        force=True,
    )
    logging.getLogger("cohortbot").setLevel(level.upper())


if __name__ == "__main__":
    entry()
