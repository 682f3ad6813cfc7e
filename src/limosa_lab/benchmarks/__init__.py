"""Measurements that the product makes of itself; `limosa bench …` runs them."""
