"""eSIM Access, a wholesaler. Owns nothing. Promises: an eSIM is known by the supplier's own id, as
it reuses ICCIDs; a callback only makes us ask. Callers: none; settings name it."""
