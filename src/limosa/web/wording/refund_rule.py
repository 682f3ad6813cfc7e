"""What people and staff are told of the refund rule.

The rule itself is `may_be_returned` in domain/esims/engine/bundle_life.py, who has to agree is
`return_way` in domain/ordering/engine/returning.py, and `refund_order` adds to them. Whoever
changes it words it anew here, and nowhere else.
"""

from django.utils.translation import gettext_lazy as _

from limosa.domain.ordering.engine.returning import ReturnWay

AT_PURCHASE = {
    None: _(
        "Full refund if it can't be delivered. Whether you can return it after that depends on the "
        "carrier that delivers it; the order's page says so."
    ),
    ReturnWay.AT_ONCE: _("Full refund while no data has been used."),
    ReturnWay.ASKED: _(
        "Full refund while the eSIM isn't installed and no data has been used, once the carrier "
        "has cancelled it."
    ),
    ReturnWay.BY_STAFF: _(
        "Full refund if it can't be delivered. After that the carrier doesn't take it back, so "
        "check that it is the right plan."
    ),
}
NOT_TAKEN_BACK = _(
    "You can't return this plan yourself: the carrier doesn't take it back. If something is wrong "
    "with it, choose “Get help”; one of us decides."
)
UNPAID_IN_WAY = _(
    "You can't return this plan yet: another order for its eSIM can still be paid, until "
    "%(until)s. Leave that order unpaid; it is then cancelled automatically, and you can return "
    "this plan."
)
STAFF_WARNINGS = {
    ReturnWay.ASKED: _(
        "The supplier is asked to cancel it after the refund. If it refuses, we still pay it, and "
        "the eSIM still works."
    ),
    ReturnWay.BY_STAFF: _(
        "This supplier is not known to take it back: we still pay it, and the eSIM still works."
    ),
}
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
