"""The demo's folder is its own: what other checkouts left is nobody's business."""

import os
import re
import shlex
from pathlib import Path

import pytest

import limosa
from limosa.config import demo_folder, demo_run
from limosa.config.cli import main, parser
from limosa.config.command import CommandFault


@pytest.mark.parametrize("user", [0, 1000])
def test_what_another_checkout_left_is_neither_touched_nor_mentioned(
    user: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    shared, checkout = tmp_path / "shared", tmp_path / "checkout"
    left = shared / "demo-0123456789" / "database"
    for made in (left, checkout):
        made.mkdir(parents=True)
    before = sorted(shared.rglob("*"))
    monkeypatch.chdir(checkout)
    monkeypatch.setattr(demo_folder, "SHARED_FOLDER", shared)
    monkeypatch.setattr(demo_folder, "is_reachable", lambda _: False)
    monkeypatch.setattr(os, "geteuid", lambda: user)
    folder = demo_folder.default_folder()
    assert folder.parent == (shared if user == 0 else checkout / ".limosa")
    with demo_folder.prepare_folder(folder):
        demo_folder.reset_folder(folder)
    assert set(before) <= set(shared.rglob("*"))
    assert folder not in before
    assert (*capsys.readouterr(), caplog.text) == ("", "", "")


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put migrations of the test's own in the place of the product's; return their folder."""
    found = tmp_path / "limosa" / "domain" / "ledger" / "migrations"
    (found / "sql").mkdir(parents=True)
    (found / "0001_initial.py").write_text("first")
    (found / "sql" / "laws.sql").write_text("laws")
    monkeypatch.setattr(limosa, "__file__", str(tmp_path / "limosa" / "__init__.py"))
    return found


def start(folder: Path) -> None:
    """Do what a start does until the database is made."""
    demo_folder.check_tables_fit(folder)
    (folder / "database" / "cluster").mkdir(parents=True, exist_ok=True)


def test_a_demo_starts_again_on_what_it_made_also_when_migrations_were_added(
    tmp_path: Path, package: Path
) -> None:
    start(tmp_path)
    start(tmp_path)
    (package / "0002_more.py").write_text("more")
    start(tmp_path)


@pytest.mark.parametrize("changed", ["0001_initial.py", "sql/laws.sql", "gone", "unknown"])
def test_tables_that_other_migrations_made_are_refused_with_what_to_do(
    changed: str, tmp_path: Path, package: Path
) -> None:
    """Unknown: as checkouts left them that kept no record of their migrations."""
    start(tmp_path)
    if changed == "gone":
        (package / "0001_initial.py").rename(package / "0001_other.py")
    elif changed == "unknown":
        (tmp_path / "migrations.json").unlink()
    else:
        (package / changed).write_text("changed")
    for _ in range(2):  # Being refused once makes it no better.
        with pytest.raises(
            CommandFault, match=r"^The data in .*demo --data .* --reset.*\.$"
        ) as refused:
            start(tmp_path)
        assert "\n" not in str(refused.value)
    demo_folder.reset_folder(tmp_path)
    start(tmp_path)


def test_the_demo_itself_refuses_an_older_checkouts_data_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("DATABASE_URL")
    monkeypatch.setattr(demo_run, "check_ports", lambda _: None)
    (tmp_path / "database" / "cluster").mkdir(parents=True)
    assert main(["demo", "--data", str(tmp_path)]) == 1
    told = capsys.readouterr().err
    assert told.startswith(f"limosa: The data in {tmp_path} has the tables of another version")
    assert told.count("\n") == 1


def test_the_way_to_begin_anew_deletes_the_very_data_that_was_refused(
    tmp_path: Path, package: Path
) -> None:
    folder = tmp_path / "an older demo"
    folder.mkdir()
    start(folder)
    (package / "0001_initial.py").write_text("changed")
    with pytest.raises(CommandFault) as refused:
        start(folder)
    way = re.search(r"`limosa (demo .*?)`", str(refused.value))
    assert way
    asked = parser().parse_args(shlex.split(way[1]))
    assert (asked.data, asked.reset) == (folder, True)
