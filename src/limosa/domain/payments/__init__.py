"""Payment channels. Owns: Payment, Refund, Dispute, SavedMethod, Channel, Settlement, Difference,
InboxMessage, ProviderCall, the provider interface (port.py) and the providers. Promises: a payment
pays an order only by its exact amount and currency; refunds never exceed what was received; what
happens to a row is what its life allows (engine/*_life.py). Knows nothing of orders but their
number. Callers: ordering, support, web."""
