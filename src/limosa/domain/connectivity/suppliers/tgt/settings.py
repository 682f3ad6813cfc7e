"""The variables of the account at TGT."""

from limosa.foundation.network_variables import SecureUrl
from limosa.foundation.variables import Declaration, Text, Variable

_TGT = "TGT, with the account for its OpenAPI; the sandbox has one of its own"

DECLARATION = Declaration(
    code="tgt",
    title="TGT (途鸽)",
    implementation="limosa.domain.connectivity.suppliers.tgt.adapter.TgtSupplier",
    turned_on_by="LIMOSA_TGT_ACCOUNT_ID",
    variables=(
        Variable(
            "LIMOSA_TGT_ACCOUNT_ID",
            Text(),
            is_needed=True,
            about="the account's id. TGT is to be told that callbacks go to "
            "`/suppliers/tgt/callback` below `LIMOSA_BASE_URL`",
            source=_TGT,
        ),
        Variable(
            "LIMOSA_TGT_SECRET",
            Text(),
            is_secret=True,
            is_needed=True,
            about="the account's secret",
            source=_TGT,
        ),
        Variable(
            "LIMOSA_TGT_CALLBACK_SECRET",
            Text(),
            is_secret=True,
            about="the secret by which callbacks are signed",
            default_about="the account's secret",
            source=_TGT,
        ),
        Variable(
            "LIMOSA_TGT_URL",
            SecureUrl(),
            default="https://enterpriseapi.tugegroup.com:8070/openapi",
            about="where its OpenAPI is; the sandbox is "
            "`https://enterpriseapisandbox.tugegroup.com:8070/openapi`. `http` is for loopback "
            "only",
        ),
    ),
)
