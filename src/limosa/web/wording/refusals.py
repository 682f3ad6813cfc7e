"""The text for each refusal: what happened, and what to do.

Every refusal's code has its text here; a test checks all of them.
"""

from datetime import timedelta
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from limosa.domain.accounts.refusals import PinLockedError, PinWrongError, TriedTooOftenError
from limosa.domain.esims.refusals import TooManyMovesError
from limosa.domain.ordering.refusals import UnpaidOrderInWayError
from limosa.domain.payables.refusals import DepositCurrencyError
from limosa.domain.payments.refusals import DayNotOverError
from limosa.domain.redemption.engine.codes import NEVER_USED
from limosa.domain.redemption.refusals import (
    CodeLengthError,
    CodeSymbolError,
    CodeUsedByYouError,
)
from limosa.domain.wallets.refusals import TopUpAmountError
from limosa.foundation.errors import DomainRefusal
from limosa.web.wording import formatting, refund_rule
from limosa.web.wording.promises import PROMISES, promised

_MINUTE, _HOUR = timedelta(minutes=1), timedelta(hours=1)
TEXTS: dict[str, str | Promise] = {
    "refused": _("This can't be done. Please go back and try another way."),
    "plan_not_on_sale": _("This plan is no longer sold. Please choose another one."),
    "top_up_needs_bundle": _(
        "A top-up adds data to an active plan, and this eSIM has none. Please choose a plan for a "
        "month, a quarter or a year."
    ),
    "quote_expired": _(
        "This price was held for %(price_holds)s and has expired. Nothing was charged. Please "
        "check the price below and confirm again."
    ),
    "link_has_open_orders": _(
        "Three orders for this eSIM were placed this way, perhaps by others, and are not paid yet, "
        "so no new order was placed. Please try again in half an hour, or sign in to renew. If you "
        "came by the eSIM's number, the renewal link in our message works as well."
    ),
    "person_has_open_orders": _(
        "Ten of your orders are still unpaid, so no new order was placed. Please pay one of them, "
        "or try again in half an hour."
    ),
    "order_not_payable": _(
        "This order can no longer be paid: it is already paid, cancelled or refunded. No new "
        "payment was started."
    ),
    "payment_processing": _(
        "A payment for this order is still being processed, so a new one was not started. Please "
        "wait: this page shows the result."
    ),
    "payment_method_not_offered": _(
        "This payment method can't be used for this order. Please choose another one."
    ),
    "amount_too_small": _(
        "This amount is below the minimum for this payment method. Nothing was charged. Please "
        "choose another payment method."
    ),
    "top_up_amount": _(
        "You can add from %(least)s to %(most)s at once. Please choose another amount."
    ),
    "top_up_not_offered": _(
        "Money can't be added to a wallet in this currency. You can choose another currency in "
        "Settings."
    ),
    "tier_terms": _(
        "This bonus can't be offered. It must be above zero, at most the amount that is added, and "
        "end after it begins."
    ),
    "top_ups_open": _(
        "Several of your wallet top-ups are still unpaid, so no new one was begun. Please pay one "
        "of them, or try again in half an hour."
    ),
    "auto_renewal_not_offered": _(
        "Auto-renew can't be switched on as you chose: the plan is no longer sold, the eSIM can't "
        "be renewed, or a payment method was removed. Nothing was changed."
    ),
    "auto_renewal_off": _("Auto-renew is off already. Nothing more is charged."),
    "auto_renewal_on": _("Auto-renew has been switched on already. Its page shows its terms."),
    "nothing_to_skip": _(
        "There is no renewal to leave out: none is planned, or it has been paid already."
    ),
    "undo_over": _(
        "This renewal can no longer be undone here: more than a day has passed, or it was undone "
        "already."
    ),
    "payer_needed": _(
        "Your bank needs you to confirm this payment. Nothing has been charged yet. Please pay "
        "with the button below; your bank will ask you to confirm."
    ),
    "own_proposal": _("You proposed this refund yourself: someone else has to sign it off."),
    "role_too_low": _(
        "Your role doesn't allow this. Nothing was changed. Ask a colleague with the right role, "
        "or ask an admin to change your role."
    ),
    "own_role": _("You can't change your own role or remove yourself. Ask another admin."),
    "last_admin": _(
        "This is the last admin: without one, nobody could manage the staff. Make someone else an "
        "admin first."
    ),
    "staff_address_unconfirmed": _(
        "An account with this address exists, but the address has not been confirmed. Ask them to "
        "confirm it first, then add them."
    ),
    "already_staff": _(
        "This person is already a member of the staff. Change their role in the list."
    ),
    "plan_not_changeable": _(
        "What is left of this plan can't count towards another one: it is over, it was changed "
        "already, or its payment is disputed. Nothing was changed."
    ),
    "change_moved": _(
        "What counts of your plan, or the new price, has changed since this page was loaded. "
        "Nothing was charged. Please check the values below and confirm again."
    ),
    "refund_not_allowed": refund_rule.REFUSED,
    "use_not_known": refund_rule.USE_NOT_KNOWN,
    "not_taken_back": refund_rule.NOT_TAKEN_BACK,
    "unpaid_order_in_way": refund_rule.UNPAID_IN_WAY,
    "case_full": _(
        "You have already sent us a lot about this order. We have it all and will answer by email."
    ),
    "case_not_waiting": _(
        "You can't reply to this case: you have already replied, or it is closed. Nothing was "
        "changed."
    ),
    "callback_not_deliverable": _(
        "This notification can't be delivered again: its signature could not be verified, or it is "
        "no longer kept. Nothing was changed."
    ),
    "supply_not_unclear": _(
        "The outcome of this order at the supplier is already known. Nothing was changed."
    ),
    "exchange_rate_missing": _(
        "We have no exchange rate for this payment method today. Please choose another one."
    ),
    "wallet_too_low": _(
        "Your wallet balance is too low for this plan. Nothing was charged. Please choose another "
        "payment method."
    ),
    "price_changed": _(
        "The price, the dates or the exchange rate changed after this page was loaded. Nothing was "
        "charged. The page now shows the new values: please check them and confirm again."
    ),
    "choice_changed": _(
        "You changed your selection after this price was shown. Nothing was charged. The page now "
        "shows the price for your new selection: please check it and confirm again."
    ),
    "loss_not_agreed": _(
        "This plan takes the place of the one you have, and the data left on that is lost. Nothing "
        "was charged. If that is what you want, tick the box above the button and confirm again."
    ),
    "device_takes_none": _(
        "The device that you checked takes no eSIM. Nothing was charged. If the eSIM is for "
        "another device, tick the box above the button and confirm again."
    ),
    "rating_not_open": _(
        "This plan can't be rated, or the time to do so is over. Nothing was saved."
    ),
    "no_data_moved": _(
        "We have not counted any data of this plan yet, so there is nothing to rate. Please come "
        "back in a few hours."
    ),
    "place_not_covered": _(
        "This plan is not for that place. Nothing was saved. Please choose one of the list."
    ),
    "comment_not_shown": _("There is no comment here to report, or it is your own."),
    "nothing_bought": _("Only people who have bought a plan here can report comments."),
    "too_many_reports": _(
        "We have not yet reviewed the comments that you reported before. Please report this one "
        "once we have."
    ),
    "comment_changed": _(
        "The writer changed the comment after you opened this page. It is shown as it is now: "
        "please read it, then decide again."
    ),
    "page_too_old": _(
        "This page was open for more than %(price_holds)s. Nothing was charged. The prices below "
        "have been updated: please check them and confirm again."
    ),
    "day_not_over": _(
        "This day is not over yet: the payment provider counts its days in %(city)s time. Nothing "
        "was changed. Choose an earlier day."
    ),
    "charge_difference_changed": _(
        "This difference has changed, or is resolved by now. Nothing was booked. The page shows "
        "how it is now: please check it again."
    ),
    "deposit_currency": _(
        "Our account at this supplier is in %(currencies)s. Nothing was booked. Enter what the "
        "supplier credited, in that currency."
    ),
    "deposit_reference_unreadable": _(
        "This reference contains characters that can't be shown, such as a line break. Nothing was "
        "booked. Type the reference in yourself."
    ),
    "nothing_to_pay": _("This is our own network: nothing is paid to it. Nothing was booked."),
    "deposit_reference_reused": _(
        "A payment with this reference is already recorded, with another amount or undone. Nothing "
        "was booked. Check the reference."
    ),
    "no_statement": _(
        "This supplier is not set up, or its statement can't be fetched. Import the statement from "
        "a file instead."
    ),
    "statement_day_not_over": _(
        "This day is not over yet: suppliers' statements are compared by days in UTC. Nothing was "
        "changed. Choose an earlier day."
    ),
    "plan_code_taken": _("There is a plan with this code already. Choose another one."),
    "no_price_list": _(
        "This supplier is not set up, or its price list can't be fetched. Import the list from a "
        "file instead."
    ),
    "sells_no_plans": _(
        "This supplier provides eSIMs, and what is on them is ours to decide: it has no price "
        "list. Nothing was changed."
    ),
    "price_list_fetched": _(
        "A price list of this supplier is being read right now. Wait until it is there, then try "
        "again."
    ),
    "pin_malformed": _("A payment PIN has %(pin_digits)s digits. Please enter all of them."),
    "pin_too_simple": _(
        "This PIN is too easy to guess. Please choose another one: no dates, no sequences such as "
        "123456, no repeats such as 121212."
    ),
    "pin_missing": _(
        "You don't have a payment PIN yet. Nothing was charged. Please set one in Settings, then "
        "pay with it."
    ),
    "pin_already_set": _("You already have a payment PIN. You can change or reset it."),
    "pin_wrong": ngettext_lazy(
        "Incorrect payment PIN. You have %(attempts_left)d attempt left before it is locked.",
        "Incorrect payment PIN. You have %(attempts_left)d attempts left before it is locked.",
        "attempts_left",
    ),
    "pin_locked": _(
        "Your payment PIN is locked until %(until)s after %(pin_attempts)s wrong attempts. You can "
        "use another payment method, or reset the PIN with your password in Settings."
    ),
    "move_not_offered": _(
        "This eSIM can't get another code here. Nothing was changed. Get help from the page of one "
        "of its orders."
    ),
    "move_waiting": _(
        "This eSIM is being moved already. Install the new code, or give that move up first."
    ),
    "move_over": _("This move has ended already. The page shows where the eSIM is now."),
    "too_many_moves": _(
        "This eSIM was moved as often as it can be for now, so nothing was changed. It can be "
        "moved again from %(next_at)s."
    ),
    "no_profile_now": _(
        "The network has no new code to give at the moment. Nothing was changed. Please try again "
        "later."
    ),
    "not_me_too_late": _(
        "This link has already been used or is more than seven days old. If something is wrong "
        "with your account, choose a new password: that signs out everyone else."
    ),
    "code_symbol": _(
        "“%(symbol)s” occurs in no code: codes have none of %(never)s. Please check that character."
    ),
    "code_length": _(
        "A code has %(code_length)s characters, and this has %(length)d. Please compare it with "
        "yours."
    ),
    "code_check": _(
        "Something is mistyped: a character is wrong, or some are exchanged. Please compare it "
        "with your code."
    ),
    "code_unknown": _(
        "There is no such code. Please compare each character with yours. If they are the same, "
        "ask where you got it."
    ),
    "code_not_active": _("This code isn't active yet. Please ask where you got it."),
    "code_used_by_you": _(
        "You redeemed this code yourself, on %(used_at)s. The money went into your wallet then."
    ),
    "code_used": _("This code has been redeemed already, by someone else."),
    "code_void": _("This code was withdrawn and is worth nothing. Please ask where you got it."),
    "code_expired": _("This code has expired."),
    "batch_not_made": _("These codes are still being made. Please wait until all are there."),
    "batch_exported": _(
        "These codes were exported before, and can't be exported again. If the file is lost, void "
        "the batch and make another one."
    ),
    "batch_not_exported": _(
        "Nobody has these codes yet. Export them first, then activate them. Nothing was changed."
    ),
    "batch_expired": _("This batch has expired. Nothing was changed."),
    "serials_not_of_batch": _(
        "These serials are not all of this batch, or the last is before the first. Nothing was "
        "changed."
    ),
    "buyer_payment": _(
        "This payment can't be recorded: the codes are given away, or the reference was used for "
        "another amount. Nothing was booked."
    ),
    "batch_terms": _(
        "These codes can't be made: check the count, the amount, the price, which may not exceed "
        "the amount, and the last day. Nothing was changed."
    ),
    "promotion_code_taken": _(
        "There is a promotion with this code already. Please use another one. Nothing was changed."
    ),
    "promotion_begun": _(
        "This promotion has begun, and people have seen what it says. End it, and make another one."
    ),
    "promotion_over": _("The last day of this promotion is over. Nothing was changed."),
    "promotion_terms": _(
        "This promotion can't be made: check what it gives, the plans and the days. Its last day "
        "may not be over. Nothing was changed."
    ),
    "promotion_code_unknown": _(
        "There is no such code. Please compare each character with yours. Nothing was changed."
    ),
    "promotion_code_early": _(
        "This code doesn't count yet. Please come back when its promotion begins."
    ),
    "promotion_code_over": _("This code has ended. The price is the one without it."),
    "promotion_code_used_up": _("This code has been used up. The price is the one without it."),
    "promotion_code_used_by_you": _(
        "You have used this code as often as it may be used. The price is the one without it."
    ),
    "promotion_code_first_order": _(
        "This code is for a first order only. The price is the one without it."
    ),
    "promotion_code_text_taken": _("There is a code like this already. Nothing was changed."),
    "promotion_code_terms": _(
        "This code can't be made: check its text, which has letters and digits only, and its "
        "limits. Nothing was changed."
    ),
    "tried_too_often": ngettext_lazy(
        "Too many attempts. Please wait %(minutes)d minute, then try again.",
        "Too many attempts. Please wait %(minutes)d minutes, then try again.",
        "minutes",
    ),
}
_HOURS = ngettext_lazy(
    "Too many attempts. Please wait %(hours)d hour, then try again.",
    "Too many attempts. Please wait %(hours)d hours, then try again.",
    "hours",
)


