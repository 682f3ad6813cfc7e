"""The outside world, for the demo and the tests: a payment gateway, four wholesalers, a mailbox,
a mobile network, a phone.

Each is a separate process reached only over the wire. Promises: they import nothing from the
product's domain, web, servers or config, so they can't share its mistakes; they listen only on
loopback; they end cleanly on SIGTERM, and what they have acknowledged survives SIGKILL.
"""
