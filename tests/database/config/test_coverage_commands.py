"""What the commands about coverage say, and how they exit."""

from pathlib import Path

import pytest

import limosa
from limosa.config.cli import main
from limosa.domain.coverage.models import CoverageImport, StatedFacts
from tests.factories.catalog import make_plan

pytestmark = pytest.mark.django_db

NETWORKS = "format,1,version,2026-11-20\nplan,carrier,countries,operator,generation\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    make_plan(code="month", countries=["US"])
    path = tmp_path / "networks.csv"
    path.write_text(NETWORKS + "month,,US,AT&T,5G\n", encoding="utf-8")
    return path


def test_an_import_lists_what_it_changes(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["coverage", "import", str(file)]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "plan month US: - → AT&T 5G",
        "networks 2026-11-20: 1 row in use",
    ]
    assert main(["coverage", "import", str(file)]) == 0
    assert capsys.readouterr().out == (
        "networks 2026-11-20: this very file is in use already; nothing changed\n"
    )


def test_a_dry_run_changes_nothing(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["coverage", "import", "--dry-run", str(file)]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "plan month US: - → AT&T 5G",
        "networks 2026-11-20: this was a dry run; nothing was changed",
    ]
    assert not CoverageImport.objects.exists()
    assert not StatedFacts.objects.exists()


def test_faults_are_told_one_a_line(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_text(NETWORKS + "month,,FR,AT&T,6G\n", encoding="utf-8")
    assert main(["coverage", "import", str(file)]) == 1
    assert capsys.readouterr().err.splitlines() == [
        "limosa: 2 faults; nothing was changed",
        "networks.csv:3: countries: the plan month does not reach FR",
        'networks.csv:3: generation: "6G" is no generation; write 2G, 3G, 4G, 5G',
    ]


def test_an_older_edition_is_refused(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["coverage", "import", str(file)]) == 0
    text = file.read_text(encoding="utf-8").replace("2026-11-20", "2026-11-19")
    file.write_text(text, encoding="utf-8")
    assert main(["coverage", "import", str(file)]) == 1
    assert "is older than 2026-11-20" in capsys.readouterr().err


def test_a_file_that_is_not_there_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["coverage", "import", "/nowhere/n.csv"]) == 1
    assert capsys.readouterr().err == "limosa: /nowhere/n.csv: No such file or directory\n"


def test_a_list_of_many_changes_is_cut(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for number in range(201):
        make_plan(code=f"plan-{number}-of-many", countries=["US"])
    rows = "".join(f"plan-{number}-of-many,,US,AT&T,5G\n" for number in range(201))
    file.write_text(NETWORKS + rows, encoding="utf-8")
    assert main(["coverage", "import", str(file)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 202
    assert lines[-2:] == ["… and 1 more", "networks 2026-11-20: 201 rows in use"]


def test_a_country_is_shown_with_its_operators_and_whom_they_are_by(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["coverage", "show", "hk"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("HK  Hong Kong · 香港 · ")
    assert lines[1] == "regions: asia, greater-china, worldwide"
    assert "  SmarTone  5G" in lines
    assert "    codes: 454-06" in lines
    assert "CC BY-SA 3.0" in lines[-1]


def test_a_country_without_operators_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["coverage", "show", "BV"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "operators: -"


def test_a_country_that_is_not_there_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["coverage", "show", "\x1b[2J"]) == 1
    assert "\x1b" not in (said := capsys.readouterr().err)
    assert "is not a country" in said


def test_every_file_that_ships_says_what_it_is() -> None:
    """Its licence and its origin."""
    data = Path(limosa.__file__).parent / "data"
    told = (data / "README.md").read_text(encoding="utf-8")
    for folder in ("geo", "mccmnc", "operators", "coverage"):
        for file in (data / folder).glob("*.*"):
            assert f"{folder}/{file.name}" in told
