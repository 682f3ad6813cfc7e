"""The variables of the operator's PayPal account."""

from limosa.foundation.variables import Declaration, File, Folder, Text, Url, Variable

DECLARATION = Declaration(
    code="paypal",
    title="PayPal",
    implementation="limosa.domain.payments.providers.paypal.provider.PayPalProvider",
    turned_on_by="LIMOSA_PAYPAL_CLIENT_ID",
    variables=(
        Variable(
            "LIMOSA_PAYPAL_CLIENT_ID",
            Text(),
            is_needed=True,
            about="the REST app's client id",
            source="developer.paypal.com, Apps & Credentials, the app",
        ),
        Variable(
            "LIMOSA_PAYPAL_CLIENT_SECRET",
            Text(),
            is_secret=True,
            is_needed=True,
            about="the REST app's secret",
            source="developer.paypal.com, Apps & Credentials, the app",
        ),
        Variable(
            "LIMOSA_PAYPAL_MERCHANT_ID",
            Text(),
            is_needed=True,
            about="the account's merchant id",
            source="paypal.com, Account settings, Business information",
        ),
        Variable(
            "LIMOSA_PAYPAL_WEBHOOK_ID",
            Text(),
            is_needed=True,
            about="the id of the app's webhook that leads to `/payments/paypal/notify`",
            source="developer.paypal.com, Apps & Credentials, the app, Webhooks",
        ),
        Variable(
            "LIMOSA_PAYPAL_API_URL",
            Url(),
            default="https://api-m.paypal.com",
            about="another address for PayPal's sandbox or a simulator",
        ),
        Variable(
            "LIMOSA_PAYPAL_CERTIFICATE_URL",
            Url(),
            default="https://api.paypal.com/v1/notifications/certs/",
            about="what the addresses of the certificates that sign notifications begin with",
        ),
        Variable(
            "LIMOSA_PAYPAL_CERTIFICATE_NAME",
            Text(),
            default="messageverificationcerts.paypal.com",
            about="the name that is in them",
        ),
        Variable(
            "LIMOSA_PAYPAL_CERTIFICATE_FOLDER",
            Folder(),
            about="where they are kept over a restart, for all processes, and read at the start; "
            "without one each process fetches them anew, and `limosa check` warns",
            unset_warning="PayPal's certificate is not kept, and the first notification after each "
            "start waits until it is fetched. Name a folder.",
        ),
        Variable(
            "LIMOSA_PAYPAL_CA_FILE",
            File(),
            about="PEM file of the roots that may vouch for them",
            default_about="none: those that browsers trust",
        ),
    ),
)
