"""Stripe's minimum charge, in each currency that has its own.

Source: docs.stripe.com/currencies, "Minimum and maximum charge amounts". The minimum really applies
to the settlement currency: an account that settles in another currency is refused slightly above or
below it, depending on the day's rate. For any other currency the smallest unit is assumed, and
Stripe's own answer decides.
"""

LEAST_MINOR = {
    "AED": 200,
    "AUD": 50,
    "BRL": 50,
    "CAD": 50,
    "CHF": 50,
    "CZK": 1500,
    "DKK": 250,
    "EUR": 50,
    "GBP": 30,
    "HKD": 400,
    "HUF": 17500,
    "JPY": 50,
    "MXN": 1000,
    "MYR": 200,
    "NOK": 300,
    "NZD": 50,
    "PLN": 200,
    "RON": 200,
    "SEK": 300,
    "SGD": 50,
    "THB": 1000,
    "USD": 50,
}
