"""Stand-ins for what is outside: they keep the ports' promises in memory."""
