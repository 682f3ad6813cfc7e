"""Alipay's open platform: QR codes, web and phone payments; refunds; signed notifications;
bills."""

from limosa.simulators.payment_gateway.alipay.merchant import prepare
from limosa.simulators.payment_gateway.alipay.provider import NAME, Alipay
from limosa.simulators.payment_gateway.alipay.tables import SCHEMA
from limosa.simulators.payment_gateway.wire import WireKind

KIND = WireKind(name=NAME, schema=SCHEMA, prepare=prepare, open=Alipay)
