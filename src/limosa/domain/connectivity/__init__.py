"""Suppliers' adapters. Owns: the supplier interface (port.py) and the built-in supplier
`own_network`. Promises: the same order number is served once. Callers: ordering."""
