"""What prices depend on beyond wholesale: the tax of our place, and the fee of payments."""

from dataclasses import dataclass

from django.conf import settings

from limosa.domain.ordering.models import TaxRate
from limosa.domain.wholesale.engine.pricing import Fee
from limosa.domain.wholesale.models import PriceSheet
from limosa.domain.wholesale.pricing_pass import Repriced


@dataclass(frozen=True, slots=True)
class Synced:
    """A sheet, whole or failed; what a whole one meant for the plans on sale."""

    sheet: PriceSheet
    repriced: Repriced | None


def dearest_fee() -> Fee:
    """Return what the dearest payment method keeps, by the settings."""
    return Fee(
        basis_points=settings.PAYMENT_FEE_BASIS_POINTS, fixed=dict(settings.PAYMENT_FEE_FIXED)
    )


def tax_in_prices() -> int:
    """Return the tax of our place, in hundredths of a percent of the net; 0: none is known."""
    rates = TaxRate.objects.filter(place=settings.PLACE_OF_SUPPLY)
    return rates.values_list("rate_basis_points", flat=True).first() or 0
