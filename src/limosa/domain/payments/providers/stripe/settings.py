"""The variables of the operator's Stripe account."""

from limosa.foundation.variables import Declaration, Text, Url, Variable

DECLARATION = Declaration(
    code="stripe",
    title="Cards (Stripe)",
    implementation="limosa.domain.payments.providers.stripe.provider.StripeProvider",
    turned_on_by="LIMOSA_STRIPE_SECRET_KEY",
    quiet_loggers=("stripe",),  # Else two lines per call; at DEBUG with all that is sent.
    variables=(
        Variable(
            "LIMOSA_STRIPE_SECRET_KEY",
            Text(),
            is_secret=True,
            is_needed=True,
            about="the secret key, `sk_…` or `rk_…`. A test key accepts only test cards",
            source="Stripe's dashboard, Developers, API keys",
        ),
        Variable(
            "LIMOSA_STRIPE_ACCOUNT",
            Text(),
            is_needed=True,
            about="the account's id, `acct_…`",
            source="Stripe's dashboard, Settings, Account details",
        ),
        Variable(
            "LIMOSA_STRIPE_WEBHOOK_SECRET",
            Text(between=","),
            is_secret=True,
            is_needed=True,
            about="the webhook's signing secret, `whsec_…`; two separated by a comma while it is "
            "being replaced",
            source="Stripe's dashboard, Developers, Webhooks, the endpoint that leads to "
            "`/payments/stripe/notify`",
        ),
        Variable(
            "LIMOSA_STRIPE_API_URL",
            Url(),
            default="https://api.stripe.com",
            about="overridden for a simulator",
        ),
    ),
)
