"""Quote → order → paid → fulfilled. Owns: TaxRate, Quote, Order. Promises: the price shown is the
price paid; an order is paid at most once and fulfilled at most once, never without a recorded
payment; unapplied funds go back in full. Callers: renewals, web, the worker."""
