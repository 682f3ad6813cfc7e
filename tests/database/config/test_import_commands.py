"""What the commands that import say, and how they exit."""

from pathlib import Path

import pytest

import limosa
from limosa.config.cli import main
from limosa.domain.catalog.models import ExchangeRate, Plan
from limosa.domain.promotions.models import Promotion

pytestmark = pytest.mark.django_db

DATA = Path(limosa.__file__).parent / "data"


def test_the_shipped_files_are_taken_in(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["catalog", "import", str(DATA / "catalog.yaml")]) == 0
    assert main(["promotions", "import", str(DATA / "promotions.yaml")]) == 0
    assert main(["rates", "import", str(DATA / "ecb_rates.csv")]) == 0
    said = [line for line in capsys.readouterr().out.splitlines() if not line.startswith("new: ")]
    assert said == [
        "catalogue 2026-11-22: 30 plans on sale",
        "promotions: 4 taken in",
        "exchange rates: 959 taken in",
    ]


def test_the_same_catalogue_again_says_that_nothing_changed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    for _ in range(2):
        assert main(["catalog", "import", str(DATA / "catalog.yaml")]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == (
        "catalogue 2026-11-22: this very file is in use already; nothing changed"
    )


@pytest.mark.parametrize(
    ("command", "file"),
    [("catalog", "plans.yaml"), ("promotions", "promotions.yaml"), ("rates", "rates.csv")],
)
def test_faults_are_told_one_a_line_and_nothing_changes(
    command: str, file: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / file
    path.write_text("plan: 7\n", encoding="utf-8")
    assert main([command, "import", str(path)]) == 1
    lines = capsys.readouterr().err.splitlines()
    assert lines[0].endswith("; nothing was changed")
    assert lines[0].startswith("limosa: ")
    assert all(line.startswith(f"{file}:1: ") for line in lines[1:])
    for model in (Plan, Promotion, ExchangeRate):
        assert not model.objects.exists()


@pytest.mark.parametrize("command", ["catalog", "promotions", "rates"])
def test_a_file_that_is_not_there_is_told_by_name(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([command, "import", "/nowhere/plans.yaml"]) == 1
    expected = "limosa: /nowhere/plans.yaml: No such file or directory\n"
    assert capsys.readouterr().err == expected
