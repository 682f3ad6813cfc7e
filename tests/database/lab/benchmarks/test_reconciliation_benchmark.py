"""A day of thousands of payments: just the planted differences are found, of every kind."""

from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from limosa.domain.ordering.operations.reconcile import reconcile
from limosa.domain.payments.engine.comparison import DifferenceKind
from limosa.domain.payments.models import Difference, DifferenceState, SettlementTotal
from limosa.domain.payments.registry import provider_for
from limosa_lab.benchmarks.settlement_day import (
    DAY,
    DIFFERENCES,
    lines_of,
    make_rows,
    plan_day,
)
from limosa_lab.benchmarks.settlement_provider import PATH, PROVIDER, as_text


@pytest.mark.django_db
def test_all_planted_differences_of_a_day_are_found_and_nothing_else(
    tmp_path: Path, settings: Settings
) -> None:
    settings.PAYMENT_PROVIDERS = {PROVIDER: PATH}
    provider_for.cache_clear()
    plan = plan_day(3_000)
    assert len(plan.expected) == DIFFERENCES
    assert {kind for kind, _ in plan.expected} == {kind.value for kind in DifferenceKind}
    make_rows(plan)
    file = tmp_path / "settlement.csv"
    file.write_text("".join(f"{as_text(line)}\n" for line in lines_of(plan)), encoding="utf-8")
    for _ in range(2):
        with file.open("rb") as settlement_file:
            reconcile(provider_code=PROVIDER, day=DAY, now=timezone.now(), file=settlement_file)
        found = Difference.objects.filter(state=DifferenceState.OPEN).values_list("kind", "subject")
        assert set(found) == plan.expected
        assert Difference.objects.count() == DIFFERENCES
    # Only the payment that is in no journal is unexplained by the lines.
    (yuan, dollars) = SettlementTotal.objects.order_by("currency")
    (unbooked,) = (i for i, kind in plan.by_payment.items() if kind == "clearing")
    assert yuan.unexplained_minor == 500 + unbooked * 7919 % 20000
    assert dollars.unexplained_minor == 0
    provider_for.cache_clear()
