"""Payment channels. Owns: Payment, Refund, InboxMessage, ProviderCall, the provider interface
(port.py) and the providers. Promises: a payment is successful only for its exact amount, currency
and merchant; refunds never exceed what was received. Knows nothing of orders but their number.
Callers: ordering, console."""
