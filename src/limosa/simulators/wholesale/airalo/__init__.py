"""Airalo's Partner API: an order is answered with its eSIMs. Nothing makes a repetition the same
order, though orders can be found by their description. POSTs may be signed, and are then verified;
low data is told by signed webhooks."""
