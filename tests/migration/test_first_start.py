"""Each package makes its tables in one step, as long as there is no release to come from."""

import argparse

import pytest
from django.db.migrations.loader import MigrationLoader

from limosa.config.commands import migrate
from tests.processes import ROOT

pytestmark = pytest.mark.django_db


def test_until_the_first_release_each_package_has_one_migration() -> None:
    """From then on they are kept, and this test goes: see "change a table" in CONTRIBUTING."""
    assert "\n## " not in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    found = MigrationLoader(None).disk_migrations or {}
    ours = {key for key, one in found.items() if one.__module__.startswith("limosa.")}
    assert len(ours) > 5
    assert {name for _, name in ours} == {"0001_initial"}


def test_migrating_again_changes_nothing_and_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert migrate.run(argparse.Namespace()) == 0
    assert capsys.readouterr().out == "database: nothing to change\n"
