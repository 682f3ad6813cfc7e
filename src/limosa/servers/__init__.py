"""The processes: an embedded PostgreSQL, the web server, the worker, and the demo that runs
them all. They carry bytes and time to the domain; they decide nothing about money or quota."""
