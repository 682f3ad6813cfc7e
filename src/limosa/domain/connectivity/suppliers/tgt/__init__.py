"""TGT (途鸽), by its OpenAPI v2. Owns nothing. Promises: an order carries our number and a key made
from it, so it is one order however often it is sent; callbacks are believed by their signature
alone. Callers: none; settings name it."""
