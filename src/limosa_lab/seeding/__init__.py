"""Fills an empty database with people in great number, for measurements (`limosa seed`).

The rows are made up, and agree with each other as they do in service: an order has its quote,
payment, journal entry and message; a bundle's use is the sum of its draws; wallets are sums of
postings. Only quotes, payments and messages of the newest orders are made.
"""
