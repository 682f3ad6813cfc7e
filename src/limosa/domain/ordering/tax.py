"""The tax inside a price, by the place of supply."""

from django.conf import settings

from limosa.domain.ordering.models import TaxRate
from limosa.foundation.money import tax_included


def tax_in(total_minor: int) -> int:
    """Return the tax inside a total, in its minor units; none where the place has no rate."""
    for rate in TaxRate.objects.filter(place=settings.PLACE_OF_SUPPLY):
        return tax_included(total_minor, rate_basis_points=rate.rate_basis_points)
    return 0
