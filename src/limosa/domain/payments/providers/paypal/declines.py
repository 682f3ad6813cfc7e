"""PayPal's reasons for refusing a payment, mapped to what a payer can act on.

Sources: the errors of Orders v2 (`details[].issue`) and of Payments v2; `processor_response` of a
capture, whose codes are listed with `response_code`.
"""

from limosa.domain.payments.providers.paypal.fields import Fields, read_optional, read_part
from limosa.domain.payments.status_reports import Decline

_ISSUES = {
    "INSTRUMENT_DECLINED": Decline.REFUSED,
    "REDIRECT_PAYER_FOR_ALTERNATE_FUNDING": Decline.REFUSED,
    "TRANSACTION_REFUSED": Decline.REFUSED,
    "COMPLIANCE_VIOLATION": Decline.REFUSED,
    "CARD_EXPIRED": Decline.CARD_EXPIRED,
    "TRANSACTION_LIMIT_EXCEEDED": Decline.LIMIT_EXCEEDED,
    "PAYER_CANNOT_PAY": Decline.NOT_SUPPORTED,
    "PAYER_ACCOUNT_RESTRICTED": Decline.ACCOUNT_RESTRICTED,
    "PAYER_ACCOUNT_LOCKED_OR_CLOSED": Decline.ACCOUNT_RESTRICTED,
}
_RESPONSES = {
    "5120": Decline.INSUFFICIENT_FUNDS,
    "5400": Decline.CARD_EXPIRED,
    "PPEF": Decline.CARD_EXPIRED,
    "5110": Decline.DETAILS_WRONG,
    "00N7": Decline.DETAILS_WRONG,
    "1380": Decline.DETAILS_WRONG,
    "1382": Decline.DETAILS_WRONG,
    "5170": Decline.DETAILS_WRONG,
    "PCVV": Decline.DETAILS_WRONG,
    "5650": Decline.NOT_AUTHENTICATED,
    "7700": Decline.NOT_AUTHENTICATED,
    "7710": Decline.NOT_AUTHENTICATED,
    "PPD3": Decline.NOT_AUTHENTICATED,
    "5710": Decline.LIMIT_EXCEEDED,
    "PPAX": Decline.LIMIT_EXCEEDED,
    "PPCT": Decline.NOT_SUPPORTED,
    "PPCU": Decline.NOT_SUPPORTED,
}
_REFUSED_CAPTURES = frozenset({"DECLINED", "FAILED"})


def decline_by_issue(issue: str) -> Decline | None:
    """Return why a charge was refused; None: the reason does not concern the payer."""
    return _ISSUES.get(issue)


def read_decline(capture: Fields) -> Decline | None:
    """Return why a capture was refused; None: it was not."""
    if read_optional(capture, "status") not in _REFUSED_CAPTURES:
        return None
    code = read_optional(read_part(capture, "processor_response"), "response_code")
    return _RESPONSES.get(code, Decline.REFUSED)
