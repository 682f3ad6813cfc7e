"""PayPal: Orders v2 with an approval page, captures, refunds, a vault, disputes, reports; and
webhooks signed with a certificate from the simulator's own authority."""

from limosa.simulators.payment_gateway.paypal.merchant import prepare
from limosa.simulators.payment_gateway.paypal.provider import NAME, PayPal
from limosa.simulators.payment_gateway.paypal.tables import SCHEMA
from limosa.simulators.payment_gateway.wire import WireKind

KIND = WireKind(name=NAME, schema=SCHEMA, prepare=prepare, open=PayPal)
