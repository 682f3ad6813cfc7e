"""The set-up trusts what the machine trusts, a company's TLS proxy among it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tools import environment

UV_VARIABLE = "UV_SYSTEM_CERTS"
SHOW = (sys.executable, "-c", f"import os; print(os.environ.get('{UV_VARIABLE}'))")


@pytest.fixture
def machines_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return the file of a machine's certificates; nobody told pip of another."""
    file = tmp_path / "trusted.pem"
    file.touch()
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.delenv("PIP_CERT", raising=False)
    return str(file)


def test_pip_is_given_the_machines_certificates(machines_file: str) -> None:
    assert environment.certificates_for(Path(sys.executable)) == ["--cert", machines_file]


def test_pip_keeps_the_certificates_that_it_was_told_of(
    machines_file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_CERT", "/somewhere/else.pem")
    assert environment.certificates_for(Path(sys.executable)) == []


def test_without_a_file_the_installers_use_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", "/nonexistent")
    monkeypatch.setattr(environment, "TRUSTED_CERTIFICATES", ("/nonexistent too",))
    monkeypatch.delenv(UV_VARIABLE, raising=False)
    assert environment.certificates_for(Path(sys.executable)) == []
    assert UV_VARIABLE not in environment.environment_of_installers()


@pytest.mark.parametrize("said", [None, "0"])
def test_uv_is_told_to_trust_the_machine_unless_a_person_said_otherwise(
    said: str | None, machines_file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(UV_VARIABLE, raising=False)
    if said is not None:
        monkeypatch.setenv(UV_VARIABLE, said)
    shown = subprocess.run(
        SHOW,
        env=environment.environment_of_installers(),
        text=True,
        capture_output=True,
        check=True,
    )
    assert shown.stdout.strip() == (said or "1")


@pytest.mark.parametrize("user", [0, 1000])
def test_installers_trust_the_machine_whoever_installs(
    user: int, machines_file: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What each program that set-up runs is told: uv by its variable, pip by its option."""
    monkeypatch.delenv(UV_VARIABLE, raising=False)
    monkeypatch.setattr(os, "geteuid", lambda: user)
    monkeypatch.setattr(environment, "UV_ENVIRONMENT", tmp_path / ".uv")
    monkeypatch.setattr(environment, "UV_STAMP", tmp_path / ".uv" / "stamp")
    monkeypatch.setattr("venv.create", _make_told)
    environment.install_uv()
    told = (tmp_path / ".uv" / "told").read_text(encoding="utf-8").splitlines()
    install = next(line for line in told if " install " in line)
    assert install.startswith("1 ")
    assert f"--cert {machines_file}" in install


@pytest.mark.parametrize(("kind", "projects"), [("demo", ["."]), ("dev", [".", "src/limosa_lab"])])
def test_the_laboratory_is_installed_for_those_who_work_on_limosa_alone(
    kind: str, projects: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed: list[str] = []

    def run(*command: str | Path) -> None:
        if "--editable" in command:
            installed.append(os.path.relpath(command[-1], environment.ROOT))

    monkeypatch.setattr(environment, "ENVIRONMENT", tmp_path)
    monkeypatch.setattr(environment, "STAMP", tmp_path / "stamp")
    monkeypatch.setattr(environment, "install_uv", lambda: tmp_path / "uv")
    monkeypatch.setattr(environment, "run", run)
    environment.install(kind)
    assert installed == projects


def _make_told(folder: Path, **_options: object) -> None:
    """Make an environment whose Python writes down what it is told, and what of uv's variable."""
    python = folder / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\necho "${UV_VARIABLE} $*" >> "{folder}/told"\n', encoding="utf-8")
    python.chmod(0o755)
