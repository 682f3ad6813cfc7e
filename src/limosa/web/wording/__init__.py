"""How storefront and console word things: amounts and times, states and kinds, and refusals. Both
build on it; it knows no requests."""
