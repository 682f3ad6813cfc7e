"""Our own addresses, which are no pages: each kind is a file, and servers/routes.py lists them.

/payments/{provider}/notify     notifications.py       what payment providers tell us
/suppliers/{supplier}/callback  supplier_callbacks.py  what suppliers tell us
/feeds/usage                    usage_feed.py          what networks report
/events/orders/{number}         watchers.py            live timelines
/healthz, /readyz               health.py              for supervisors and load balancers

What they share (host, method, limits, body, errors) is in endpoint.py. Each proves in the event
loop who is speaking, and only then takes a thread.
"""
