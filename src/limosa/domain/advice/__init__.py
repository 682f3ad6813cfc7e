"""Which plans would have carried a person for the least money, by what was really used.

Owns: nothing; it reads charging, esims, ordering, catalog and shelf. Promises: a saving is claimed
only against the person's own plan over the same days, and never more than what was really paid
allows; list prices, no promotion assumed. Callers: pages.
"""
