"""Skylark, the worked example of docs/howto/add-a-supplier.md: a wholesaler that does not exist.
Owns nothing. Promises: an order carries our number, and the same number is the same order;
callbacks are verified before they are read. Sources of each rule: SOURCES.md. Callers: none;
settings name it."""
