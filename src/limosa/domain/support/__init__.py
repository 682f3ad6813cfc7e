"""Support cases. Owns: Case. Promises: a case holds the whole trace of its order at the moment
when it was opened; an order has one open case at a time. Callers: web."""
