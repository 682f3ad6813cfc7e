"""Which of its keys the platform signs with: a switch, as on the real merchant platform."""

from limosa.simulators.payment_gateway import store as memory
from limosa.simulators.payment_gateway.control_calls import Members, one_of
from limosa.simulators.payment_gateway.wechatpay.crypto import Signer
from limosa.simulators.payment_gateway.wechatpay.merchant import Merchant
from limosa.simulators.payment_gateway.wire import Desk, Json

_SWITCH = "wechatpay_signs_by_certificate"


def signer_now(desk: Desk, merchant: Merchant) -> Signer:
    """Return the key to sign with. Opens its own transaction."""
    with desk.store.transaction() as db:
        by_certificate = memory.is_switched_on(db, _SWITCH)
    return merchant.certificate_signer if by_certificate else merchant.public_key_signer


def choose_signer(desk: Desk, members: Members) -> Json:
    """Accept {"by": "public_key"} or {"by": "certificate"}, which applies until the next choice."""
    by = one_of(members, "by", ("public_key", "certificate"), needed=True)
    with desk.store.transaction() as db:
        memory.switch(db, _SWITCH, on=by == "certificate")
    return {"by": by}
