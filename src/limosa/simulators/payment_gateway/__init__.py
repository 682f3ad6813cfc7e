"""Four payment providers as a merchant sees them, on loopback, with payment pages.

Owns: the providers' payments, refunds, disputes and notifications, in one SQLite file; each
provider ("wire") has a folder that speaks its API, and `wire.py` defines what a wire must do.
Promises: signatures are checked and made as the real providers do; a payment shown as made is never
lost, and its notification is sent on the documented schedule, across restarts; and each misbehaves
as told (duplicate, delay, reorder, drop, corrupt, fail, fall silent). Called only over HTTP.
"""
