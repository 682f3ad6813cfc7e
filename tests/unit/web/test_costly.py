"""Whatever hashes a password or a PIN is known as costly, also what is added later."""

import pytest
from django.urls import reverse

from limosa.web.costly import is_costly

COSTLY = [
    reverse("account_login"),
    reverse("account_signup"),
    reverse("account_reauthenticate"),
    reverse("account_reset_password_from_key", args=["1", "a-b"]),
    reverse("account_change_password"),
    reverse("pin", args=["L-AAAAAAAA"]),
    reverse("payment_pin"),
    reverse("reset_pin"),
]


@pytest.mark.parametrize("path", COSTLY)
def test_what_hashes_is_costly_when_it_is_sent(path: str) -> None:
    assert is_costly("POST", path)
    assert not is_costly("GET", path)


@pytest.mark.parametrize("path", ["/", "/plans/", "/orders/L-1/pay/", "/console/", "/settings/"])
def test_a_page_is_not(path: str) -> None:
    assert not is_costly("POST", path)
