"""The account with BillionConnect, from the settings."""

from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parseaddr

from django.core.exceptions import ImproperlyConfigured

from limosa.foundation.currencies import CURRENCIES


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """The credentials and what the contract says. Never printed: it holds a secret.

    `refund_reason` empty: nothing that is delivered can be given back. `unknown_order_code`: by
    which it says that it has no such order; empty: not known.
    """

    url: str
    app_key: str
    app_secret: str
    sales_method: str
    currency: str
    email: str
    refund_reason: str
    unknown_order_code: str

    def __repr__(self) -> str:
        return f"Account({self.app_key})"


def read_account(values: Mapping[str, str]) -> Account:
    """Return the account described by settings.SUPPLIER_SETTINGS["billionconnect"].

    Raises ImproperlyConfigured, naming the variable and never its value.
    """
    for name in ("app_key", "app_secret", "sales_method", "currency", "email", "url"):
        if not values[name]:
            raise ImproperlyConfigured(f"LIMOSA_BILLIONCONNECT_{name.upper()} is not set.")
    if values["currency"].upper() not in CURRENCIES:
        raise ImproperlyConfigured("LIMOSA_BILLIONCONNECT_CURRENCY is no currency of ISO 4217.")
    return Account(
        url=values["url"],
        app_key=values["app_key"],
        app_secret=values["app_secret"],
        sales_method=values["sales_method"],
        currency=values["currency"].upper(),
        email=parseaddr(values["email"])[1],
        refund_reason=values["refund_reason"],
        unknown_order_code=values["unknown_order_code"],
    )
