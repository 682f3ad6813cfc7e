"""Words for the guards' findings, and what to do about them."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

GUARDS: dict[str, Promise] = {
    "entries": _("Every entry balances"),
    "wallets": _("Wallets equal the sum of their postings"),
    "usage": _("Used data equals the sum of its usage records"),
    "reserves": _("Reserves equal the sum of their usage records, and end with a new plan"),
    "payments": _("Payments, refunds and journal agree"),
    "orders": _("Delivered orders are paid"),
    "delivery": _("Paid orders are delivered"),
    "supply": _("Suppliers have responded"),
    "inbox": _("Every notification was applied"),
    "suspense": _("Suspense is empty"),
    "clearing": _("Clearing accounts and settlements agree"),
    "stock": _("Enough profiles are in stock"),
    "supplied": _("What suppliers delivered is booked"),
    "payables": _("Suppliers' statements agree, and balances last"),
    "ratings": _("Published ratings equal the sum of those that count"),
    "automatic": _("Automatic renewals were agreed to and announced"),
    "codes": _("Outstanding codes equal the books"),
    "promotion_codes": _("Promotion codes count their uses"),
    "top_ups": _("Wallet top-ups equal the books"),
    "bonuses": _("Bonuses equal the books, and their uses"),
    "plan_changes": _("What is left of a plan counts once"),
    "guesses": _("Nobody guesses redemption codes"),
    "liabilities": _("All bonuses and codes together equal the books"),
    "journal": _("The whole journal balances in each currency"),
}
FINDINGS: dict[str, Promise] = {
    "entries": _("Unbalanced entry"),
    "wallets": _("Wallet differs from its postings"),
    "usage": _("Used data differs from usage records"),
    "reserves:use": _("Reserve differs from its usage records"),
    "reserves:beside": _("Reserve is open beside a plan"),
    "payments:refunds": _("Payment's refund count differs from its refunds"),
    "payments:not_booked": _("Payment missing from the journal"),
    "orders:no_bundle": _("Delivered but no bundle"),
    "orders:no_payment": _("Delivered but not paid"),
    "orders:not_credited": _("Paid but order not updated"),
    "delivery": _("Paid but not delivered for too long"),
    "supply:unclear": _("Unclear whether the supplier has this order"),
    "supply:no_answer": _("Supplier hasn't delivered an order"),
    "supply:not_cancelled": _("Supplier hasn't decided on a cancellation"),
    "supply:not_returned": _("Supplier hasn't decided on a return"),
    "supply:esim_gone": _("Plan on an eSIM that its supplier has cancelled"),
    "supply:refused_price_changed": _("Supplier refuses a plan: its price has changed"),
    "supply:refused_credit_used_up": _("Supplier refuses a plan: our balance there is used up"),
    "supply:refused_out_of_stock": _("Supplier refuses a plan: it is out of stock"),
    "inbox": _("Notification not applied"),
    "suspense": _("Balance in suspense"),
    "clearing:differs": _("Day's totals differ from the clearing account"),
    "clearing:not_compared": _("Day not reconciled"),
    "stock": _("Few profiles left in stock"),
    "supplied:not_booked": _("Supplier delivered, and its cost is not booked"),
    "supplied:not_delivered": _("Cost booked for what a supplier didn't deliver"),
    "payables:differs": _("Supplier's statement differs from our books"),
    "payables:balance_floor": _("Balance at a supplier is below its floor"),
    "payables:balance_days": _("Balance at a supplier runs out soon"),
    "payables:not_compared": _("Supplier's statement not compared"),
    "ratings:sums": _("Published rating differs from those that count"),
    "ratings:refunded": _("Rating of a refunded order counts"),
    "ratings:late": _("Ratings haven't been published for too long"),
    "automatic:no_attempt": _("Automatic order that no renewal placed"),
    "automatic:no_consent": _("Automatic order without a valid consent"),
    "automatic:above_cap": _("Automatic order above what was agreed to"),
    "automatic:above_month": _("Automatic orders together above what was agreed to"),
    "automatic:unpaid": _("Counted as renewed, and its order is not paid"),
    "automatic:no_notice": _("Automatic order that was not announced in time"),
    "automatic:twice": _("One plan renewed automatically twice"),
    "codes": _("Active codes differ from what is outstanding in the books"),
    "promotion_codes:uses": _("Promotion code differs from its uses"),
    "promotion_codes:orders": _("Uses of a promotion code differ from its orders"),
    "promotion_codes:spent": _("Promotion code's budget differs from its uses"),
    "top_ups:no_payment": _("Wallet top-up and its payment disagree on whether it is paid"),
    "top_ups:sums": _("Wallet top-up differs from the books"),
    "top_ups:frozen": _("Frozen money of a wallet top-up differs from the books"),
    "bonuses:uses": _("Bonus differs from what payments used of it"),
    "bonuses:sums": _("A person's bonuses differ from the books"),
    "plan_changes:price": _("Price of a changed plan differs from what counts towards it"),
    "plan_changes:above": _("More of a plan counts than was paid for it"),
    "plan_changes:not_booked": _("Changed plan differs from the journal"),
    "plan_changes:unpaid": _("What is left of a plan counts towards one that isn't paid"),
    "guesses": _("Many redemption codes that don't exist were entered"),
    "liabilities": _("Bonuses or codes together differ from the books"),
    "journal": _("Journal doesn't balance"),
}
_BY_HAND = _(
    "This can't happen on its own: someone changed the database manually, or there is a bug. Don't "
    "change anything else, keep a copy of the database, and ask a developer to investigate."
)
ADVICE: dict[str, Promise] = {
    "journal": _(
        "Someone changed the database manually, or there is a bug. Don't change anything else, "
        "keep a copy of the database, and run “limosa books check”: it checks every entry and "
        "lists those that don't balance."
    ),
    "delivery": _(
        "This should have been refunded automatically by now. Check that the worker is running, "
        "and open the order: its trace shows what it is waiting for."
    ),
    "supply:unclear": _(
        "The order's page says what is unclear. Find the order in the supplier's portal, then "
        "enter what you saw on the order's page here. Until then it is not ordered again. The "
        "customer is refunded as for any order that is not delivered in time."
    ),
    "supply:no_answer": _(
        "Find the order in the supplier's portal, and contact the supplier. Its answer is applied "
        "automatically."
    ),
    "supply:not_cancelled": _(
        "The customer has been refunded, but the supplier has not cancelled its side yet. Contact "
        "the supplier."
    ),
    "supply:not_returned": _(
        "The customer asked to return an eSIM that isn't installed and waits for their money; the "
        "supplier is asked again and again to cancel it. Contact the supplier. A refund on the "
        "order's page goes out at once, whether or not the supplier agrees later."
    ),
    "supply:esim_gone": _(
        "The customer has paid for this plan, and its eSIM no longer works. Refund it on the "
        "order's page, or give them another one, and write to them."
    ),
    "supply:refused_price_changed": _(
        "Its price list is being fetched again. If orders are still refused after that, take the "
        "plan off sale, or give it another supplier."
    ),
    "supply:refused_credit_used_up": _(
        "Pay money in at the supplier. Until then, take its plans off sale, or give them another "
        "supplier: each customer without one is charged and refunded."
    ),
    "supply:refused_out_of_stock": _(
        "Take the plan off sale until the supplier has it again, or give it another supplier: each "
        "customer without one is charged and refunded."
    ),
    "inbox": _(
        "The provider sent a notification that was not applied. Open the order and check with the "
        "provider: its answer is applied like the notification."
    ),
    "suspense": _(
        "Open the account under Trial balance: the newest posting shows which money it is. Ask a "
        "developer to book it to the right account."
    ),
    "clearing:differs": _(
        "Open the day under Settlements: the difference on its clearing account explains what to "
        "do."
    ),
    "clearing:not_compared": _(
        "The provider's file is missing or can't be read. Open the day under Settlements to see "
        "why. Download the file from the provider's site and reconcile it with the command."
    ),
    "payables:differs": _(
        "Open the difference on the page Suppliers: it shows both sides, and lets you correct our "
        "books or dispute the charge."
    ),
    "payables:balance_floor": _(
        "Pay money in at the supplier, or its orders will be refused. Then record the payment on "
        "the page Suppliers."
    ),
    "payables:balance_days": _(
        "Pay money in at the supplier, or its orders will be refused. Then record the payment on "
        "the page Suppliers."
    ),
    "payables:not_compared": _(
        "The supplier didn't answer. Import the statement from a file with “limosa suppliers "
        "statement import”, or compare the day again on the page Suppliers."
    ),
    "ratings:refunded": _(
        "Each place is published once an hour, and what was refunded drops out then. Check that "
        "the worker is running."
    ),
    "ratings:late": _("Check that the worker is running: it publishes ratings each minute."),
    "automatic": _(
        "This can't happen on its own: someone changed the database manually, or there is a bug. "
        "Refund the order on its page, write to the customer, and ask a developer to investigate."
    ),
    "guesses": _(
        "Somebody tries codes at random, from many accounts and addresses: each may enter only a "
        "few. A hit is next to impossible. Look in the server's log for addresses that often open "
        "the page on which codes are redeemed, and block them in front of the service."
    ),
    "stock": _(
        "Once none is left, no new eSIM of this type can be installed. Import more profiles with "
        "“limosa smdp profile import”, or lower the type's limit with “limosa smdp type set”."
    ),
}


def finding_text(guard: str, problem: str) -> str:
    """Return what is wrong, in words."""
    return str(FINDINGS.get(f"{guard}:{problem}", FINDINGS.get(guard, guard)))


def finding_advice(guard: str, problem: str) -> str:
    """Return what to do about it."""
    return str(ADVICE.get(f"{guard}:{problem}", ADVICE.get(guard, _BY_HAND)))
