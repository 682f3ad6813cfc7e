"""What a newcomer can choose from: plans on sale, filtered, and ordered by what they cost now.

Owns: nothing; it reads catalog and promotions. Promises: a page costs the same whether thirty plans
are on sale or twenty thousand, and its order is that of the prices shown, promotions included.
Callers: pages, through `listing.py`.
"""
