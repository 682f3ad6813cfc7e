"""Pure rules for prices and for the money that an order moves."""
