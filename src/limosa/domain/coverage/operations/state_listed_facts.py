"""Keep what a supplier's list says of its plans where they are used."""

from collections.abc import Mapping
from datetime import datetime

from limosa.domain.coverage.engine.facts import (
    NOTHING,
    Origin,
    PlanFacts,
    digest_of,
    without_networks,
    written,
)
from limosa.domain.coverage.models import StatedFacts
from limosa.domain.coverage.stating import FACT_COLUMNS, batches, columns_of, facts_of, store_sets

_COLUMNS = [*FACT_COLUMNS, "networks"]


def state_listed_facts(
    *, supplier_code: str, facts: Mapping[str, PlanFacts], now: datetime
) -> None:
    """Make these what the supplier's list says, by its own codes; a code that is not among them
    says nothing any more. Only what differs is written.

    The caller is in a transaction and holds the supplier's list, as store_list does.
    """
    said = {code: one for code, one in facts.items() if one != NOTHING}
    rows = StatedFacts.objects.filter(origin=Origin.LISTED, supplier=supplier_code)
    old = {row.code: (facts_of(row), row.networks_id) for row in rows}
    texts = {code: written(one.networks) if one.networks else "" for code, one in said.items()}
    digests = {text: digest_of(text) for text in {*texts.values()} if text}
    changed = [
        code
        for code, one in said.items()
        if old.get(code) != (without_networks(one), digests.get(texts[code]))
    ]
    store_sets(said[code].networks for code in changed if texts[code])
    for some in batches(changed):
        StatedFacts.objects.bulk_create(
            [
                StatedFacts(
                    origin=Origin.LISTED,
                    supplier=supplier_code,
                    code=code,
                    networks_id=digests.get(texts[code]),
                    stated_at=now,
                    **columns_of(said[code]),
                )
                for code in some
            ],
            update_conflicts=True,
            unique_fields=["code", "origin", "supplier"],
            update_fields=[*_COLUMNS, "stated_at"],
        )
    for some in batches(sorted({*old} - {*said})):
        rows.filter(code__in=some).delete()
