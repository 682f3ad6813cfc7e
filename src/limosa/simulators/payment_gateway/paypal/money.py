"""PayPal's amounts: decimal texts on the wire, minor units in the tables."""

import re

from limosa.simulators.payment_gateway.paypal.refusals import parameter_refusal
from limosa.simulators.payment_gateway.wire import Json

# Source: developer.paypal.com, "Currency codes": these have no decimals.
_WITHOUT_DECIMALS = frozenset({"HUF", "JPY", "TWD"})
CURRENCIES = frozenset(
    {"AUD", "BRL", "CAD", "CNY", "CZK", "DKK", "EUR", "HKD", "HUF", "ILS", "JPY", "MYR", "MXN"}
    | {"TWD", "NZD", "NOK", "PHP", "PLN", "GBP", "SGD", "SEK", "CHF", "THB", "USD"}
)
FEE_BASIS_POINTS = 349
FEE_FIXED_MINOR = 49


def written(amount_minor: int, currency: str) -> dict[str, str]:
    """Format an amount as the API does: 2599 cents are "25.99"."""
    sign, amount = ("-" if amount_minor < 0 else ""), abs(amount_minor)
    value = str(amount)
    if currency not in _WITHOUT_DECIMALS:
        value = f"{amount // 100}.{amount % 100:02}"
    return {"currency_code": currency, "value": sign + value}


def read_amount(amount: object, field: str) -> tuple[int, str]:
    """Return minor units and currency. Raises PayPalRefusalError."""
    members: Json = amount if isinstance(amount, dict) else {}
    value, currency = members.get("value"), members.get("currency_code")
    if currency not in CURRENCIES:
        raise parameter_refusal(f"{field}/currency_code", "INVALID_CURRENCY_CODE", currency)
    if not isinstance(value, str) or not re.fullmatch(r"[0-9]{1,13}(\.[0-9]{1,2})?", value):
        raise parameter_refusal(f"{field}/value", "INVALID_PARAMETER_SYNTAX", value)
    whole, _, part = value.partition(".")
    if currency in _WITHOUT_DECIMALS:
        if part.strip("0"):
            raise parameter_refusal(f"{field}/value", "DECIMALS_NOT_SUPPORTED", value)
        return int(whole), str(currency)
    return int(whole) * 100 + int(part.ljust(2, "0")), str(currency)


def fee_of(amount_minor: int) -> int:
    """Return PayPal's fee for a payment: 3.49 %, half a cent rounded up, and a fixed fee."""
    return (amount_minor * FEE_BASIS_POINTS * 2 + 10_000) // 20_000 + FEE_FIXED_MINOR
