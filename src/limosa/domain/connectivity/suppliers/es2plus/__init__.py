"""Any SM-DP+ that takes orders by ES2+ (SGP.22). Owns nothing. Promises: a call that may have been
executed is repeated under the same names, or left to people. Callers: none; settings name it."""
