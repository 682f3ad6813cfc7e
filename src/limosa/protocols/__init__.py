"""Wire protocols: bytes in, facts out. No sockets, no clock, no framework."""
