"""Whether a device takes eSIMs, by what is published of its model. Owns: no rows;
the list of device models that ships as files (limosa/data/devices). Promises: any text gets an
answer with its reason, its source and its date; what is not known is never "yes"; nothing of what
was typed is kept.
Callers: web."""
