"""The only package that knows everything: settings, URLs, wiring, the command line."""
