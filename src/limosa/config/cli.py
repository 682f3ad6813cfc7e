"""The command `limosa`. Exit codes: 0 done, 1 an error (reported on one line), 2 a usage error."""

import argparse
import shutil
import signal
import sys
import textwrap
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from typing import Any

from limosa.config.command import CommandFault, WrongCall, printable
from limosa.config.command_tree import Place, installed_commands

FAULT, INTERRUPTED = 1, 130
ABOUT = "Sells, delivers and renews eSIM data plans."
MORE = """`limosa COMMAND --help` says more of one.
Settings come from the environment; see docs/reference/settings.md."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command that the arguments name; return the exit code.

    A usage error raises SystemExit with 2, after printing the usage and what is wrong.
    """
    try:
        chosen = parser().parse_args(arguments)
        return _run(chosen)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:  # As in `limosa --help | head`.
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
        return FAULT


def parser() -> argparse.ArgumentParser:
    """Return the parser of all commands that are installed."""
    whole = _PlaceParser(prog="limosa", place=installed_commands(_tell))
    whole.add_argument("--version", action="version", version=f"limosa {version('limosa')}")
    return whole


def listing(place: Place) -> str:
    """Return one line for each command below a place, group by group."""
    return "\n\n".join(_paragraphs(place))


def _paragraphs(place: Place) -> Iterator[str]:
    own = [member for member in place.members.values() if member.is_command]
    column = max((len(" ".join(command.words)) for command in own), default=0)
    lines = [f"  {' '.join(command.words):<{column}}  {command.about}" for command in own]
    if lines:
        yield "\n".join([f"{place.about or 'Commands'}:", *lines])
    for group in place.groups():
        yield from _paragraphs(group)


class _PlaceParser(argparse.ArgumentParser):
    """The parser for the words up to a place, and for what may follow them."""

    def __init__(self, *, place: Place, **options: Any) -> None:
        shape = argparse.RawDescriptionHelpFormatter
        super().__init__(description=_flowing(place.text), formatter_class=shape, **options)
        self.place = place
        self.set_defaults(chosen=self)
        if place.members:
            under = self.add_subparsers(metavar="COMMAND", parser_class=_PlaceParser)
            for word, member in place.members.items():
                under.add_parser(word, place=member, help=member.about)
        if hasattr(place.module, "add_arguments"):
            place.module.add_arguments(self)

    def run(self, arguments: argparse.Namespace) -> int:
        """Run the command, or list the members of a group that is not one. Returns the exit
        code."""
        if not self.place.is_command:
            self.print_help()
            return 0
        code: int = self.place.module.run(arguments)
        return code

    def format_help(self) -> str:
        """Return a group's help: the list of all commands in it."""
        if self.place.is_command:
            return super().format_help()
        about = "" if self.place.words else f"{ABOUT}\n\n"
        return f"{self.format_usage()}\n{about}{listing(self.place)}\n\n{MORE}\n"


def _run(arguments: argparse.Namespace) -> int:
    chosen: _PlaceParser = arguments.chosen
    try:
        return chosen.run(arguments)
    except WrongCall as wrong:
        chosen.error(str(wrong))
    except Exception as error:
        if (text := _expected_fault(error)) is None:
            raise
        _tell(_careful(text, is_ours=isinstance(error, CommandFault)))
        return FAULT


def _careful(text: str, *, is_ours: bool) -> str:
    """Return a text with the settings' secrets redacted, and unless it is a command's own, all that
    looks like one."""
    from django.conf import settings

    from limosa.config.redaction import Redaction

    if not settings.configured:
        return text
    redaction = Redaction(settings.SECRET_TEXTS)
    return redaction.without_secrets(text) if is_ours else redaction.blotted(text)


def _tell(text: str) -> None:
    lines = "\n".join(printable(line) for line in text.split("\n"))
    print(f"limosa: {lines}", file=sys.stderr)


def _flowing(text: str) -> str:
    """Return paragraphs wrapped to the terminal's width."""
    width = shutil.get_terminal_size().columns - 2
    paragraphs = [" ".join(paragraph.split()) for paragraph in text.split("\n\n")]
    return "\n\n".join(textwrap.fill(paragraph, width) for paragraph in paragraphs)


def _expected_fault(error: Exception) -> str | None:
    """Return the message for an expected error; None if the error is a bug of ours."""
    from django.core.exceptions import ImproperlyConfigured
    from django.db import OperationalError, ProgrammingError
    from psycopg.errors import UndefinedColumn, UndefinedTable

    from limosa.servers.postgres_binaries import PostgresFault

    one_line = " ".join(str(error).split())
    match error:
        case CommandFault() | ImproperlyConfigured():
            text = str(error)  # Several are told in a line each.
        case PostgresFault():
            text = one_line
        case OperationalError():
            text = f"the database cannot be reached, or refused: {one_line}"
        case ProgrammingError(__cause__=UndefinedTable() | UndefinedColumn()):
            lack = str(error).partition("\n")[0]
            text = f"the database lacks tables of this version; run `limosa migrate` ({lack})"
        case OSError(filename=str(file)):
            text = f"{file}: {error.strerror}"
        case _:
            return None
    return text


if __name__ == "__main__":
    sys.exit(main())
