"""The processes: an embedded PostgreSQL, the web server, the worker, and the demo that runs them
all. They pass bytes and the time to the domain, and decide nothing about money or quota."""
