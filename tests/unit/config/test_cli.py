"""The command line: plain help at once, codes that scripts can trust, faults on one line."""

import argparse
import subprocess
import sys
from types import SimpleNamespace

import pytest

from limosa.config import cli
from limosa.config.command import CommandFault


def call(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "limosa.config.cli", *arguments],
        capture_output=True,
        text=True,
        check=False,
    )


def test_help_lists_the_commands() -> None:
    answer = call("--help")
    assert answer.returncode == 0
    for command in ("web", "worker", "demo", "migrate", "catalog", "rates"):
        assert f"    {command} " in answer.stdout


def test_help_loads_neither_django_nor_the_domain() -> None:
    code = (
        "import sys; from limosa.config.cli import _parser; _parser();"
        "print([m for m in sys.modules if m.split('.')[0] == 'django' or 'limosa.domain' in m])"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert answer.stdout.strip() == "[]"


@pytest.mark.parametrize("name", cli._names())
def test_every_command_says_what_it_does(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main([*name.rpartition(".")[2].split("_"), "--help"])
    assert ended.value.code == 0
    assert len(capsys.readouterr().out.splitlines()) > 3


@pytest.mark.parametrize("arguments", [[], ["sing"], ["web", "--port", "many"], ["catalog"]])
def test_a_wrong_call_ends_with_code_2(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(arguments)
    assert ended.value.code == 2
    assert "usage: limosa" in capsys.readouterr().err


def command_that_raises(error: BaseException) -> object:
    def run(_arguments: argparse.Namespace) -> int:
        raise error

    return SimpleNamespace(__doc__="A command.", run=run)


def test_a_fault_is_one_line_and_code_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(cli, "_module", lambda _: command_that_raises(CommandFault("No coal.")))
    assert cli.main(["web"]) == 1
    assert capsys.readouterr().err == "limosa: No coal.\n"


def test_a_missing_file_is_a_fault_not_a_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    error = FileNotFoundError(2, "No such file or directory", "plans.yaml")
    monkeypatch.setattr(cli, "_module", lambda _: command_that_raises(error))
    assert cli.main(["web"]) == 1
    assert capsys.readouterr().err == "limosa: plans.yaml: No such file or directory\n"


def test_a_defect_of_ours_keeps_its_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli, "_module", lambda _: command_that_raises(ZeroDivisionError()))
    with pytest.raises(ZeroDivisionError):
        cli.main(["web"])


def test_ctrl_c_ends_quietly_with_the_usual_code(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli, "_module", lambda _: command_that_raises(KeyboardInterrupt()))
    assert cli.main(["web"]) == 130


def test_a_day_that_is_none_is_told_in_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["reconcile", "wechatpay", "28.11.2026"])
    assert ended.value.code == 2
    assert "'28.11.2026' is no day like 2026-11-20" in capsys.readouterr().err
