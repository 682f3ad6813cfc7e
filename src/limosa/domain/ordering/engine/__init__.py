"""Pure rules of prices and of the money that an order moves."""
