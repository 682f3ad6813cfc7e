"""What the brand measures of its own service, for everybody to read. Owns: MeasuredFact.
Promises: a fact is computed from our tables once an hour, says of how many cases it is, and can't
be edited. Callers: web."""
