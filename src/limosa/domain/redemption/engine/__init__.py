"""Pure rules: how a code is written and read, its life, and its entries in the books."""
