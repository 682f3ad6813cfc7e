"""Fills an empty database with very many people, for measurements (`limosa seed`).

The generated rows are as consistent as in production: an order has its quote, payment, journal
entry and message; a bundle's usage is the sum of its deductions; wallets are sums of postings.
Quotes, payments and messages are generated only for the newest orders.
"""
