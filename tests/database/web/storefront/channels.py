"""Four payment channels in memory, one of each manner: cards, PayPal, WeChat Pay, Alipay."""

from collections.abc import Mapping
from typing import ClassVar

from limosa.domain.payments.requests import (
    SAVED,
    Device,
    Method,
    PaymentHandle,
    PaymentRequest,
    Shape,
    Started,
)
from limosa.domain.payments.status_reports import (
    PaymentStatusReport,
    ProviderState,
    SavedMethodReport,
)
from tests.database.web.storefront.shop import ChannelInHand
from tests.factories import MOMENT

_EVERYWHERE = frozenset(Device)
BRIDGE_CALL = '{"appId":"wx1","package":"prepay_id=1","paySign":"a=b"}'


class Cards(ChannelInHand):
    """Takes any currency on its own page; a kept card at once, unless the bank wants to see one."""

    code = "stripe"
    merchant = "acct_1"
    currencies: frozenset[str] = frozenset()
    methods: Mapping[str, Method] = {
        "checkout": Method(shape=Shape.OPEN, devices=_EVERYWHERE),
        SAVED: Method(shape=Shape.NOTHING),
    }
    saves_methods = True
    requests: ClassVar[list[PaymentRequest]] = []
    forgotten: ClassVar[list[str]] = []
    is_bank_strict: ClassVar[bool] = False
    is_paid: ClassVar[bool] = False

    def create(self, request: PaymentRequest) -> Started:
        """Return the page to pay on; nothing to show for a kept card."""
        self.requests.append(request)
        is_kept = request.method == SAVED
        return Started("" if is_kept else f"https://cards.example/{request.number}?a=1&b=2")

    def capture(self, payment: PaymentHandle) -> PaymentStatusReport:
        """Charge a kept card."""
        if self.is_bank_strict:
            return PaymentStatusReport(
                payment_number=payment.number, state=ProviderState.PAYER_NEEDED
            )
        return PaymentStatusReport(
            payment_number=payment.number,
            state=ProviderState.SUCCEEDED,
            transaction_id="pi_1",
            amount_minor=payment.amount.amount_minor,
            currency=payment.amount.currency,
            merchant=self.merchant,
            paid_at=MOMENT,
        )

    def saved_method(self, payment: PaymentHandle) -> SavedMethodReport | None:
        """Return a card for every payment."""
        del payment
        return SavedMethodReport(reference="pm_1", label="Visa •••• 4242")

    def forget(self, saved_reference: str) -> None:
        """Keep what was forgotten."""
        self.forgotten.append(saved_reference)


class PayPal(Cards):
    """Takes dollars on its own page, but not inside WeChat."""

    code = "paypal"
    merchant = "MERCHANT1"
    currencies = frozenset({"USD"})
    methods: Mapping[str, Method] = {
        "approve": Method(shape=Shape.OPEN, devices=frozenset({Device.DESKTOP, Device.PHONE})),
        SAVED: Method(shape=Shape.NOTHING),
    }
    requests: ClassVar[list[PaymentRequest]] = []


class WeChatPay(ChannelInHand):
    """Inside WeChat it wants to know the payer."""

    methods: Mapping[str, Method] = {
        "native": Method(shape=Shape.QR, devices=frozenset({Device.DESKTOP})),
        "h5": Method(shape=Shape.OPEN, devices=frozenset({Device.PHONE})),
        "jsapi": Method(shape=Shape.BRIDGE, devices=frozenset({Device.WECHAT}), needs_payer=True),
    }
    requests: ClassVar[list[PaymentRequest]] = []

    def create(self, request: PaymentRequest) -> Started:
        """Return what WeChat's browser is told."""
        if request.method == "jsapi":
            self.requests.append(request)
            return Started(BRIDGE_CALL)
        return super().create(request)

    def identify_url(self, *, back_url: str, state: str) -> str:
        """Return WeChat's page."""
        return f"https://open.example/authorize?back={back_url}&state={state}"

    def identify(self, code: str) -> str:
        """Return the name of whoever the code is of."""
        return f"openid-of-{code}"


class Alipay(ChannelInHand):
    """Takes yuan by a code, or on its own page."""

    code = "alipay"
    methods: Mapping[str, Method] = {
        "precreate": Method(shape=Shape.QR, devices=frozenset({Device.DESKTOP})),
        "page": Method(shape=Shape.OPEN, devices=frozenset({Device.DESKTOP})),
        "wap": Method(shape=Shape.OPEN, devices=frozenset({Device.PHONE})),
    }
    requests: ClassVar[list[PaymentRequest]] = []

    def create(self, request: PaymentRequest) -> Started:
        """Return the code, or the page."""
        self.requests.append(request)
        if request.method == "precreate":
            return Started(f"https://qr.example/{request.number}")
        return Started(f"https://alipay.example/{request.method}/{request.number}")


ALL = {provider.code: provider for provider in (WeChatPay, Alipay, Cards, PayPal)}
