"""The index of what ships: all places, and the demo's thirty plans. Models are imported inside:
Django is not set up yet."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import DjangoDbBlocker

import limosa

CATALOG = Path(limosa.__file__).parent / "data" / "catalog.yaml"


@pytest.fixture(scope="module")
def shipped_index(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Index the shipped catalogue once for a module; its tests change nothing."""
    from django.core.management import call_command  # noqa: PLC0415

    from limosa.domain.catalog.operations.import_catalog import import_catalog  # noqa: PLC0415
    from limosa.domain.search.operations.rebuild_index import rebuild_index  # noqa: PLC0415
    from tests.factories import MOMENT  # noqa: PLC0415

    with django_db_blocker.unblock():
        import_catalog(path=CATALOG, now=MOMENT)
        rebuild_index(now=MOMENT)
    yield
    with django_db_blocker.unblock():
        call_command("flush", interactive=False, verbosity=0)
