"""The outside world, for the demo and the tests: a payment gateway, a mailbox, a mobile network.

Each is a process of its own that speaks only the wire. Promises: they import nothing of the
product's domain, web, servers or config, so that they cannot share its mistakes; they listen on
loopback only; they end cleanly on SIGTERM, and what they have acknowledged survives SIGKILL.
"""
