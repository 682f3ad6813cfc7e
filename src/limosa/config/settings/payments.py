"""Payment providers, suppliers, and house rules about money.

A provider's or a supplier's variables are declared in its own folder (settings.py there).
"""

from limosa.config.settings.declared import declarations
from limosa.config.settings.reading import Subject, is_turned_on, read_declared
from limosa.foundation.offered_amounts import Amounts
from limosa.foundation.variables import (
    HostName,
    Limits,
    Number,
    RandomText,
    Text,
    Url,
    Variable,
    Zone,
)

# The default order of the channels, until the operator sets another. The wallet is not one of them:
# it is in our own books, and is settled by ordering.
PROVIDER_DECLARATIONS = declarations(
    (
        "limosa.domain.payments.providers.wechatpay",
        "limosa.domain.payments.providers.stripe",
        "limosa.domain.payments.providers.paypal",
        "limosa.domain.payments.providers.alipay",
    ),
    group="limosa.payment_providers",
)
PROVIDER_SETTINGS = {one.code: read_declared(one) for one in PROVIDER_DECLARATIONS}
PAYMENT_PROVIDERS = {
    one.code: one.implementation for one in PROVIDER_DECLARATIONS if is_turned_on(one)
}
SUPPLIER_DECLARATIONS = declarations(
    (
        "limosa.domain.connectivity.suppliers.own_network",
        "limosa.domain.connectivity.suppliers.es2plus",
        "limosa.domain.connectivity.suppliers.billionconnect",
        "limosa.domain.connectivity.suppliers.esim_access",
        "limosa.domain.connectivity.suppliers.tgt",
        "limosa.domain.connectivity.suppliers.airalo",
    ),
    group="limosa.suppliers",
)
SUPPLIER_SETTINGS = {one.code: read_declared(one) for one in SUPPLIER_DECLARATIONS}
SUPPLIER_ADAPTERS = {
    one.code: one.implementation for one in SUPPLIER_DECLARATIONS if is_turned_on(one)
}

