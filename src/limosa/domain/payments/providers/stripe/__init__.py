"""Stripe: cards by Checkout, and saved cards without the payer. Owns: the calls, the wire format
and the signature of events. Promises: an event is verified without outside calls; a card is charged
and refunded once for each of our numbers. Sources of each rule: SOURCES.md.
"""
