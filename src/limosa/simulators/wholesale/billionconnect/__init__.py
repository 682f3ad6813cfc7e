"""BillionConnect (亿点): one address for all calls, signed like its callbacks.

An order can be looked up by the buyer's number, and a second one with that number is a second
order. Numbers are texts, times are Beijing's, volumes are in KB.
"""