_money = Subject("Money and service")
# What one member of the staff may refund of a payment, in minor units; above it two have to sign.
REFUND_LIMITS = _money.read(
    Variable(
        "LIMOSA_REFUND_LIMITS",
        Limits(),
        default="USD:5000 CNY:35000 EUR:5000",
        about="what one member of the staff may refund of a payment, in minor units; above it, "
        "and for other currencies, two have to sign",
    )
)
TOP_UP_AMOUNTS = _money.read(
    Variable(
        "LIMOSA_TOP_UP_AMOUNTS",
        Amounts(),
        default="USD:1000,2000,5000,10000 CNY:5000,10000,30000,50000 EUR:1000,2000,5000,10000 "
        "HKD:10000,20000,50000,100000 TWD:30000,60000,150000,300000 MXN:20000,50000,100000,200000",
        about="the amounts that people are offered to add to their wallets, in minor units of each "
        "currency; in a currency that is not named here nothing can be added",
    )
)
TOP_UP_LEAST = _money.read(
    Variable(
        "LIMOSA_TOP_UP_LEAST",
        Limits(),
        default="USD:500 CNY:3000 EUR:500 HKD:5000 TWD:15000 MXN:10000",
        about="the least that a person can add to their wallet at once, in minor units of each "
        "currency; by default the smallest amount that is offered",
    )
)
TOP_UP_MOST = _money.read(
    Variable(
        "LIMOSA_TOP_UP_MOST",
        Limits(),
        default="USD:50000 CNY:300000 EUR:50000 HKD:400000 TWD:1500000 MXN:1000000",
        about="the most that a person can add to their wallet at once, likewise; by default the "
        "largest amount that is offered",
    )
)
PLACE_OF_SUPPLY = _money.read(
    Variable(
        "LIMOSA_PLACE_OF_SUPPLY",
        Text(),
        default="US-CA",
        about="the row of the tax table; without such a row the tax is 0, and `limosa check` warns",
    )
)
# What the dearest payment method keeps of a payment: the floor of every price that rules make.
PAYMENT_FEE_BASIS_POINTS = _money.read(
    Variable(
        "LIMOSA_PAYMENT_FEE_BASIS_POINTS",
        Number(least=0, most=5_000),
        default="540",
        about="what the dearest payment method that is offered keeps of a payment, in hundredths "
        "of a percent; no price that the pricing rules make is below the plan's cost and this fee",
    )
)
PAYMENT_FEE_FIXED = _money.read(
    Variable(
        "LIMOSA_PAYMENT_FEE_FIXED",
        Limits(),
        default="USD:49 EUR:39 CNY:350",
        about="the fixed part of that fee, in minor units; the pricing rules make no price in a "
        "currency that is not named here",
    )
)
SUPPLIER_BALANCE_FLOORS = _money.read(
    Variable(
        "LIMOSA_SUPPLIER_BALANCE_FLOORS",
        Limits(),
        default="",
        about="below which prepaid balance at a supplier staff are warned, in minor units of each "
        "currency: `USD:20000 CNY:100000` is $200.00 and ¥1,000.00",
        default_about="none: only by how long it lasts",
    )
)
SUPPLIER_BALANCE_DAYS = _money.read(
    Variable(
        "LIMOSA_SUPPLIER_BALANCE_DAYS",
        Number(least=0, most=90),
        default="3",
        about="for how many days a balance at a supplier has to last at the pace of the last week; "
        "staff are warned of less",
    )
)
RATING_REWARDS = _money.read(
    Variable(
        "LIMOSA_RATING_REWARD",
        Limits(),
        default="",
        about="what a buyer is credited for a rating, whatever it says, in minor units of each "
        "currency: `USD:100 CNY:700`; each such rating shows that it was rewarded",
        default_about="nothing",
    )
)
SERVICE_TIME_ZONE = _money.read(
    Variable(
        "LIMOSA_SERVICE_TIME_ZONE",
        Zone("America/Los_Angeles"),
        default="America/Los_Angeles",
        about="the time zone of the console's days and times, and of new eSIMs, in which their "
        "days end, unless the plan's sources say where a day begins",
    )
)
# What an eSIM of a network of our own has after its last bundle, to reach the renewal page with.
RESERVE_BYTES = 1_000_000 * _money.read(
    Variable(
        "LIMOSA_RESERVE_MEGABYTES",
        Number(least=0, most=1_000),
        default="0",
        about="the reserve of data, in MB of 1000² bytes, that an eSIM of a network of our own "
        "gets when its last plan was used up or has ended, so that its person can renew; 0: none",
    )
)
RESERVE_DAYS = _money.read(
    Variable(
        "LIMOSA_RESERVE_DAYS",
        Number(least=1, most=30),
        default="7",
        about="for how many days, of 24 hours, that reserve can be used",
    )
)
SMDP_ADDRESS = _money.read(
    Variable(
        "LIMOSA_SMDP_ADDRESS",
        HostName(),
        default="smdp.limosa.example",
        about="the SM-DP+ address in our own network's activation codes: a host name, with `:port` "
        "where phones have to use another than 443. Compared without regard to case",
    )
)
USAGE_FEED_KEY = _money.read(
    Variable(
        "LIMOSA_USAGE_FEED_KEY",
        RandomText(),
        is_secret=True,
        about="the key of the usage feed, a long random text",
        default_about="none: the feed is closed",
    )
)
DEMO_PHONE_URL = _money.read(
    Variable(
        "LIMOSA_DEMO_PHONE_URL",
        Url(),
        about="the virtual phones' pages, which the page that installs an eSIM opens with its "
        "code; demo only",
    )
).rstrip("/")
DEMO_SCAN_URL = _money.read(
    Variable(
        "LIMOSA_DEMO_SCAN_URL",
        Url(),
        about="the simulated gateway, whose pages at `PROVIDER/scan` pay a QR code without the "
        "app; demo only",
    )
).rstrip("/")
