"""A mobile network that uses data on eSIMs, and reports it to the product's usage feed.

Owns: the eSIMs it knows, how fast each uses data, and the usage records that the feed has not
acknowledged yet, in one SQLite file. Promises: a record is reported until it is acknowledged, under
the same number, across restarts; an eSIM that was told to stop uses no data until it is allowed to
again. Called over HTTP by people (/) and tests (/control/…).
"""
