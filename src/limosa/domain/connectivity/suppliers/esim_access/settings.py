"""The variables of the account at eSIM Access."""

from limosa.foundation.network_variables import SecureUrl
from limosa.foundation.variables import Declaration, Text, Variable

_CONSOLE = "the developer page of eSIM Access's console"

DECLARATION = Declaration(
    code="esim_access",
    title="eSIM Access",
    implementation="limosa.domain.connectivity.suppliers.esim_access.adapter.EsimAccessSupplier",
    turned_on_by="LIMOSA_ESIM_ACCESS_ACCESS_CODE",
    variables=(
        Variable(
            "LIMOSA_ESIM_ACCESS_ACCESS_CODE",
            Text(),
            is_needed=True,
            about="the access code of our account there. Its webhook is to be set to "
            "`/suppliers/esim_access/callback` below `LIMOSA_BASE_URL`",
            source=_CONSOLE,
        ),
        Variable(
            "LIMOSA_ESIM_ACCESS_SECRET",
            Text(),
            is_secret=True,
            is_needed=True,
            about="the secret key by which our calls are signed",
            source=_CONSOLE,
        ),
        Variable(
            "LIMOSA_ESIM_ACCESS_URL",
            SecureUrl(),
            default="https://api.esimaccess.com",
            about="where its API is; the paths are added. There is no sandbox. `http` is for "
            "loopback only",
        ),
    ),
)
