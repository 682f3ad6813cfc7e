"""Discounts, or bonus data, for a period of days. Owns: Promotion, PromotionCode,
PromotionCodeUse. Promises: at most one promotion applies to a price, the best one for the person,
and a tenth of it is always left to pay (engine/stacking.py); a code is never used more often, nor
for more money, than it may be. Callers: ordering, renewals, support, web."""
