"""Words of the console for what the domain knows by codes."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from limosa.domain.payments.models import Payment, PaymentState
from limosa.domain.payments.status_reports import Decline
from limosa.domain.support.models import AuditAction
from limosa.web.console.standings import STANDINGS, standing_of

ACTIONS: dict[str, Promise] = {
    AuditAction.PAUSE_SUPPLIER: _("Supplier paused"),
    AuditAction.RESUME_SUPPLIER: _("Supplier resumed"),
    AuditAction.STOP_SALE: _("Plan taken off sale"),
    AuditAction.START_SALE: _("Plan put on sale"),
    AuditAction.POLL_PAYMENT: _("Provider asked"),
    AuditAction.REFUND_ORDER: _("Order refunded"),
    AuditAction.CLEAR_PAYMENT: _("Payment looked at"),
    AuditAction.CLOSE_CASE: _("Case closed"),
    AuditAction.SET_CHANNEL: _("Payment provider set"),
    AuditAction.RESOLVE_DIFFERENCE: _("Difference resolved"),
    AuditAction.RECONCILE: _("Settlement compared"),
    AuditAction.PROPOSE_REFUND: _("Refund proposed"),
    AuditAction.SIGN_REFUND: _("Refund signed"),
    AuditAction.TURN_DOWN_REFUND: _("Refund turned down"),
    AuditAction.REFUND_TO_WALLET: _("Refund put into the wallet"),
    AuditAction.IMPORT_CATALOG: _("Catalogue taken in"),
    AuditAction.ANSWER_CASE: _("Case answered"),
    AuditAction.EXPORT: _("Table exported"),
    AuditAction.ADD_STAFF: _("Member of the staff added"),
    AuditAction.CHANGE_STAFF: _("Role changed"),
    AuditAction.REMOVE_STAFF: _("Member of the staff removed"),
    AuditAction.RESET_SECOND_STEP: _("Second step taken away"),
    AuditAction.NOTE_FINDING: _("Finding noted"),
    AuditAction.SETTLE_SUPPLY: _("Supplier's answer entered"),
}
DECLINES: dict[str, Promise] = {
    Decline.REFUSED: _("no reason given"),
    Decline.INSUFFICIENT_FUNDS: _("not enough money"),
    Decline.LIMIT_EXCEEDED: _("over a limit"),
    Decline.CARD_EXPIRED: _("card expired"),
    Decline.DETAILS_WRONG: _("wrong details"),
    Decline.NOT_AUTHENTICATED: _("not confirmed with the bank"),
    Decline.NOT_SUPPORTED: _("card or account not usable for it"),
    Decline.ACCOUNT_RESTRICTED: _("account restricted"),
}
REFUND_STATES: dict[str, Promise] = {
    "found": _("Told by the provider, being checked"),
    "requested": _("Asked for"),
    "sent": _("At the provider"),
    "succeeded": _("Back with the payer"),
    "failed": _("Failed"),
    "settled": _("Settled in another way"),
}
PROBLEMS: dict[str, Promise] = {
    "late": _("Paid too late"),
    "double": _("Paid twice"),
    "wrong_amount": _("Wrong amount"),
    "differs": _("Notification differs from ours"),
    "refund_failed": _("Refund failed"),
    "refund_refused": _("Refund refused by the provider"),
    "refund_differs": _("Refund of another amount"),
    "refund_twice": _("Refunded twice"),
    "refund_came_back": _("Refund came back"),
    "refund_by_hand": _("Refunded at the provider, not here"),
    "pending_long": _("Pending for more than a day"),
    "disputed": _("Disputed by the payer"),
}
DISPUTE_STATES: dict[str, Promise] = {
    "open": _("Open"),
    "won": _("Won"),
    "lost": _("Lost"),
}
SUPPLY_STATES: dict[str, Promise] = {
    "due": _("Waits to be ordered there"),
    "asked": _("Ordered there, no answer yet"),
    "pending": _("Ordered there, not delivered yet"),
    "delivered": _("Delivered by the supplier"),
    "refused": _("Refused by the supplier"),
    "unclear": _("Nobody knows whether it is there"),
    "cancelling": _("To be cancelled there"),
    "ending": _("To be ended there"),
    "cancelled": _("Cancelled there"),
    "kept": _("Can't be cancelled there any more"),
}
CASE_STATES: dict[str, Promise] = {
    "open": _("Waits for our answer"),
    "answered": _("Answered"),
    "replied": _("Reply received"),
    "closed": _("Closed"),
}
PROPOSAL_STATES: dict[str, Promise] = {
    "open": _("Waits for a second signature"),
    "done": _("Done"),
    "turned_down": _("Turned down"),
}
REASONS: dict[str, Promise] = {
    **PROBLEMS,
    "staff": _("By the staff"),
    "person": _("By the person"),
    "not_delivered": _("Not delivered in time"),
}
RESULTS: dict[str, Promise] = {
    "paid": _("paid and credited"),
    "already_applied": _("was known already"),
    "no_news": _("no news"),
    "closed": _("closed unpaid"),
    "returned_late": _("too late, sent back"),
    "returned_double": _("paid before, sent back"),
    "returned_wrong_amount": _("wrong amount, sent back"),
    "differs_ask_again": _("differs, to be asked again"),
    "unknown_payment": _("unknown payment"),
    "unknown_refund": _("unknown refund"),
    "refunded": _("refunded"),
    "refunded_twice": _("refunded twice"),
    "refund_came_back": _("refund came back"),
    "refund_failed": _("refund failed"),
    "refund_differs": _("another amount, to be looked at"),
    "refund_by_hand": _("refunded at the provider, to be asked for"),
    "told_by_dispute": _("told by the dispute already"),
    "approved": _("agreed to, to be captured"),
    "processing": _("being processed"),
    "declined": _("declined, still open"),
    "disputed": _("disputed"),
    "dispute_won": _("dispute won"),
    "dispute_lost": _("dispute lost"),
    "no_answer": _("no answer, will be asked again"),
}
ENTRIES: dict[str, Promise] = {
    "payment": _("payment"),
    "unapplied_payment": _("payment that can't be used"),
    "refund_request": _("refund promised"),
    "refund": _("refund done"),
    "refund_settled": _("refund settled by a dispute"),
    "refund_came_back": _("refund came back"),
    "refund_in_wallet": _("refund put into the wallet"),
    "goodwill": _("goodwill"),
    "dispute_opened": _("dispute opened"),
    "dispute_won": _("dispute won"),
    "dispute_lost": _("dispute lost"),
    "earning": _("revenue earned"),
    "provider_fees": _("fees of a provider"),
}
MESSAGES: dict[str, Promise] = {
    "usage_threshold": _("data used"),
    "ending_soon": _("ending soon"),
    "payment_credited": _("paid and credited"),
    "order_late": _("order is late"),
    "order_refunded": _("order refunded"),
    "money_returned": _("money returned"),
    "money_in_wallet": _("money put into the wallet"),
    "order_part_refunded": _("order refunded in part"),
    "order_disputed": _("payment disputed"),
    "refund_came_back": _("refund came back"),
    "staff_added": _("added to the staff"),
}
MAIL_STATES: dict[str, Promise] = {
    "waiting": _("not mailed yet"),
    "mailed": _("mailed"),
    "given_up": _("mail given up"),
}
ACCOUNT_KINDS: dict[str, Promise] = {
    "wallet": _("Wallets"),
    "clearing": _("Held by a provider"),
    "refunds_payable": _("Refunds to pay"),
    "deferred_revenue": _("Paid, not yet earned"),
    "revenue": _("Revenue"),
    "tax_payable": _("Tax to pay"),
    "promotions": _("Given as goodwill"),
    "provider_fees": _("Fees of providers"),
    "disputed": _("Held back for disputes"),
    "losses": _("Lost by disputes"),
    "exchange": _("Exchange"),
    "suspense": _("Suspense"),
}
PLAN_KINDS: dict[str, Promise] = {
    "volume": _("Volume"),
    "unlimited": _("Unlimited"),
    "top_up": _("Top-up"),
}


def payment_state(payment: Payment) -> str:
    """Return where a payment stands, and whether its money went back."""
    state = str(STANDINGS[standing_of(payment)].word)
    if payment.decline and payment.state != PaymentState.SUCCEEDED:
        return gettext("%(state)s, declined: %(reason)s") % {
            "state": state,
            "reason": word(DECLINES, payment.decline),
        }
    return state


def word(words: Mapping[str, Promise], code: str) -> str:
    """Return the word for a code; the code itself where there is none."""
    return str(words.get(code, code))


def import_detail(detail: str) -> str:
    """Return in words what an import changed; "+1 ~2 -3" and a line for each thing that startles.

    Source: import_catalog_on_record.
    """
    numbers, *far = detail.split("\n")
    added, changed, off_sale = (part[1:] for part in f"{numbers} ".split(" ")[:3])
    said = gettext("%(added)s new, %(changed)s changed, %(off_sale)s off sale") % {
        "added": added,
        "changed": changed,
        "off_sale": off_sale,
    }
    worded = [
        line.replace("off sale:", f"{gettext('off sale')}:", 1).removeprefix("price: ")
        for line in far
    ]
    return " · ".join([said, *worded])
