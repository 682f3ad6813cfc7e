"""The account with Stripe, from the settings."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

# A restricted key (rk_) is enough for everything we do, and is safer to hand out.
_SECRET_KEY = re.compile(r"(?:sk|rk)_(live|test)_[0-9A-Za-z_]{8,250}", re.ASCII)
_ACCOUNT = re.compile(r"acct_[0-9A-Za-z]{4,60}", re.ASCII)
_WEBHOOK_SECRET = re.compile(r"whsec_[0-9A-Za-z+/=_-]{8,250}", re.ASCII)
WEBHOOK_SECRETS_MAX = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """The credentials on both sides. Never printed: it holds secrets.

    `webhook_secrets`: while a secret is being replaced, both sign, and either is accepted.
    `is_live`: whether real cards are charged; derived from the secret key.
    """

    account_id: str
    secret_key: str
    webhook_secrets: tuple[str, ...]
    api_url: str
    is_live: bool

    def __repr__(self) -> str:
        return f"Account({self.account_id})"


def read_account(values: Mapping[str, str]) -> Account:
    """Return the account described by settings.PROVIDER_SETTINGS["stripe"].

    Raises ImproperlyConfigured, naming the variable and never its value.
    """
    for name in ("secret_key", "account", "webhook_secret"):
        if not values[name]:
            raise _fault(name, "is not set")
    key = _SECRET_KEY.fullmatch(values["secret_key"])
    if key is None:
        raise _fault("secret_key", "must begin with sk_live_, sk_test_, rk_live_ or rk_test_")
    if not _ACCOUNT.fullmatch(values["account"]):
        raise _fault("account", "must be the account's id, acct_…")
    secrets = tuple(word.strip() for word in values["webhook_secret"].split(","))
    if len(secrets) > WEBHOOK_SECRETS_MAX or not all(map(_WEBHOOK_SECRET.fullmatch, secrets)):
        raise _fault("webhook_secret", "must be one secret, whsec_…, or two with a comma between")
    api = urlsplit(values["api_url"])
    if api.scheme not in {"http", "https"} or not api.netloc or api.query:
        raise _fault("api_url", "must be the beginning of a URL, such as https://host")
    return Account(
        account_id=values["account"],
        secret_key=values["secret_key"],
        webhook_secrets=secrets,
        api_url=values["api_url"].rstrip("/"),
        is_live=key[1] == "live",
    )


def _fault(name: str, what: str) -> ImproperlyConfigured:
    return ImproperlyConfigured(f"LIMOSA_STRIPE_{name.upper()} {what}.")
