"""WeChat Pay API v3: native codes, H5 links, JSAPI with the payer's openid; refunds, bills,
certificates; encrypted and signed notifications."""

from limosa.simulators.payment_gateway.wechatpay.merchant import prepare
from limosa.simulators.payment_gateway.wechatpay.provider import NAME, WeChatPay
from limosa.simulators.payment_gateway.wechatpay.tables import SCHEMA
from limosa.simulators.payment_gateway.wire import WireKind

KIND = WireKind(name=NAME, schema=SCHEMA, prepare=prepare, open=WeChatPay)
