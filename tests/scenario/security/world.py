"""Makes, beside the servers, the people and things that secrets belong to; opens what is encrypted.

`make EMAIL PASSWORD CODE` → the eSIM's public id; `people PASSWORD EMAIL…` → {e-mail: its
id}; `refundable` → the session of an admin, and the number of an order that can be refunded, beside
the supplier `wholesaler`, which is paid; `opened` → all activation codes and references.
"""

# ruff: noqa: E402, T201 -- Django is set up before its models are imported; it answers in print.

import json
import sys
from datetime import timedelta

import django

django.setup()

from django.conf import settings
from django.test import Client
from django.utils import timezone

from limosa.domain.catalog.models import Plan
from limosa.domain.esims.models import Esim
from limosa.domain.ledger.operations.credit_wallet import credit_wallet
from limosa.domain.payments.models import SavedMethod
from limosa.foundation.money import Money
from tests.factories.accounts import make_subscriber, sign_in_staff
from tests.factories.catalog import make_plan, make_rates, make_supplier
from tests.factories.esims import make_bundle, make_esim
from tests.factories.ordering import make_order, make_tax_rate
from tests.factories.payments import make_payment


def make(email: str, password: str, code: str) -> str:
    """Make a person with an eSIM that can be renewed, and money in the wallet."""
    _make_shop()
    return _make_person(email, password, code, plan=make_plan())


def people(password: str, *emails: str) -> dict[str, str]:
    """Make several people of one shop, as `make` does."""
    _make_shop()
    plan = make_plan()
    return {
        email: _make_person(email, password, f"LPA:1$a.example$X{n}", plan=plan)
        for n, email in enumerate(emails)
    }


def _make_shop() -> None:
    make_rates(timezone.now().date())
    make_tax_rate()


def _make_person(email: str, password: str, code: str, *, plan: Plan) -> str:
    now = timezone.now()
    person = make_subscriber(email=email, password=password, country="US")
    esim = make_esim(subscriber=person, activation_code=code)
    make_bundle(esim=esim, plan=plan, created_at=now - timedelta(days=10))
    credit_wallet(
        subscriber_id=person.pk, amount=Money(100_00, "USD"), key=f"gift {email}", now=now
    )
    return str(esim.public_id)


def refundable() -> dict[str, str]:
    """Make an order of 500.00 CNY, a supplier that is paid, and a member of the staff who may
    propose to refund the one and record a payment to the other."""
    client, now = Client(), timezone.now()
    sign_in_staff(client)
    make_supplier("wholesaler")
    order = make_order(state="fulfilled", created_at=now)
    make_payment(order=order, state="succeeded", created_at=now, amount_minor=500_00)
    return {"session": client.cookies[settings.SESSION_COOKIE_NAME].value, "order": order.number}


def opened() -> list[str]:
    """Return what is encrypted in the database."""
    codes = Esim.objects.values_list("activation_code", flat=True)
    return [*codes, *SavedMethod.objects.values_list("reference", flat=True)]


if __name__ == "__main__":
    _, name, *arguments = sys.argv
    deeds = {"make": make, "people": people, "refundable": refundable, "opened": opened}
    print(json.dumps(deeds[name](*arguments)))  # type: ignore[operator]
