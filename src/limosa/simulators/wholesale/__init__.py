"""Four wholesalers of eSIMs as a buyer sees them, on loopback, each with its own wire.

Owns: their price lists, the buyer's prepaid balance, orders, eSIMs, bundles, use and callbacks, in
one SQLite file. Each wire has a folder that speaks it; `wire.py` defines what a wire must do, and
what is beside it is what all four truly share. Written from what the vendors publish, not from the
product's adapters. Where nothing is published (most refusals of `tgt` and `billionconnect`, the
pauses between callbacks of two), the value is ours, and `tables.py` of the wire says so.

Promises: an order that was answered survives SIGKILL, as do its debit and its callback; a call is
verified as the vendor does; each wholesaler misbehaves as told. Called over HTTP alone.
"""
