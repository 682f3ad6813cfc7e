"""Pure rules of price lists and pricing."""
