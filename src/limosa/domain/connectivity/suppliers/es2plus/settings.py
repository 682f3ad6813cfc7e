"""The variables of the account at an SM-DP+."""

from limosa.foundation.network_variables import SecureUrl
from limosa.foundation.variables import (
    Declaration,
    File,
    Flag,
    HostName,
    RandomText,
    Text,
    Variable,
)

DECLARATION = Declaration(
    code="es2plus",
    title="An SM-DP+ that takes orders by ES2+",
    implementation="limosa.domain.connectivity.suppliers.es2plus.adapter.Es2PlusSupplier",
    turned_on_by="LIMOSA_ES2PLUS_URL",
    variables=(
        Variable(
            "LIMOSA_ES2PLUS_URL",
            SecureUrl(),
            is_needed=True,
            about="where it takes orders, such as `https://es2plus.example.com:9443`; the "
            "standard's path is added. `http` is for loopback only",
            source="the SM-DP+'s operator",
        ),
        Variable(
            "LIMOSA_ES2PLUS_REQUESTER",
            Text(),
            is_needed=True,
            about="the function requester identifier that it knows us by",
            source="the SM-DP+'s operator",
        ),
        Variable(
            "LIMOSA_ES2PLUS_CERTIFICATE",
            File(),
            about="the certificate that we show: a file in PEM",
            default_about="none, which only a test accepts",
            source="the SM-DP+'s operator",
        ),
        Variable(
            "LIMOSA_ES2PLUS_KEY",
            File(),
            is_secret=True,
            about="its private key: a file in PEM, without a password",
        ),
        Variable(
            "LIMOSA_ES2PLUS_CA",
            File(),
            about="who issues the SM-DP+'s certificate: a file in PEM",
            default_about="the issuers that browsers trust",
        ),
        Variable(
            "LIMOSA_ES2PLUS_SMDP_ADDRESS",
            HostName(),
            is_needed=True,
            about="its address for phones, in activation codes where its answers have none: a host "
            "name, with `:port` if it is another than 443",
            source="the SM-DP+'s operator",
        ),
        Variable(
            "LIMOSA_ES2PLUS_REPEATS_SAFELY",
            Flag(),
            default="0",
            about="`1` if it answers a call that is repeated under the same function call "
            "identifier as it did before. The standard does not promise that. `limosa smdp` "
            "does; without it, people find out about an order whose answer was lost",
        ),
        Variable(
            "LIMOSA_ES2PLUS_CALLBACK_KEY",
            RandomText(),
            is_secret=True,
            about="a long random text: the password of the user `es2plus` by which "
            "HandleDownloadProgressInfo is sent to `/suppliers/es2plus/callback`",
            default_about="none: nothing is taken there",
        ),
    ),
)
