"""The fault simulation of renewals that take care of themselves: months of a few eSIMs, by seed.

The witness (record.py, rules.py, watching.py) states the rules anew and believes only people, the
mail server, the bank and the journal, never what auto-renew has written about itself.
"""
