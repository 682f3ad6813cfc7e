"""The migrations make what the models say: a model that changed alone is noticed."""

import pytest
from django.core.management import call_command

from limosa.domain.catalog.models import Plan

pytestmark = pytest.mark.django_db


def look_for_changes() -> None:
    """Ask Django what the migrations lack. Raises SystemExit if they lack anything."""
    call_command("makemigrations", check=True, dry_run=True, interactive=False)


def test_the_migrations_make_what_the_models_say(capsys: pytest.CaptureFixture[str]) -> None:
    look_for_changes()
    assert capsys.readouterr().out == "No changes detected\n"


def test_a_model_that_changed_alone_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control."""
    monkeypatch.setattr(Plan._meta.get_field("code"), "max_length", 60)
    with pytest.raises(SystemExit):
        look_for_changes()
