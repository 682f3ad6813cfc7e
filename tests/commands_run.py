"""Calls of the commands that are installed, and a process that really runs many of them."""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import pytest

import limosa
from limosa.config.command_tree import Place, installed_commands

ROOT = installed_commands(pytest.fail)
COMMANDS = [*ROOT.commands()]
READ_SETTINGS = [one for one in COMMANDS if hasattr(one.module, "set_up_django")]
# What an argument may be: the first that its type takes.
_SAMPLES = ("ada@example.com", "1", "2026-11-20", "127.0.0.1:9101", "900001=One")
_DATA = Path(*limosa.__path__, "data")
_FILES = {
    "catalog": "catalog.yaml",
    "coverage": "fcc/made_up_sample_J26_20nov2026.csv",
    "promotions": "promotions.yaml",
    "rates": "ecb_rates.csv",
}
_PROGRAM = """
import json, sys
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from limosa.config.cli import main
for call in json.load(sys.stdin):
    with redirect_stdout(StringIO()) as out, redirect_stderr(StringIO()) as err:
        code = main(call)
    print(json.dumps([code, out.getvalue(), err.getvalue()]))
"""


class Ended(NamedTuple):
    """What a command answered."""

    code: int
    out: str
    err: str


def words_of(place: Place) -> str:
    return " ".join(place.words) or "limosa"


def parser_of(command: Place) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(add_help=False)
    if hasattr(command.module, "add_arguments"):
        command.module.add_arguments(parser)
    return parser


def actions_of(command: Place) -> list[argparse.Action]:
    return parser_of(command)._actions


def right_call(command: Place) -> list[str]:
    """Return the words of a command with what it needs."""
    needed: list[str] = []
    parser = parser_of(command)
    for group in parser._mutually_exclusive_groups:
        if group.required:
            group._group_actions[0].required = True
    for action in parser._actions:
        if not action.option_strings:
            needed.append(_sample(command, action))
        elif action.required:
            value = [] if action.nargs == 0 else [_sample(command, action)]
            needed += [action.option_strings[0], *value]
    return [*command.words, *needed]


def _sample(command: Place, action: argparse.Action) -> str:
    if action.dest == "file":
        return str(_DATA / _FILES.get(command.words[0], "none"))
    parser = argparse.ArgumentParser(exit_on_error=False)
    parser.add_argument("it", type=action.type or str, choices=action.choices)
    for sample in [*(action.choices or ()), *_SAMPLES]:
        with suppress(argparse.ArgumentError):
            parser.parse_args([str(sample)])
            return str(sample)
    pytest.fail(f"{command.words}: no sample that {action.dest} takes; add one here")


def run_all(commands: Iterable[Place], **settings: str) -> list[Ended]:
    """Run each in one process, one after the other, that has these settings and no others."""
    ours = ("LIMOSA_", "DATABASE_URL", "DJANGO_SETTINGS_MODULE")
    clean = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    answer = subprocess.run(
        [sys.executable, "-c", _PROGRAM],
        input=json.dumps([right_call(command) for command in commands]),
        env=clean | settings,
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr
    return [Ended(*json.loads(line)) for line in answer.stdout.splitlines()]
