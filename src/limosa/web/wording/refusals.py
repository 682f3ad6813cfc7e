"""What a person reads when the business says no: what happened, and what to do.

Every refusal's code has its text here; a test looks through all of them.
"""

from datetime import timedelta
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from limosa.domain.accounts.refusals import PinLockedError, PinWrongError, TriedTooOftenError
from limosa.domain.payments.refusals import DayNotOverError
from limosa.foundation.errors import DomainRefusal
from limosa.web.wording import formatting
from limosa.web.wording.promises import PROMISES, promised

_MINUTE, _HOUR = timedelta(minutes=1), timedelta(hours=1)
TEXTS: dict[str, str | Promise] = {
    "refused": _("This is not possible. Please go back and try another way."),
    "plan_not_on_sale": _("This plan is not sold any more. Please choose another one."),
    "top_up_needs_bundle": _(
        "Extra data joins a running plan, and there is none on this eSIM. Please choose a plan "
        "for a month, a quarter or a year."
    ),
    "quote_expired": _(
        "This price was promised for %(price_holds)s, which are over. Nothing was charged. Please "
        "look at the price below and press again."
    ),
    "link_has_open_orders": _(
        "Three orders of this link have not been paid yet, so we have placed no new one. Please "
        "pay one of them, or try again in half an hour."
    ),
    "person_has_open_orders": _(
        "Ten of your orders have not been paid yet, so we have placed no new one. Please pay one "
        "of them, or try again in half an hour."
    ),
    "order_not_payable": _(
        "This order can't be paid any more: it is paid, cancelled or refunded. No new payment was "
        "started."
    ),
    "payment_processing": _(
        "A payment of this order is still being processed, so no other one was started. Please "
        "wait for it: this page shows what becomes of it."
    ),
    "payment_method_not_offered": _(
        "This payment method can't be used for this order. Please choose another one."
    ),
    "amount_too_small": _(
        "This amount is below the least that this payment method takes. Nothing was charged. "
        "Please choose another payment method."
    ),
    "payer_needed": _(
        "Your bank wants you to confirm this payment. Nothing was charged yet. Please pay with the "
        "button below; your bank will ask you there."
    ),
    "own_proposal": _("You proposed this refund yourself: somebody else has to sign it."),
    "role_too_low": _(
        "Your role may not do this. Nothing was changed. Ask a colleague whose role may, or an "
        "admin to give you another role."
    ),
    "own_role": _("Nobody changes their own role or removes themselves. Ask another admin to."),
    "last_admin": _(
        "This is the last admin: without one nobody could look after the staff. Make somebody else "
        "an admin first."
    ),
    "staff_address_unconfirmed": _(
        "Somebody has an account with this address but has not confirmed that it is theirs. Have "
        "them confirm it first; then add them."
    ),
    "already_staff": _("This person is of the staff already. Change their role in the list."),
    "refund_not_allowed": _(
        "This order can't be refunded: some of its data has been used, its time is over, or a bank "
        "decides about it. Press “Get help” if you think that this is wrong."
    ),
    "case_full": _(
        "You have written a lot to us about this order already. We have it, and answer by e-mail."
    ),
    "case_not_waiting": _(
        "This case takes no reply now: there is one already, or the case is closed. Nothing was "
        "changed."
    ),
    "supply_not_unclear": _(
        "It is known what became of this order at the supplier. Nothing was changed."
    ),
    "exchange_rate_missing": _(
        "We have no exchange rate for this payment method today. Please choose another one."
    ),
    "wallet_too_low": _(
        "Your wallet does not hold enough for this plan. Nothing was charged. Please choose "
        "another payment method."
    ),
    "price_changed": _(
        "The price, the time or the exchange rate has changed since this page was shown. Nothing "
        "was charged. The page now shows the new values: please look at them and press again."
    ),
    "choice_changed": _(
        "Your choice has changed since this price was shown. Nothing was charged. The page now "
        "shows the price for your new choice: please look at it and press again."
    ),
    "page_too_old": _(
        "This page was open for more than %(price_holds)s. Nothing was charged. The prices below "
        "are new: please look at them and press again."
    ),
    "day_not_over": _(
        "This day is not over yet: the payment provider counts its days by the clock of %(city)s. "
        "Nothing was changed. Choose an earlier day."
    ),
    "pin_malformed": _("A payment PIN has %(pin_digits)s digits. Please type them all."),
    "pin_too_simple": _(
        "This PIN is one of the first that a thief tries. Please choose another one: no date, no "
        "sequence such as 123456, no repeats such as 121212."
    ),
    "pin_missing": _(
        "You have no payment PIN yet. Nothing was charged. Please set one in your settings, then "
        "pay with it."
    ),
    "pin_already_set": _("You have a payment PIN already. It can be changed or reset."),
    "pin_wrong": ngettext_lazy(
        "This is not your payment PIN. You have %(tries_left)d more try before a pause.",
        "This is not your payment PIN. You have %(tries_left)d more tries before a pause.",
        "tries_left",
    ),
    "pin_locked": _(
        "After %(pin_tries)s wrong tries your payment PIN is paused until %(until)s. Until then "
        "you can use another payment method, or reset the PIN with your password in your settings."
    ),
    "not_me_too_late": _(
        "This link was used already, or it is older than seven days. If something is wrong with "
        "your account, choose a new password: that signs everybody else out."
    ),
    "tried_too_often": ngettext_lazy(
        "This was tried too often. Please wait %(minutes)d minute, then try again.",
        "This was tried too often. Please wait %(minutes)d minutes, then try again.",
        "minutes",
    ),
}
_HOURS = ngettext_lazy(
    "This was tried too often. Please wait %(hours)d hour, then try again.",
    "This was tried too often. Please wait %(hours)d hours, then try again.",
    "hours",
)


def refusal_text(refusal: DomainRefusal, *, time_zone: str = "UTC") -> str:
    """Return the text for a refusal, in the active language.

    `time_zone`: of the person, for a refusal that says until when.
    """
    text = TEXTS.get(refusal.code, TEXTS["refused"])
    values: dict[str, Any] = {name: promised(name) for name in PROMISES}
    if isinstance(refusal, PinWrongError):
        values["tries_left"] = refusal.tries_left
    if isinstance(refusal, DayNotOverError):
        values["city"] = formatting.city(refusal.zone)
    if isinstance(refusal, PinLockedError):
        values["until"] = formatting.full_moment(refusal.until, time_zone=time_zone)
    if isinstance(refusal, TriedTooOftenError):
        values["minutes"] = max(1, -(-refusal.wait // _MINUTE))
        values["hours"] = -(-refusal.wait // _HOUR)
        text = _HOURS if refusal.wait > 2 * _HOUR else text
    return str(text % values)
