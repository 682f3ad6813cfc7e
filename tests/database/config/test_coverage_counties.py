"""Counties of the United States are imported as the FCC has them, or nothing changes."""

import shutil
from pathlib import Path

import pytest

import limosa
from limosa.config.cli import main
from limosa.domain.coverage.models import CountyCoverage, CoverageImport
from limosa.domain.coverage.queries import counties_of

pytestmark = pytest.mark.django_db

SAMPLE = Path(limosa.__file__).parent / "data" / "fcc" / "made_up_sample_J26_20nov2026.csv"
PROVIDERS = ["--provider", "900001=One", "--provider", "900002=Two"]


def take_in(path: Path, *more: str) -> int:
    return main(["coverage", "counties", str(path), *PROVIDERS, *more])


def newer(folder: Path, old: str = "", new: str = "") -> Path:
    """Return an edition of the next day in which a text stands in another's place."""
    path = folder / "sample_J26_21nov2026.csv"
    path.write_text(SAMPLE.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    return path


def test_the_sample_is_taken_in(capsys: pytest.CaptureFixture[str]) -> None:
    assert take_in(SAMPLE) == 0
    assert capsys.readouterr().out == "counties 2026-11-20: +3 ~0 -0; 3 rows in use\n"
    one, two = counties_of("06")
    assert (one.county, one.name, one.operator) == ("06037", "Sample County One", "One")
    assert (one.lte_basis_points, one.nr_basis_points, one.nr_fast_basis_points) == (
        9876,
        9100,
        8050,
    )
    assert (two.operator, two.nr_fast_basis_points) == ("Two", None)
    assert [row.county for row in counties_of("32")] == ["32003"]
    assert counties_of("48") == []


def test_the_same_file_changes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert take_in(SAMPLE) == take_in(SAMPLE) == 0
    assert capsys.readouterr().out.splitlines()[-1] == (
        "counties 2026-11-20: this very file is in use already; nothing changed"
    )
    assert CoverageImport.objects.count() == 1


def test_a_newer_file_replaces_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    take_in(SAMPLE)
    path = newer(tmp_path, "0.9876", "0.99")
    assert take_in(path, "--dry-run") == 0
    assert CountyCoverage.objects.filter(lte_basis_points=9876).exists()
    assert take_in(path) == 0
    assert capsys.readouterr().out.splitlines()[1:] == [
        "counties 2026-11-21: +0 ~1 -0; this was a dry run; nothing was changed",
        "counties 2026-11-21: +0 ~1 -0; 3 rows in use",
    ]
    assert CountyCoverage.objects.get(county="06037", operator="One").lte_basis_points == 9900


def test_an_older_file_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    take_in(newer(tmp_path, "0.75", "0.76"))
    assert take_in(SAMPLE) == 1
    assert "is older than 2026-11-21" in capsys.readouterr().err


def test_a_wrong_row_and_nothing_changes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    take_in(SAMPLE)
    assert take_in(newer(tmp_path, "0.75", "75 %")) == 1
    assert "sample_J26_21nov2026.csv:4: mobilebb_4g_area_st_pct" in capsys.readouterr().err
    assert CountyCoverage.objects.count() == 3


def test_text_in_another_encoding_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "sample_J26_21nov2026.csv"
    path.write_bytes(SAMPLE.read_bytes().replace(b"Two", b"Tw\xf3"))
    assert take_in(path) == 1
    assert "this is not UTF-8 text" in capsys.readouterr().err


def test_a_name_that_tells_no_edition_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = shutil.copy(SAMPLE, tmp_path / "sample.csv")
    assert take_in(Path(path)) == 1
    assert "it tells the edition" in capsys.readouterr().err


@pytest.mark.parametrize("given", ["900001", "=One", "x=One", "900001=", f"1={'x' * 61}"])
def test_a_provider_needs_a_number_and_a_name(given: str) -> None:
    with pytest.raises(SystemExit):
        main(["coverage", "counties", str(SAMPLE), "--provider", given])
