"""Bad input for every address of the product: what a request can hold, seeded, and what it did.

`addresses` reads the URL table and the product's own pages; `bad_input` knows the kinds of bad
input; `attacks` makes requests of both; `record` keeps what was covered and what went wrong.
"""
