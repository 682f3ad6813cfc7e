"""The variables of the partner account with Airalo."""

from limosa.foundation.network_variables import SecureUrl
from limosa.foundation.variables import Declaration, Text, Variable

_WHERE = "Airalo's partner platform, Developer"

DECLARATION = Declaration(
    code="airalo",
    title="Airalo",
    implementation="limosa.domain.connectivity.suppliers.airalo.adapter.AiraloSupplier",
    turned_on_by="LIMOSA_AIRALO_CLIENT_ID",
    variables=(
        Variable(
            "LIMOSA_AIRALO_CLIENT_ID",
            Text(),
            is_needed=True,
            about="the client id",
            source=_WHERE,
        ),
        Variable(
            "LIMOSA_AIRALO_CLIENT_SECRET",
            Text(),
            is_secret=True,
            is_needed=True,
            about="the client secret, which also signs in both directions. The address to opt in "
            "with for webhooks is `/suppliers/airalo/callback`",
            source=_WHERE,
        ),
        Variable(
            "LIMOSA_AIRALO_URL",
            SecureUrl(),
            default="https://partners-api.airalo.com",
            about="where its API is; the version and the paths are added. Overridden for its "
            "sandbox or a simulator. `http` is for loopback only",
        ),
    ),
)