def refusal_text(refusal: DomainRefusal, *, time_zone: str = "UTC") -> str:
    """Return the text for a refusal, in the active language.

    `time_zone`: the person's, for a refusal that has an end.
    """
    text = TEXTS.get(refusal.code, TEXTS["refused"])
    values: dict[str, Any] = {name: promised(name) for name in PROMISES}
    if isinstance(refusal, PinWrongError):
        values["attempts_left"] = refusal.attempts_left
    values |= _names(refusal)
    if isinstance(refusal, TopUpAmountError):
        values["least"] = formatting.money(refusal.least)
        values["most"] = formatting.money(refusal.most)
    if isinstance(refusal, PinLockedError | UnpaidOrderInWayError):
        values["until"] = formatting.full_moment(refusal.until, time_zone=time_zone)
    if isinstance(refusal, CodeUsedByYouError):
        values["used_at"] = formatting.full_moment(refusal.used_at, time_zone=time_zone)
    if isinstance(refusal, TooManyMovesError):
        values["next_at"] = formatting.full_moment(refusal.next_at, time_zone=time_zone)
    if isinstance(refusal, TriedTooOftenError):
        values["minutes"] = max(1, -(-refusal.wait // _MINUTE))
        values["hours"] = -(-refusal.wait // _HOUR)
        text = _HOURS if refusal.wait > 2 * _HOUR else text
    return str(text % values)


def _names(refusal: DomainRefusal) -> dict[str, Any]:
    """Return what a refusal names."""
    if isinstance(refusal, CodeSymbolError):
        return {"symbol": refusal.symbol, "never": ", ".join(NEVER_USED)}
    if isinstance(refusal, CodeLengthError):
        return {"length": refusal.length}
    if isinstance(refusal, DayNotOverError):
        return {"city": formatting.city(refusal.zone)}
    if isinstance(refusal, DepositCurrencyError):
        return {"currencies": ", ".join(refusal.known)}
    return {}
