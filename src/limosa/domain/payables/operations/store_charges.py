from collections.abc import Sequence

from django.db.models import F, OuterRef, Q, Subquery

from limosa.domain.connectivity.answers import Charge
from limosa.domain.connectivity.models import Supply
from limosa.domain.payables.models import REFERENCE_LENGTH_MAX, ChargedLine

_ROWS_AT_A_TIME = 1_000
_CONTENT = ["amount_minor", "currency", "charged_at", "number", "reference"]


def store_charges(*, supplier_code: str, charges: Sequence[Charge]) -> None:
    """Store lines of a supplier's statement, each once; the content of one that is there is
    updated. Then find the orders that lines are about: by our number, otherwise by the supplier's
    reference.

    Commits with the caller's transaction, which holds the supplier's account.
    """
    rows = {
        charge.charge_id: ChargedLine(
            supplier=supplier_code,
            charge_id=charge.charge_id[:REFERENCE_LENGTH_MAX],
            amount_minor=charge.amount.amount_minor,
            currency=charge.amount.currency,
            charged_at=charge.charged_at,
            number=charge.number[:REFERENCE_LENGTH_MAX],
            reference=charge.reference[:REFERENCE_LENGTH_MAX],
        )
        for charge in charges
    }
    ChargedLine.objects.bulk_create(
        rows.values(),
        batch_size=_ROWS_AT_A_TIME,
        update_conflicts=True,
        unique_fields=["supplier", "charge_id"],
        update_fields=_CONTENT,
    )
    of_supplier = Supply.objects.filter(supplier=supplier_code)
    by_number = of_supplier.filter(order_number=OuterRef("number"))
    by_reference = of_supplier.filter(reference=OuterRef("reference"))
    unknown = ChargedLine.objects.filter(supplier=supplier_code, supply__isnull=True)
    for matching, has in ((by_number, ~Q(number="")), (by_reference, ~Q(reference=""))):
        unknown.filter(has).annotate(found=Subquery(matching.values("pk")[:1])).filter(
            found__isnull=False
        ).update(supply=F("found"))
