"""Looks for what would go wrong later: settings, keys, the database, mail, providers, the clock.

`limosa check` shows everything; `limosa web` and `limosa worker` look at what needs no outside
call when they start, and do not start on a fault.
"""
