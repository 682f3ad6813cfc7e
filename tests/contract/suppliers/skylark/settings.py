"""What an operator tells us of their account. Data, without Django: it is read before Django is."""

from limosa.foundation.network_variables import SecureUrl
from limosa.foundation.variables import Declaration, Text, Variable

DECLARATION = Declaration(
    code="skylark",
    title="Skylark",
    implementation="tests.contract.suppliers.skylark.adapter.SkylarkSupplier",
    turned_on_by="LIMOSA_SKYLARK_KEY",
    variables=(
        Variable(
            "LIMOSA_SKYLARK_KEY",
            Text(),
            is_needed=True,
            is_secret=True,
            about="the key that our calls carry",
            source="Skylark's page *API keys*",
        ),
        Variable(
            "LIMOSA_SKYLARK_CALLBACK_SECRET",
            Text(),
            is_needed=True,
            is_secret=True,
            about="what its callbacks are signed with. They are to be sent to "
            "`/suppliers/skylark/callback` below `LIMOSA_BASE_URL`",
            source="Skylark's page *API keys*",
        ),
        Variable(
            "LIMOSA_SKYLARK_URL",
            SecureUrl(),
            default="https://api.skylark.example",
            about="another address for a sandbox",
        ),
    ),
)
