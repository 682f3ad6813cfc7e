"""Finds what would go wrong later: settings, keys, the database, mail, providers, the clock.

`limosa check` runs everything; `limosa web` and `limosa worker` run whatever needs no outside call
when they start, and do not start if there is a fault.
"""
