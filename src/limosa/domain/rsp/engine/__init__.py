"""Rules of the stock, the orders and the downloads."""
