"""BillionConnect (亿点), by its sales channel's interface 2.0. Owns nothing. Promises: an order
carries our number and is looked up by it before it is sent again; callbacks are verified over their
raw bytes. Sources of each rule: SOURCES.md. Callers: none; settings name it."""
