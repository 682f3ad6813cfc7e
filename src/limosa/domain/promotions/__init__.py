"""Discounts, or bonus data, for a period of days. Owns: Promotion. Promises: at most one promotion
applies to a price, the best one for the person, and a tenth of it is always left to pay
(engine/stacking.py). Callers: ordering, renewals, support, web."""
