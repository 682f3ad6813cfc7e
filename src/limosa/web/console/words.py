"""The console's words for the domain's codes."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
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
    AuditAction.POLL_PAYMENT: _("Provider checked"),
    AuditAction.REFUND_ORDER: _("Order refunded"),
    AuditAction.CLEAR_PAYMENT: _("Payment reviewed"),
    AuditAction.CLOSE_CASE: _("Case closed"),
    AuditAction.SET_CHANNEL: _("Payment provider updated"),
    AuditAction.RESOLVE_DIFFERENCE: _("Difference resolved"),
    AuditAction.RECONCILE: _("Settlement reconciled"),
    AuditAction.PROPOSE_REFUND: _("Refund proposed"),
    AuditAction.SIGN_REFUND: _("Refund signed off"),
    AuditAction.TURN_DOWN_REFUND: _("Refund rejected"),
    AuditAction.REFUND_TO_WALLET: _("Refund moved to wallet"),
    AuditAction.IMPORT_CATALOG: _("Catalogue imported"),
    AuditAction.ANSWER_CASE: _("Case answered"),
    AuditAction.EXPORT: _("Table exported"),
    AuditAction.ADD_STAFF: _("Staff member added"),
    AuditAction.CHANGE_STAFF: _("Role changed"),
    AuditAction.REMOVE_STAFF: _("Staff member removed"),
    AuditAction.RESET_SECOND_STEP: _("Two-step verification reset"),
    AuditAction.NOTE_FINDING: _("Note added to finding"),
    AuditAction.SETTLE_SUPPLY: _("Supplier result entered"),
    AuditAction.DELIVER_CALLBACK: _("Supplier notification delivered again"),
    AuditAction.FETCH_PRICES: _("Price list updated"),
    AuditAction.SET_PRICING: _("Pricing rules changed"),
    AuditAction.DECIDE_PRICES: _("Price changes decided"),
    AuditAction.ADD_PLAN: _("Plan added from a price list"),
    AuditAction.RECORD_DEPOSIT: _("Payment to a supplier recorded"),
    AuditAction.UNDO_DEPOSIT: _("Payment to a supplier undone"),
    AuditAction.FETCH_STATEMENT: _("Supplier's statement compared"),
    AuditAction.AGREE_TO_CHARGE: _("Books corrected to a supplier's statement"),
    AuditAction.DISPUTE_CHARGE: _("Supplier's charge disputed"),
    AuditAction.END_DOUBT: _("Supplier's count reviewed"),
    AuditAction.SET_COVERAGE: _("Coverage of a plan changed"),
    AuditAction.IMPORT_COVERAGE: _("Coverage imported"),
    AuditAction.MODERATE_RATING: _("Rating moderated"),
    AuditAction.REPLY_TO_RATING: _("Reply to a rating"),
    AuditAction.MARK_INSIDER: _("Insider marked or unmarked"),
    AuditAction.OFFER_BONUS: _("Top-up bonus offered"),
    AuditAction.END_BONUS: _("Top-up bonus ended"),
    AuditAction.MAKE_CODES: _("Redemption codes made"),
    AuditAction.EXPORT_CODES: _("Redemption codes exported"),
    AuditAction.ACTIVATE_CODES: _("Redemption codes activated"),
    AuditAction.VOID_CODES: _("Redemption codes voided"),
    AuditAction.LOOK_UP_CODE: _("Redemption code looked up"),
    AuditAction.RECORD_CODES_PAID: _("Payment for redemption codes recorded"),
    AuditAction.SET_PROMOTION: _("Promotion made or changed"),
    AuditAction.END_PROMOTION: _("Promotion ended early"),
    AuditAction.REOPEN_PROMOTION: _("Promotion reopened"),
    AuditAction.ADD_PROMOTION_CODE: _("Promotion code made"),
    AuditAction.END_PROMOTION_CODE: _("Promotion code ended or reopened"),
}
# What a device reported of an eSIM, by the state's name: in words, and how its line is drawn.
INSTALLATION_REPORTS: dict[str, tuple[Promise, str]] = {
    "downloaded": (_("eSIM downloaded"), ""),
    "failed": (_("eSIM installation failed"), "fault"),
    "installed": (_("eSIM installed"), "good"),
    "enabled": (_("eSIM switched on"), "good"),
    "disabled": (_("eSIM switched off"), "warn"),
    "deleted": (_("eSIM deleted from the device"), "warn"),
}
# Where an eSIM stands, by what was reported last.
ESIM_BADGES: dict[str, Promise] = {
    "downloaded": _("downloaded"),
    "failed": _("installation failed"),
    "installed": _("installed"),
    "enabled": pgettext_lazy("eSIM", "switched on"),
    "disabled": pgettext_lazy("eSIM", "switched off"),
    "deleted": _("deleted from the device"),
}
DECLINES: dict[str, Promise] = {
    Decline.REFUSED: _("no reason given"),
    Decline.INSUFFICIENT_FUNDS: _("insufficient funds"),
    Decline.LIMIT_EXCEEDED: _("over the limit"),
    Decline.CARD_EXPIRED: _("card expired"),
    Decline.DETAILS_WRONG: _("wrong details"),
    Decline.NOT_AUTHENTICATED: _("not confirmed with the bank"),
    Decline.NOT_SUPPORTED: _("card or account not supported"),
    Decline.ACCOUNT_RESTRICTED: _("account restricted"),
}
REFUND_STATES: dict[str, Promise] = {
    "found": _("Reported by the provider, being checked"),
    "requested": _("Requested"),
    "sent": _("With the provider"),
    "succeeded": _("Returned to the payer"),
    "failed": _("Failed"),
    "settled": _("Settled another way"),
}
# Who placed an order, if not its person: ordering.queries.PlacedBy.
PLACED: dict[str, Promise] = {
    "number": _("by the eSIM's number, not signed in"),
    "link": _("by a renewal link, not signed in"),
}
PROBLEMS: dict[str, Promise] = {
    "late": _("Paid too late"),
    "double": _("Paid twice"),
    "wrong_amount": _("Wrong amount"),
    "differs": _("Notification differs from our records"),
    "refund_failed": _("Refund failed"),
    "refund_refused": _("Refund declined by the provider"),
    "refund_differs": _("Refund of a different amount"),
    "refund_twice": _("Refunded twice"),
    "refund_came_back": _("Refund returned"),
    "refund_by_hand": _("Refunded at the provider, not by us"),
    "refund_or_dispute": _("Refund that may be the dispute's money"),
    "pending_long": _("Pending for more than a day"),
    "disputed": _("Disputed by the payer"),
}
DISPUTE_STATES: dict[str, Promise] = {
    "open": pgettext_lazy("dispute", "Open"),
    "won": _("Won"),
    "lost": _("Lost"),
}
SUPPLY_STATES: dict[str, Promise] = {
    "due": _("Waiting to be ordered"),
    "asked": _("Ordered, no answer yet"),
    "pending": _("Ordered, not delivered yet"),
    "delivered": _("Delivered by the supplier"),
    "refused": _("Declined by the supplier"),
    "unclear": _("Unclear whether it is there"),
    "returning": _("To be taken back, before the refund"),
    "cancelling": _("To be cancelled"),
    "ending": _("To be ended"),
    "cancelled": _("Cancelled at the supplier"),
    "kept": _("Can no longer be cancelled"),
}
CASE_STATES: dict[str, Promise] = {
    "open": _("Waiting for our answer"),
    "answered": _("Answered"),
    "replied": _("Reply received"),
    "closed": _("Closed"),
}
PROPOSAL_STATES: dict[str, Promise] = {
    "open": _("Waiting for a second sign-off"),
    "done": _("Done"),
    "turned_down": _("Rejected"),
}
REASONS: dict[str, Promise] = {
    **PROBLEMS,
    "staff": _("By staff"),
    "person": _("By the customer"),
    "not_delivered": _("Not delivered in time"),
}
RESULTS: dict[str, Promise] = {
    "paid": _("paid"),
    "already_applied": _("already known"),
    "no_news": _("no news"),
    "closed": _("closed unpaid"),
    "returned_late": _("too late, refunded"),
    "returned_double": _("already paid, refunded"),
    "returned_wrong_amount": _("wrong amount, refunded"),
    "differs_ask_again": _("differs, to be checked again"),
    "unknown_payment": _("unknown payment"),
    "unknown_refund": _("unknown refund"),
    "refunded": _("refunded"),
    "refunded_twice": _("refunded twice"),
    "refund_came_back": _("refund returned"),
    "refund_failed": _("refund failed"),
    "refund_differs": _("different amount, needs review"),
    "refund_by_hand": _("refunded at the provider, to be confirmed"),
    "told_by_dispute": _("already covered by the dispute"),
    "approved": _("authorized, not captured yet"),
    "processing": _("being processed"),
    "declined": _("declined, still open"),
    "disputed": _("disputed"),
    "dispute_won": _("dispute won"),
    "dispute_lost": _("dispute lost"),
    "no_answer": _("no answer, will be checked again"),
}
ENTRIES: dict[str, Promise] = {
    "payment": _("payment"),
    "unapplied_payment": _("unapplied funds"),
    "refund_request": _("refund committed"),
    "refund": _("refund completed"),
    "refund_settled": _("refund settled by a dispute"),
    "refund_came_back": _("refund returned"),
    "refund_in_wallet": _("refund moved to wallet"),
    "goodwill": _("goodwill"),
    "top_up": _("wallet top-up"),
    "wallet_frozen": _("frozen during a dispute"),
    "wallet_thawed": _("free again after a dispute"),
    "bonus_granted": _("bonus given"),
    "bonus_taken_back": _("bonus taken back"),
    "bonus_expired": _("bonus expired"),
    "bonus_held": _("bonus held during a dispute"),
    "bonus_released": _("bonus free again after a dispute"),
    "dispute_opened": _("dispute opened"),
    "dispute_won": _("dispute won"),
    "dispute_lost": _("dispute lost"),
    "earning": _("revenue recognized"),
    "plan_change": _("plan changed"),
    "provider_fees": _("provider fees"),
    "supply_cost": _("supplier's cost"),
    "supply_credit": _("supplier's cost given back"),
    "supply_correction": _("corrected to a supplier's statement"),
    "supplier_deposit": _("payment to a supplier"),
    "codes_activated": _("redemption codes activated"),
    "codes_voided": _("redemption codes voided"),
    "codes_expired": _("redemption codes expired"),
    "code_redeemed": _("redemption code"),
    "codes_paid": _("payment for redemption codes"),
}
MESSAGES: dict[str, Promise] = {
    "usage_threshold": _("data used"),
    "ending_soon": _("ending soon"),
    "payment_credited": _("paid and credited"),
    "order_late": _("order is late"),
    "order_refunded": _("order refunded"),
    "return_refused": _("return refused by the supplier"),
    "money_returned": _("money refunded"),
    "money_in_wallet": _("money added to wallet"),
    "order_part_refunded": _("order partially refunded"),
    "order_disputed": _("payment disputed"),
    "wallet_topped_up": _("money added to wallet"),
    "top_up_refunded": _("wallet top-up refunded"),
    "top_up_disputed": _("payment disputed"),
    "refund_came_back": _("refund returned"),
    "staff_added": _("added to the staff"),
    "auto_renewal_on": _("auto-renew switched on"),
    "auto_renewal_notice": _("renewal announced"),
    "auto_renewal_done": _("renewed automatically"),
    "auto_renewal_declined": _("renewal not charged"),
    "auto_renewal_not": _("not renewed"),
    "auto_renewal_ended": _("auto-renew switched off"),
}
MAIL_STATES: dict[str, Promise] = {
    "waiting": _("not emailed yet"),
    "mailed": _("emailed"),
    "given_up": _("email given up"),
    "not_mailed": _("in the list only"),
}
ACCOUNT_KINDS: dict[str, Promise] = {
    "wallet": _("Wallets"),
    "bonus": _("Bonuses"),
    "wallet_frozen": _("Wallets, frozen"),
    "clearing": _("Held by providers"),
    "refunds_payable": _("Refunds payable"),
    "deferred_revenue": _("Deferred revenue"),
    "revenue": _("Revenue"),
    "tax_payable": _("Tax payable"),
    "promotions": _("Goodwill credits"),
    "bonus_discounts": _("Bonuses, taken off sales"),
    "plan_changes": _("What is left of changed plans, in transit"),
    "cost_of_sales": _("Cost of sales"),
    "supplier": _("Held by suppliers"),
    "bank": _("Bank"),
    "provider_fees": _("Provider fees"),
    "disputed": _("Withheld for disputes"),
    "losses": _("Lost to disputes"),
    "exchange": _("Exchange"),
    "codes_outstanding": _("Outstanding codes"),
    "receivable": _("Owed by buyers of codes"),
    "unclaimed": _("Expired codes, unclaimed"),
    "breakage": _("Expired codes, income"),
    "suspense": _("Suspense"),
}
CODE_STATES: dict[str, Promise] = {
    "made": pgettext_lazy("code", "Not active yet"),
    "active": pgettext_lazy("code", "Active"),
    "redeemed": pgettext_lazy("code", "Redeemed"),
    "void": pgettext_lazy("code", "Void"),
    "expired": pgettext_lazy("code", "Expired"),
}
CODE_CHANGES: dict[str, Promise] = {
    "make": pgettext_lazy("codes", "Made"),
    "activate": pgettext_lazy("codes", "Activated"),
    "void": pgettext_lazy("codes", "Voided"),
    "expire": pgettext_lazy("codes", "Expired"),
}
PLAN_KINDS: dict[str, Promise] = {
    "volume": _("Volume"),
    "unlimited": _("Unlimited"),
    "top_up": _("Top-up"),
}


def payment_state(payment: Payment) -> str:
    """Return the status of a payment, including whether its money went back."""
    state = str(STANDINGS[standing_of(payment)].word)
    if payment.decline and payment.state != PaymentState.SUCCEEDED:
        return gettext("%(state)s, declined: %(reason)s") % {
            "state": state,
            "reason": word(DECLINES, payment.decline),
        }
    return state


def word(words: Mapping[str, Promise], code: str) -> str:
    """Return the word for a code, or the code itself if there is none."""
    return str(words.get(code, code))


def import_detail(detail: str) -> str:
    """Return in words what an import changed: "+1 ~2 -3", and a line for each startling change.

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
