"""eSIM Access: orders are asked for until they are there; one transaction id is one order; a
top-up is added to the eSIM's bundle; use is hours old; callbacks are unsigned."""
