"""Our endpoints for machines, one file each; servers/routes.py lists them.

/payments/{provider}/notify     notifications.py       payment providers' notifications
/suppliers/{supplier}/callback  supplier_callbacks.py  suppliers' callbacks
/feeds/usage                    usage_feed.py          networks' usage reports
/events/orders/{number}         watchers.py            live timelines
/events/esims/{public_id}       watchers.py            where a profile stands
/healthz, /readyz               health.py              for supervisors and load balancers

What they share (host, method, limits, body, errors) is in endpoint.py. Each authenticates the
sender in the event loop, and only then takes a thread.
"""
