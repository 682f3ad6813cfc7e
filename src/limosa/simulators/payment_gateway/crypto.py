"""WeChat Pay's signatures under their former name, until its last caller has moved."""

from limosa.simulators.payment_gateway.wechatpay.crypto import reply_message, seal, sign

__all__ = ["reply_message", "seal", "sign"]
