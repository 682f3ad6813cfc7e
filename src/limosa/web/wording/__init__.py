"""How storefront and console say things: amounts and times, the words for states and kinds, what a
person reads when the business says no. Below both, and knows no request."""
