"""WeChat Pay API v3 as a merchant sees it, on loopback, with a page to pay on.

Owns: the gateway's orders, refunds and notifications, in one SQLite file. Promises: it verifies
the merchant's signature and signs replies and notifications as the real one does; a payment shown
as made is never lost, and its notification goes out on the documented schedule, across restarts;
and it misbehaves as told (duplicate, delay, reorder, drop, corrupt, fail, fall silent).
Called over HTTP only.
"""
