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
            about="overridden for PayPal's sandbox or a simulator",
        ),
        Variable(
            "LIMOSA_PAYPAL_CERTIFICATE_URL",
            Url(),
            default="https://api.paypal.com/v1/notifications/certs/",
            about="the prefix of the URLs of certificates that sign notifications",
        ),
        Variable(
            "LIMOSA_PAYPAL_CERTIFICATE_NAME",
            Text(),
            default="messageverificationcerts.paypal.com",
            about="the name in these certificates",
        ),
        Variable(
            "LIMOSA_PAYPAL_CERTIFICATE_FOLDER",
            Folder(),
            about="where they are stored across restarts, for all processes, and loaded at "
            "startup; without it each process fetches them again, and `limosa check` warns",
            unset_warning="PayPal's certificate is not kept, and the first notification after each "
            "start waits until it is fetched. Name a folder.",
        ),
        Variable(
            "LIMOSA_PAYPAL_CA_FILE",
            File(),
            about="PEM file of the roots trusted to have issued them",
            default_about="none: the roots that browsers trust",
        ),
    ),
)
