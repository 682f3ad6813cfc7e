"""Four payment providers as a merchant sees them, on loopback, with pages to pay on.

Owns: the providers' payments, refunds, disputes and notifications, in one SQLite file; a folder
per provider ("wire") speaks its API, and `wire.py` says what each must do. Promises: signatures
are checked and made as the real providers do; a payment shown as made is never lost, and its
notification goes out on the documented schedule, across restarts; and each misbehaves as told
(duplicate, delay, reorder, drop, corrupt, fail, fall silent). Called over HTTP only.
"""
