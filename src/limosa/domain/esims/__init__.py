"""eSIMs and the bundles bought for them. Owns: Esim, Bundle. Promises: a bundle goes
queued → active → exhausted | expired | refunded and never back; an order makes one bundle.
Callers: connectivity, charging, ordering, renewals, web."""
