"""The command `limosa`. Exit codes: 0 done, 1 a fault (said on one line), 2 a wrong call."""

import argparse
import importlib
import pkgutil
import signal
import sys
from collections.abc import Sequence
from importlib.metadata import entry_points, version
from types import ModuleType
from typing import Any

from limosa.config import commands
from limosa.config.command import CommandFault

FAULT, INTERRUPTED = 1, 130
# Where another distribution names a package of commands, as limosa-lab does.
COMMAND_PACKAGES = "limosa.commands"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command that the arguments name; returns the exit code."""
    parser = _parser()
    chosen = parser.parse_args(arguments)
    try:
        code: int = chosen.run(chosen)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:  # As in `limosa --help | head`.
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
        return FAULT
    except Exception as error:
        if (text := _expected_fault(error)) is None:
            raise
        print(f"limosa: {text}", file=sys.stderr)
        return FAULT
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="limosa",
        description="Sells, delivers and renews eSIM data plans.",
        epilog="Settings come from the environment; see docs/reference/settings.md.",
    )
    parser.add_argument("--version", action="version", version=f"limosa {version('limosa')}")
    places: dict[tuple[str, ...], Any] = {
        (): parser.add_subparsers(metavar="COMMAND", required=True)
    }
    modules = {tuple(name.rpartition(".")[2].split("_")): _module(name) for name in _names()}
    for words, module in modules.items():
        *group, name = words
        if tuple(group) not in places:
            about = "; ".join(
                f"{other[-1]}: {_first_line(member)}"
                for other, member in modules.items()
                if other[:-1] == tuple(group)
            )
            group_parser = places[()].add_parser(group[0], help=about, description=about)
            places[tuple(group)] = group_parser.add_subparsers(metavar="COMMAND", required=True)
        command = places[tuple(group)].add_parser(
            name, help=_first_line(module), description=module.__doc__
        )
        command.set_defaults(run=module.run)
        if hasattr(module, "add_arguments"):
            module.add_arguments(command)
    return parser


def _names() -> list[str]:
    """Return the commands' modules: ours, and those of packages that are installed beside us."""
    packages = [commands, *(point.load() for point in entry_points(group=COMMAND_PACKAGES))]
    return [
        f"{package.__name__}.{found.name}"
        for package in packages
        for found in pkgutil.iter_modules(package.__path__)
    ]


def _module(name: str) -> ModuleType:
    return importlib.import_module(name)


def _first_line(module: ModuleType) -> str:
    return (module.__doc__ or "").strip().split("\n", 1)[0].rstrip(".")


def _expected_fault(error: Exception) -> str | None:
    """Return what to tell about a fault that is not a defect of ours; None if it is one."""
    from django.core.exceptions import ImproperlyConfigured
    from django.db import OperationalError

    from limosa.servers.postgres_binaries import PostgresFault

    if isinstance(error, CommandFault | PostgresFault | ImproperlyConfigured):
        return str(error)
    if isinstance(error, OperationalError):
        return f"the database cannot be reached, or refused: {str(error).strip()}"
    if isinstance(error, OSError) and error.filename is not None:
        return f"{error.filename}: {error.strerror}"
    return None


if __name__ == "__main__":
    sys.exit(main())
