"""Our own network. Owns nothing: its profiles are ordered from our own SM-DP+ (`rsp`), in the
transaction of the order. Promises: an order has one profile. Makes no outside calls."""
