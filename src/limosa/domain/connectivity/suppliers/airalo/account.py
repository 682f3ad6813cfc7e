"""The partner account with Airalo, from the settings."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.core.exceptions import ImproperlyConfigured


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """The credentials. Never printed: it holds a secret."""

    url: str
    client_id: str
    client_secret: str

    def __repr__(self) -> str:
        return f"Account({self.client_id})"


def read_account(values: Mapping[str, str]) -> Account:
    """Return the account described by settings.SUPPLIER_SETTINGS["airalo"].

    Raises ImproperlyConfigured, naming the variable and never its value.
    """
    for name in ("client_id", "client_secret", "url"):
        if not values[name]:
            raise ImproperlyConfigured(f"LIMOSA_AIRALO_{name.upper()} is not set.")
    return Account(
        url=values["url"].rstrip("/"),
        client_id=values["client_id"],
        client_secret=values["client_secret"],
    )
