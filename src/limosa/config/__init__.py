"""The only place that knows everything: settings, URLs, wiring, the command line."""
