"""Private keys and the ciphers of profiles: nothing else in the product touches either.

Callers: protocols/sgp22, and whoever loads keys at the start of a process."""
