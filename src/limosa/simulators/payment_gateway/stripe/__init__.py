"""Stripe: Checkout on a page of its own, saved cards, refunds, disputes; signed events."""

from limosa.simulators.payment_gateway.stripe.account import prepare
from limosa.simulators.payment_gateway.stripe.objects import SCHEMA
from limosa.simulators.payment_gateway.stripe.provider import NAME, Stripe
from limosa.simulators.payment_gateway.wire import WireKind

KIND = WireKind(name=NAME, schema=SCHEMA, prepare=prepare, open=Stripe)
