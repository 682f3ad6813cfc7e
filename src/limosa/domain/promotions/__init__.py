"""Discounts, or bonus data, for a period of days. Owns: Promotion. Promises: at most one promotion
applies to a price, the best one for the person. Callers: ordering, renewals, web."""
