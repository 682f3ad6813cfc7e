"""Rows that an earlier release stored plain are sealed by the upgrade; going back unseals them."""

from collections.abc import Iterator

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from limosa.domain.esims.models import Esim
from limosa.domain.payments.models import SavedMethod
from tests.factories import MOMENT
from tests.factories.esims import make_esim

pytestmark = pytest.mark.django_db(transaction=True)

BEFORE = [("esims", "0003_suspended_at"), ("payments", "0005_settlements")]
CODE = "LPA:1$smdp.example.com$ABC"


@pytest.fixture
def newest() -> Iterator[list[tuple[str, str]]]:
    """Return the newest migrations, to which the database goes back in the end."""
    found = MigrationExecutor(connection).loader.graph.leaf_nodes()
    yield found
    MigrationExecutor(connection).migrate(found)


def stored() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT activation_code FROM esims_esim UNION ALL"
            " SELECT reference FROM payments_savedmethod"
        )
        return [text for (text,) in cursor.fetchall()]


def test_an_upgrade_seals_what_is_there_and_going_back_unseals_it(
    newest: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in (
        "esims.migrations.0004_sealed_activation_codes",
        "payments.migrations.0006_sealed_references",
    ):
        monkeypatch.setattr(f"limosa.domain.{name}.ROWS_PER_BATCH", 2)
    esims = [make_esim(activation_code=f"{CODE}{number}") for number in range(5)]
    for number in range(3):
        SavedMethod.objects.create(
            public_id=f"P{number}",
            subscriber=esims[0].subscriber,
            provider="stripe",
            reference=f"pm_{number}",
            label="Visa •••• 4242",
            consented_at=MOMENT,
        )
    plain = [*(f"{CODE}{number}" for number in range(5)), "pm_0", "pm_1", "pm_2"]
    MigrationExecutor(connection).migrate(BEFORE)
    assert sorted(stored()) == sorted(plain)
    MigrationExecutor(connection).migrate(newest)
    assert all(text.startswith("seal1.") for text in stored())
    codes = Esim.objects.order_by("id").values_list("activation_code", flat=True)
    assert [*codes] == plain[:5]
    assert SavedMethod.objects.get(reference="pm_1").public_id == "P1"
