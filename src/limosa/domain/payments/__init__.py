"""Payment channels. Owns: Payment, Refund, Dispute, SavedMethod, Channel, Settlement, Difference,
InboxMessage, ProviderCall, the provider interface (port.py) and the providers. Promises: a payment
pays an order only by its exact amount and currency; refunds never exceed what was received; rows
change only as their life allows (engine/*_life.py). Knows orders only by their number. Callers:
ordering, support, web."""
