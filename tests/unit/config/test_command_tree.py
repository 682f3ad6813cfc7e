"""Where a command's file lies is what it is called, at any depth, of any distribution."""

import re
from pathlib import Path

import pytest

from limosa.config import cli, command_tree, commands

COMMAND = '"""{about}."""\n\n\ndef run(_arguments):\n    print("{about}")\n    return {code}\n'
# A server beside the commands of its subject, as an SM-DP+ will be.
FILES = {
    "dock/__init__.py": COMMAND.format(about="Serve profiles", code=0),
    "dock/order/__init__.py": '"""Orders of profiles."""\n',
    "dock/order/release.py": COMMAND.format(about="Release a profile", code=0),
    "dock/order/end_early.py": COMMAND.format(about="End an order", code=1),
    "dock/order/import_.py": COMMAND.format(about="Take orders in", code=0),
    "dock/order/_form.py": "raise AssertionError('no command')\n",
}


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Install a distribution that names a package of commands, and return the package's folder."""
    package = f"commands_of_{tmp_path.name.replace('-', '_')}"  # Imported once, so of this test.
    folder = tmp_path / package
    for name, text in {"__init__.py": "", **FILES}.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    told = tmp_path / "dock_lab-1.0.dist-info"
    told.mkdir()
    (told / "METADATA").write_text("Metadata-Version: 2.1\nName: dock-lab\nVersion: 1.0\n")
    group = command_tree.COMMAND_PACKAGES
    (told / "entry_points.txt").write_text(f"[{group}]\ndock = {package}\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    return folder


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ("dock", 0, "Serve profiles"),
        ("dock order release", 0, "Release a profile"),
        ("dock order end-early", 1, "End an order"),
        ("dock order import", 0, "Take orders in"),
    ],
)
@pytest.mark.usefixtures("installed")
def test_a_command_is_found_by_the_place_of_its_file(
    words: str, code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(words.split()) == code
    assert capsys.readouterr().out == f"{said}\n"


@pytest.mark.usefixtures("installed")
def test_a_group_below_a_group_lists_its_members(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["dock", "order"]) == 0
    told = capsys.readouterr().out
    assert "Orders of profiles:\n  dock order end-early  End an order\n" in told
    assert "form" not in told
    assert cli.main([]) == 0
    assert re.search(r"\n  dock +Serve profiles\n", capsys.readouterr().out)


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize("words", ["dock sing", "dock order sing", "dock order release --sing"])
def test_a_wrong_call_is_one_at_any_depth(words: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(words.split())
    assert ended.value.code == 2
    assert "sing" in capsys.readouterr().err.splitlines()[-1]


def test_a_distribution_that_does_not_load_leaves_the_others_usable(
    installed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (installed / "__init__.py").write_text("import limosa.nothing_of_the_kind\n")
    assert cli.main(["staff"]) == 0
    told = capsys.readouterr()
    assert "staff list" in told.out
    assert told.err.count("\n") == 1
    assert told.err.startswith(f"limosa: commands of {installed.name} are left out: No module")


def test_a_command_of_ours_is_not_replaced_by_anothers(
    installed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (installed / "web.py").write_text(FILES["dock/order/release.py"], encoding="utf-8")
    assert cli.main(["staff"]) == 0
    assert "left out: `limosa web` is there twice" in capsys.readouterr().err
    assert command_tree.installed_commands(print).members["web"].about.startswith("Serve the pages")


def test_the_laboratorys_commands_are_found_where_it_is_installed() -> None:
    found = command_tree.installed_commands(pytest.fail).members
    assert {"bench", "seed", "simulate"} <= found.keys(), "run: python3 tools/environment.py dev"


def test_the_products_own_commands_need_no_laboratory() -> None:
    found = command_tree.commands_of(commands).members
    assert "web" in found
    assert not {"bench", "seed", "simulate"} & found.keys()
