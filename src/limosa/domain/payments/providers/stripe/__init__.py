"""Stripe: cards by Checkout, and saved cards without the payer. Owns: the calls, the signature of
events and what their words mean. Promises: an event is judged without a call to anybody; a card is
charged and paid back once for each of our numbers. Sources of each rule: SOURCES.md.
"""
