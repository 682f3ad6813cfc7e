"""What people and staff are told of the refund rule.

The rule itself is `may_be_returned` in domain/esims/engine/bundle_life.py, and what
`refund_order` adds to it. Whoever changes it words it anew here, and nowhere else.
"""

from django.utils.translation import gettext_lazy as _

AT_PURCHASE = _("Full refund while no data has been used.")
REFUSED = _(
    "This order can't be refunded: some of its data has been used, its time is over, or its "
    "payment is disputed. If you think this is wrong, choose “Get help”."
)
REFUSED_IN_CONSOLE = _(
    "This can't be refunded: it is not paid, its data has been used, or the payer disputes it. "
    "A partial refund is still possible after data has been used."
)
USE_NOT_KNOWN = _(
    "Nothing was refunded yet: we asked the carrier how much data was used, and got no clear "
    "answer. Please try again in a few minutes, or choose “Get help”."
)
BEFORE_A_REFUND = _(
    "The refund goes to the original payment method. A full refund is possible only while no data "
    "has been used, and removes the bundle. A partial refund is possible at any time, and the "
    "bundle stays. This can't be undone."
)
