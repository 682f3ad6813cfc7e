"""What an operator tells us of their tills. Data, without Django: it is read before Django is."""

from limosa.foundation.variables import Declaration, Text, Url, Variable

DECLARATION = Declaration(
    code="counter",
    title="Cash at the counter",
    implementation="tests.contract.providers.counter.provider.CounterProvider",
    turned_on_by="LIMOSA_COUNTER_SHOP",
    variables=(
        Variable(
            "LIMOSA_COUNTER_SHOP",
            Text(),
            is_needed=True,
            about="the shop's number",
            source="the till's page *About this shop*",
        ),
        Variable(
            "LIMOSA_COUNTER_SECRET",
            Text(),
            is_needed=True,
            is_secret=True,
            about="signs what the till and we tell each other",
            source="the till's page *Connections*",
        ),
        Variable(
            "LIMOSA_COUNTER_URL",
            Url(),
            default="https://till.example",
            about="another address for a sandbox",
        ),
    ),
)
