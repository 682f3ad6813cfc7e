"""Suppliers. Owns: the supplier port and its adapters, Supply (our orders at suppliers), the calls
and callbacks about them (KeptCallback: as they arrived). Promises: one order of ours is one order
there, and none is lost silently. Callers: ordering, support."""
