"""The console's words for price lists, pricing rules and proposals."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

CHANGE_KINDS: dict[str, Promise] = {
    "new": pgettext_lazy("price list", "New"),
    "gone": _("No longer listed"),
    "dearer": _("Dearer"),
    "cheaper": _("Cheaper"),
    "other": _("Other rules only"),
    "rules": _("With other rules"),
}
PROPOSAL_KINDS: dict[str, Promise] = {
    "price": _("New price"),
    "back": _("Back on sale"),
    "gone": _("Off sale: no longer listed"),
    "cost_above_price": _("Off sale: costs more than its price"),
    "refused": _("Off sale: its supplier refuses it"),
}
PROPOSAL_STATES: dict[str, Promise] = {
    "open": _("Waiting for a decision"),
    "applied": _("Applied"),
    "rejected": _("Rejected"),
    "overtaken": _("Overtaken"),
}
SHEET_FAILURES: dict[str, Promise] = {
    "no_answer": _("The supplier did not answer."),
    "short": _("The list ended before as many plans as announced."),
    "twice": _("A code stands in the list twice, with different content."),
    "empty": _("The list was empty."),
    "endless": _("The pages of the list repeat, or are too many."),
    "unfit": _("A plan in the list can't be stored."),
    "abandoned": _("The worker stopped while it was reading."),
}
RULES: dict[str, Promise] = {
    "currency": _("Currency"),
    "name": _("Name"),
    "use": _("New eSIM or renewal"),
    "volume_bytes": _("Volume"),
    "days": pgettext_lazy("plan", "Days"),
    "countries": _("Countries"),
    "daily_bytes": _("Full speed per day"),
    "throttled_kbps": _("Speed after that"),
    "activation": _("Days begin"),
    "day_zone": _("Time zone of a day"),
    "exit_country": _("Exit country"),
    "is_renewable": _("Can be renewed"),
    "renewed_by": _("Renewed by"),
    # Of single suppliers.
    "operator_is_kyc_verify": _("Identity check"),
    "short_info": _("Note of the supplier"),
}
USES: dict[str, Promise] = {
    "new_esim": _("New eSIM"),
    "renewal": pgettext_lazy("plan", "Renewal"),
    "either": _("New eSIM or renewal"),
}
ACTIVATIONS: dict[str, Promise] = {
    "order": _("when ordered"),
    "installation": _("when installed"),
    "first_use": _("with the first use"),
    "unknown": _("not known"),
}
NO_PRICE: dict[str, Promise] = {
    "no_rule": _("No pricing rule covers this plan."),
    "no_ending": _("No currency is set up for prices."),
    "no_rate": _("An exchange rate is missing."),
    "no_fee": _("The payment fee in this currency is not set."),
    "fee_takes_all": _("Tax and payment fee leave nothing of a price."),
    "too_high": _("The price would be too high."),
}
