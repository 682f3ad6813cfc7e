"""Words for our calls to suppliers and payment providers, and for what came of them."""

from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy

from limosa.web.console.words import word

CALLS: dict[str, Promise] = {
    "order": pgettext_lazy("call", "order"),
    "reorder": pgettext_lazy("call", "order once more"),
    "look_up": pgettext_lazy("call", "look up"),
    "cancel": pgettext_lazy("call", "cancel"),
    "end_early": pgettext_lazy("call", "end early"),
    "create": pgettext_lazy("call", "start the payment"),
    "query": pgettext_lazy("call", "query"),
    "close": pgettext_lazy("call", "close"),
    "refund": pgettext_lazy("call", "refund"),
}
OUTCOMES: dict[str, Promise] = {
    "delivered": pgettext_lazy("outcome", "delivered"),
    "pending": pgettext_lazy("outcome", "not there yet"),
    "unknown": pgettext_lazy("outcome", "it knows no such order"),
    "duplicate": pgettext_lazy("outcome", "it already has this order"),
    "done": pgettext_lazy("outcome", "done"),
    "refused": pgettext_lazy("outcome", "refused"),
    "under_review": pgettext_lazy("outcome", "under review"),
    "created": pgettext_lazy("outcome", "started"),
    "succeeded": pgettext_lazy("outcome", "succeeded"),
    "closed": pgettext_lazy("outcome", "closed"),
    "failed": pgettext_lazy("outcome", "failed"),
}
REFUSALS: dict[str, Promise] = {
    "out_of_stock": pgettext_lazy("refusal", "out of stock"),
    "price_changed": pgettext_lazy("refusal", "its price has changed"),
    "credit_used_up": pgettext_lazy("refusal", "our balance there is used up"),
    "not_sold": pgettext_lazy("refusal", "it doesn't sell this"),
    "not_sold_to_us": pgettext_lazy("refusal", "it doesn't sell this to us"),
    "parameter_refused": pgettext_lazy("refusal", "it doesn't accept what the order says"),
    "parameters_refused": pgettext_lazy("refusal", "it doesn't accept what the order says"),
    "not_permitted": pgettext_lazy("refusal", "our account there may not order this"),
    "account_refused": pgettext_lazy("refusal", "it doesn't accept our account"),
    "token_refused": pgettext_lazy("refusal", "it doesn't accept our account"),
    "busy": pgettext_lazy("refusal", "it is busy"),
    "renewal_failed": pgettext_lazy("refusal", "the renewal failed there"),
    "maintenance": pgettext_lazy("refusal", "under maintenance"),
    "not_renewable": pgettext_lazy("refusal", "this eSIM can't be renewed"),
    "not_for_this_esim": pgettext_lazy("refusal", "not for this eSIM"),
    "esim_recycled": pgettext_lazy("refusal", "the eSIM no longer exists there"),
    "esim_unknown": pgettext_lazy("refusal", "it doesn't know the eSIM"),
    "rate_limited": pgettext_lazy("refusal", "too many calls"),
}


def call_text(call: str) -> str:
    """Return what was asked."""
    return word(CALLS, call)


def refusal_text(reason: str) -> str:
    """Return why a supplier refused; a term of its own as it is."""
    return word(REFUSALS, reason)


def outcome_text(outcome: str) -> str:
    """Return what came of a call (SupplierCall.outcome): the terms in words, the rest as it is."""
    kind, _, rest = outcome.partition(": ")
    if kind.startswith("refused") and rest:
        return gettext("refused: %(reason)s") % {"reason": refusal_text(rest)}
    if kind == "error":
        return gettext("error: %(what)s") % {"what": word(REFUSALS, rest)}
    said = word(OUTCOMES, kind)
    return f"{said} ({rest})" if rest else said
