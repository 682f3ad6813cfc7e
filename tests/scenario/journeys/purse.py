"""Beside the demo's servers: gives a person money in their wallet, as a goodwill credit.

Arguments: the e-mail address, the amount in minor units, the currency, a key.
"""

# ruff: noqa: E402 -- Django is set up before its models are imported.

import sys

import django

django.setup()

from django.utils import timezone

from limosa.domain.accounts.models import Subscriber
from limosa.domain.ledger.operations.credit_wallet import credit_wallet
from limosa.foundation.money import Money

if __name__ == "__main__":
    email, amount_minor, currency, key = sys.argv[1:]
    credit_wallet(
        subscriber_id=Subscriber.objects.get(email=email).pk,
        amount=Money(int(amount_minor), currency),
        key=key,
        now=timezone.now(),
    )
