"""The variables of the account with BillionConnect."""

from limosa.foundation.network_variables import SecureUrl
from limosa.foundation.variables import Choice, Declaration, Sender, Text, Variable

_WHERE = "BillionConnect's portal, the page 接口授权"

DECLARATION = Declaration(
    code="billionconnect",
    title="BillionConnect",
    implementation=(
        "limosa.domain.connectivity.suppliers.billionconnect.adapter.BillionConnectSupplier"
    ),
    turned_on_by="LIMOSA_BILLIONCONNECT_APP_KEY",
    variables=(
        Variable(
            "LIMOSA_BILLIONCONNECT_APP_KEY",
            Text(),
            is_needed=True,
            about="the channel's `appKey`",
            source=_WHERE,
        ),
        Variable(
            "LIMOSA_BILLIONCONNECT_APP_SECRET",
            Text(),
            is_secret=True,
            is_needed=True,
            about="its `appSecret`, which signs in both directions. The address for callbacks to "
            "enter there is `/suppliers/billionconnect/callback`",
            source=_WHERE,
        ),
        Variable(
            "LIMOSA_BILLIONCONNECT_SALES_METHOD",
            Choice(("1", "2", "3", "4", "5", "6")),
            is_needed=True,
            about="how the contract sells: `1` retail, `2` OTA, `3` wholesale, `4` commission, `5` "
            "distribution, `6` other. With another one nothing is for sale",
            source="the contract with BillionConnect",
        ),
        Variable(
            "LIMOSA_BILLIONCONNECT_CURRENCY",
            Text(),
            is_needed=True,
            about="the currency of the account, such as `CNY`: its price list does not name one",
            source="the contract with BillionConnect",
        ),
        Variable(
            "LIMOSA_BILLIONCONNECT_EMAIL",
            Sender(),
            is_needed=True,
            about="a mailbox of the shop's own: BillionConnect mails each QR code, under its own "
            "brand, to the address in the order. Customers' addresses are never sent",
        ),
        Variable(
            "LIMOSA_BILLIONCONNECT_REFUND_REASON",
            Text(),
            about="the number of the reason that applications for refunds name",
            default_about="none: what is delivered is never given back, and nobody is offered to "
            "return it",
            source="BillionConnect",
        ),
        Variable(
            "LIMOSA_BILLIONCONNECT_UNKNOWN_ORDER_CODE",
            Text(),
            about="the code by which it answers that it has no order with our number, which no "
            "document names: ask for an order that does not exist, and enter what it answers",
            default_about="none: only an empty answer says so, and an order that never reached it "
            "is refunded instead of being sent again",
        ),
        Variable(
            "LIMOSA_BILLIONCONNECT_URL",
            SecureUrl(),
            default="https://apiint-flow.billionconnect.com/Flow/saler/2.0/invoke",
            about="its one address; overridden for its test system, "
            "`https://api-flow-ts.billionconnect.com/Flow/saler/2.0/invoke`, or a simulator. "
            "`http` is for loopback only",
        ),
    ),
)
