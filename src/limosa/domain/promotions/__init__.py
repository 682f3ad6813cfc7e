"""Money off, or bonus data, by calendar. Owns: Promotion. Promises: at most one promotion is in
a price, the best one for the person. Callers: ordering, renewals, web."""
