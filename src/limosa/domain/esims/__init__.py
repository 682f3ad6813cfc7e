"""eSIMs and the bundles bought for them. Owns: Esim, Bundle. Promises: a bundle moves only forward,
queued → active → exhausted | expired | refunded; an order creates one bundle.
Callers: connectivity, charging, ordering, renewals, web."""
