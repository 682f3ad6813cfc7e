"""The settings of Stripe: what stops the start, and that no secret is shown."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from limosa.domain.payments.providers.stripe.account import read_account

VALUES = {
    "account": "acct_1TestAccount",
    "secret_key": "sk_test_51SecretOfMine",
    "webhook_secret": "whsec_0123456789abcdef",
    "api_url": "https://api.stripe.com/",
}


def test_a_test_account_is_read() -> None:
    account = read_account(VALUES)
    assert account.account_id == "acct_1TestAccount"
    assert account.webhook_secrets == ("whsec_0123456789abcdef",)
    assert account.api_url == "https://api.stripe.com"
    assert not account.is_live
    for secret in ("SecretOfMine", "0123456789abcdef"):
        assert secret not in repr(account)


@pytest.mark.parametrize("key", ["sk_live_51SecretOfMine", "rk_live_51SecretOfMine"])
def test_a_live_key_makes_a_live_account(key: str) -> None:
    assert read_account(VALUES | {"secret_key": key}).is_live


def test_two_secrets_are_read_while_one_is_replaced() -> None:
    both = "whsec_0123456789abcdef, whsec_fedcba9876543210"
    account = read_account(VALUES | {"webhook_secret": both})
    assert account.webhook_secrets == ("whsec_0123456789abcdef", "whsec_fedcba9876543210")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("account", ""),
        ("account", "1TestAccount"),
        ("secret_key", ""),
        ("secret_key", "pk_test_51SecretOfMine"),
        ("secret_key", "sk_test_51Secret\nOfMine"),
        ("webhook_secret", ""),
        ("webhook_secret", "0123456789abcdef"),
        ("webhook_secret", "whsec_0123456789abcdef,"),
        ("webhook_secret", ",".join(["whsec_0123456789abcdef"] * 3)),
        ("api_url", "api.stripe.com"),
        ("api_url", "ftp://api.stripe.com"),
        ("api_url", "https://"),
        ("api_url", "https://api.stripe.com?key=1"),
    ],
)
def test_a_wrong_value_is_named_by_its_variable_alone(name: str, value: str) -> None:
    with pytest.raises(ImproperlyConfigured) as refused:
        read_account(VALUES | {name: value})
    assert str(refused.value).startswith(f"LIMOSA_STRIPE_{name.upper()} ")
    assert "51Secret" not in str(refused.value)
