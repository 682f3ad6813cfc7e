"""Coverage files are taken in whole, or change nothing."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

import limosa
from limosa.domain.catalog.engine.editions import EditionRefusedError
from limosa.domain.catalog.engine.faults import CatalogFaultsError
from limosa.domain.catalog.operations.import_catalog import import_catalog
from limosa.domain.coverage.engine.facts import PlanNetwork
from limosa.domain.coverage.incoming import read_incoming
from limosa.domain.coverage.models import CoverageImport, StatedFacts
from limosa.domain.coverage.operations.import_coverage import import_coverage
from limosa.domain.coverage.queries import countries, plan_facts, regions
from tests.factories import MOMENT
from tests.factories.catalog import make_plan

pytestmark = pytest.mark.django_db

DATA = Path(limosa.__file__).parent / "data"
NETWORKS = "format,1,version,{}\nplan,carrier,countries,operator,generation\n"
FACTS = "format,1,version,{}\nplan,carrier,tethering,exit_country\n"
REGIONS = "format,1,version,{}\nregion,en,es,zh-hans,zh-hant,countries\n"
DAY, NEXT_DAY = "2026-11-20", "2026-11-21"

Write = Callable[[str, str], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write_file(name: str, text: str) -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write_file


def take_in(*paths: Path) -> list[str]:
    """Import files; return the lines that tell what changed."""
    files = import_coverage(paths=paths, now=MOMENT)
    return [line for file in files for line in file.lines]


def test_the_shipped_files_fit_the_shipped_catalogue() -> None:
    import_catalog(path=DATA / "catalog.yaml", now=MOMENT)
    files = [DATA / "coverage" / "networks.csv", DATA / "coverage" / "facts.csv"]
    import_coverage(paths=files, now=MOMENT + timedelta(days=30))
    facts = plan_facts(["att-month-5gb", "world-week-1gb"])
    assert facts["att-month-5gb"].networks["MX"] == (PlanNetwork("AT&T México", "4G"),)
    assert facts["att-month-5gb"].tethering is True
    assert len(facts["world-week-1gb"].networks) == 62
    assert facts["world-week-1gb"].exit_country == ""


def test_what_is_said_of_a_carrier_holds_for_its_plans_and_a_row_for_a_plan_counts_more(
    write: Write,
) -> None:
    make_plan(code="month", countries=["US", "MX"])
    make_plan(code="week", countries=["US"])
    take_in(
        write("n.csv", NETWORKS.format(DAY) + ",t-mobile,US MX,T-Mobile,5G\nmonth,,US,Sprint,4G\n"),
        write("f.csv", FACTS.format(DAY) + ",t-mobile,yes,US\nmonth,,no,\n"),
    )
    facts = plan_facts(["month", "week", "none"])
    assert facts.keys() == {"month", "week"}
    assert facts["month"].networks == {
        "US": (PlanNetwork("Sprint", "4G"),),
        "MX": (PlanNetwork("T-Mobile", "5G"),),
    }
    assert facts["month"].tethering is False
    assert facts["month"].exit_country == facts["week"].exit_country == "US"
    assert facts["week"].tethering is True
    assert facts["week"].has_number is None


def test_one_wrong_file_and_nothing_changes(write: Write) -> None:
    make_plan(code="month")
    right = write("n.csv", NETWORKS.format(DAY) + "month,,US,AT&T,5G\n")
    wrong = write("f.csv", FACTS.format(DAY) + "month,,maybe,\nyear,,yes,\n")
    with pytest.raises(CatalogFaultsError) as raised:
        take_in(right, wrong)
    assert [(one.file, one.line, one.field) for one in raised.value.faults] == [
        ("f.csv", 3, "tethering"),
        ("f.csv", 4, "plan"),
    ]
    assert not StatedFacts.objects.exists()
    assert not CoverageImport.objects.exists()


def test_two_files_of_one_kind_are_refused(write: Write) -> None:
    make_plan(code="month")
    text = NETWORKS.format(DAY) + "month,,US,AT&T,5G\n"
    with pytest.raises(CatalogFaultsError, match=r"holds networks, as a\.csv does"):
        take_in(write("a.csv", text), write("b.csv", text))


def test_a_file_that_is_in_use_changes_nothing(write: Write) -> None:
    make_plan(code="month")
    path = write("n.csv", NETWORKS.format(DAY) + "month,,US,AT&T,5G\n")
    assert take_in(path) == ["plan month US: - → AT&T 5G"]
    (again,) = import_coverage(paths=[path], now=MOMENT)
    assert again.in_use is not None
    assert CoverageImport.objects.count() == 1


@pytest.mark.parametrize("day", [DAY, "2026-11-19"])
def test_an_edition_that_is_not_newer_is_refused(write: Write, day: str) -> None:
    make_plan(code="month")
    take_in(write("n.csv", NETWORKS.format(DAY) + "month,,US,AT&T,5G\n"))
    with pytest.raises(EditionRefusedError):
        take_in(write("n.csv", NETWORKS.format(day) + "month,,US,AT&T,4G\n"))
    assert plan_facts(["month"])["month"].networks == {"US": (PlanNetwork("AT&T", "5G"),)}


def test_editions_of_one_kind_do_not_bind_another(write: Write) -> None:
    make_plan(code="month")
    take_in(write("n.csv", NETWORKS.format(NEXT_DAY) + "month,,US,AT&T,5G\n"))
    take_in(write("f.csv", FACTS.format(DAY) + "month,,yes,\n"))
    assert plan_facts(["month"])["month"].tethering is True


def test_what_a_newer_edition_does_not_say_is_gone(write: Write) -> None:
    make_plan(code="month")
    make_plan(code="week")
    take_in(write("n.csv", NETWORKS.format(DAY) + "month,,US,AT&T,5G\nweek,,US,AT&T,5G\n"))
    take_in(write("f.csv", FACTS.format(DAY) + "month,,yes,\n"))
    assert take_in(write("n.csv", NETWORKS.format(NEXT_DAY) + "week,,US,AT&T,4G\n")) == [
        "plan month US: AT&T 5G → -",
        "plan week US: AT&T 5G → AT&T 4G",
    ]
    facts = plan_facts(["month", "week"])
    assert facts["month"].networks == {}
    assert facts["month"].tethering is True
    assert take_in(write("f.csv", FACTS.format(NEXT_DAY) + "week,,,\n")) == [
        "plan month tethering: yes → -"
    ]
    assert [row.code for row in StatedFacts.objects.all()] == ["week"]


def test_a_dry_run_tells_the_same_and_changes_nothing(write: Write) -> None:
    make_plan(code="month")
    path = write("n.csv", NETWORKS.format(DAY) + "month,,US,AT&T,5G\n")
    (told,) = read_incoming(paths=[path], now=MOMENT)
    assert told.lines == ("plan month US: - → AT&T 5G",)
    assert not CoverageImport.objects.exists()
    assert take_in(path) == [*told.lines]


def test_an_operator_of_the_brand_lists_regions_anew(write: Write) -> None:
    assert "europe" in {region.code for region in regions()}
    lines = take_in(write("r.csv", REGIONS.format(DAY) + "mine,Mine,Mía,我的,我的,US HK\n"))
    assert "region mine: new, HK US" in lines
    assert "region europe: gone" in lines
    assert [region.code for region in regions()] == ["mine"]
    found = {country.code: country.regions for country in countries()}
    assert found["US"] == found["HK"] == ("mine",)
    assert found["FR"] == ()
    lines = take_in(write("r.csv", REGIONS.format(NEXT_DAY) + "mine,Ours,Mía,我的,我的,US MO\n"))
    assert lines == ["region mine: +MO -HK", "region mine en: Mine → Ours"]
