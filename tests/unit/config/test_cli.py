"""The command line: plain help at once, codes that scripts can trust, faults on one line.

What holds for one command has to hold for each: most tests here go over all that are installed.
"""

import argparse
import subprocess
import sys

import psycopg
import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError, ProgrammingError
from pytest_django.fixtures import Settings

from limosa.config import cli
from limosa.config.command import CommandFault, WrongCall
from limosa.config.command_tree import Place
from limosa.servers.postgres_binaries import PostgresFault
from tests.commands_run import (
    COMMANDS,
    READ_SETTINGS,
    ROOT,
    actions_of,
    right_call,
    run_all,
    words_of,
)

GROUPS = [group for group in (ROOT, *ROOT.groups()) if not group.is_command]
PARSER = cli.parser()


@pytest.fixture(autouse=True)
def _parser_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have hundreds of calls share one parser, which takes longer to make than to ask."""
    monkeypatch.setattr(cli, "parser", lambda: PARSER)


over_all_commands = pytest.mark.parametrize("command", COMMANDS, ids=words_of)


def ended(arguments: list[str]) -> int | str | None:
    with pytest.raises(SystemExit) as caught:
        cli.main(arguments)
    return caught.value.code


@pytest.mark.parametrize("group", GROUPS, ids=words_of)
def test_a_bare_group_lists_all_its_commands_and_is_no_fault(
    group: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(group.words) == 0
    told = capsys.readouterr()
    assert told.err == ""
    lines = [line.split("  ") for line in told.out.splitlines() if line.startswith("  ")]
    assert [line[1] for line in lines] == [words_of(command) for command in group.commands()]
    assert ended([*group.words, "--help"]) == 0
    assert capsys.readouterr().out == told.out


def test_the_list_fits_a_terminal() -> None:
    assert max(len(line) for line in cli.listing(ROOT).splitlines()) <= 80


def test_help_loads_neither_django_nor_the_domain() -> None:
    code = (
        "import sys; from limosa.config.cli import main; main([]);"
        "print([m for m in sys.modules if m.split('.')[0] == 'django' or 'limosa.domain' in m])"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert answer.stdout.splitlines()[-1] == "[]"


@over_all_commands
def test_every_command_says_what_it_does(
    command: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ended([*command.words, "--help"]) == 0
    told = capsys.readouterr().out
    assert told.startswith(f"usage: limosa {words_of(command)} ")
    assert command.about in told


@over_all_commands
def test_an_option_that_is_none_ends_with_code_2(
    command: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ended([*right_call(command), "--sing"]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("usage: limosa")
    assert "error: unrecognized arguments: --sing" in told.err.splitlines()[-1]


@over_all_commands
def test_what_is_needed_and_is_missing_ends_with_code_2(
    command: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    if right_call(command) == [*command.words]:
        return
    assert ended([*command.words]) == 2
    last = capsys.readouterr().err.splitlines()[-1]
    assert last.startswith(f"limosa {words_of(command)}: error: ")


NUMBERS = [
    (command, action.option_strings[0])
    for command in COMMANDS
    for action in actions_of(command)
    if action.option_strings and isinstance(action.default, int | float) and action.nargs is None
]


@pytest.mark.parametrize("text", ["many", "-1", "1e3x", "２", "nan", ""])
@pytest.mark.parametrize(("command", "option"), NUMBERS, ids=lambda one: getattr(one, "about", one))
def test_a_number_that_can_not_be_meant_ends_with_code_2(
    command: Place, option: str, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ended([*right_call(command), f"{option}={text}"]) == 2
    last = capsys.readouterr().err.splitlines()[-1]
    assert last.startswith(f"limosa {words_of(command)}: error: argument {option}: ")


@pytest.mark.parametrize(
    "call",
    [
        "web --port 0",
        "web --port 65536",
        "worker --concurrency 0",
        "worker --metrics 127.0.0.1:0",
        "keys rotate --batch 0",
        "demo --port 65510",
        "bench pages --people 99",
        "bench payments --seconds 0",
        "bench reconcile --payments 2999",
        "seed --subscribers 4",
        "simulate payments --runs 0",
    ],
)
def test_a_number_out_of_its_limits_ends_with_code_2(
    call: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ended(call.split()) == 2
    assert "error: " in capsys.readouterr().err.splitlines()[-1]


@pytest.mark.parametrize(
    "arguments", [["sing"], ["staff", "sing"], ["web", "sing"], ["simulate", "payments", "sing"]]
)
def test_a_word_that_is_none_ends_with_code_2(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert ended(arguments) == 2
    assert "sing" in capsys.readouterr().err


def in_the_database(cause: Exception) -> ProgrammingError:
    error = ProgrammingError(str(cause))
    error.__cause__ = cause
    return error


FAULTS = {
    "told by us": (CommandFault("No coal."), "No coal."),
    "a setting": (ImproperlyConfigured("LIMOSA_COAL is not set."), "LIMOSA_COAL is not set."),
    "no server": (
        OperationalError("failed\n\tIs the server running?\nTried twice."),
        "the database cannot be reached, or refused: failed Is the server running? Tried twice.",
    ),
    "no tables": (
        in_the_database(psycopg.errors.UndefinedTable("no coal\nLINE 1")),
        "the database lacks tables of this version; run `limosa migrate` (no coal)",
    ),
    "no PostgreSQL": (PostgresFault("initdb said:\nno room"), "initdb said: no room"),
    "no file": (
        FileNotFoundError(2, "No such file or directory", "plans.yaml"),
        "plans.yaml: No such file or directory",
    ),
}


def breaking(monkeypatch: pytest.MonkeyPatch, command: Place, error: BaseException) -> list[str]:
    """Have a command raise, and return how it is called."""

    def run(_arguments: argparse.Namespace) -> int:
        raise error

    monkeypatch.setattr(command.module, "run", run)
    return right_call(command)


@over_all_commands
def test_a_fault_is_one_line_and_code_1(
    command: Place, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for error, text in FAULTS.values():
        assert cli.main(breaking(monkeypatch, command, error)) == 1
        assert capsys.readouterr() == ("", f"limosa: {text}\n")


@over_all_commands
def test_options_that_do_not_go_together_end_with_code_2(
    command: Place, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ended(breaking(monkeypatch, command, WrongCall("Too much coal."))) == 2
    last = capsys.readouterr().err.splitlines()[-1]
    assert last == f"limosa {words_of(command)}: error: Too much coal."


@over_all_commands
def test_ctrl_c_ends_quietly_with_the_usual_code(
    command: Place, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(breaking(monkeypatch, command, KeyboardInterrupt())) == 130
    assert capsys.readouterr() == ("", "")


@over_all_commands
def test_a_defect_of_ours_keeps_its_traceback(
    command: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ZeroDivisionError):
        cli.main(breaking(monkeypatch, command, ZeroDivisionError()))
    other = in_the_database(psycopg.errors.SyntaxError("SELEC"))
    with pytest.raises(ProgrammingError):
        cli.main(breaking(monkeypatch, command, other))


def test_every_command_that_reads_settings_says_in_a_line_that_they_are_missing() -> None:
    told = run_all(READ_SETTINGS)
    assert len(told) == len(READ_SETTINGS) >= 15
    for code, out, err in told:
        assert (code, out, err.count("\n")) == (1, "", 1)
        assert err.startswith("limosa: LIMOSA_SECRET_KEY is not set.")


def test_a_day_that_is_none_is_told_in_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert ended(["reconcile", "wechatpay", "28.11.2026"]) == 2
    assert "'28.11.2026' is no day like 2026-11-20" in capsys.readouterr().err


def test_a_fault_that_quotes_a_secret_is_told_without_it(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.SECRET_TEXTS = ["hidden-in-the-coal"]
    error = OperationalError("password=hidden-in-the-coal")
    assert cli.main(breaking(monkeypatch, COMMANDS[0], error)) == 1
    assert capsys.readouterr().err.endswith("or refused: password=[…]\n")
