"""eSIMs, the bundles bought for them, and the devices they are on. Owns: Esim, Bundle, Device,
Installation. Promises: a bundle moves only forward, queued → active → exhausted | expired |
refunded; an order creates one bundle; an older report of a device never undoes a newer one.
Callers: connectivity, charging, ordering, renewals, web."""
