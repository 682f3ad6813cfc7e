"""Support cases and the staff's record. Owns: Case, AuditEntry. Promises: a case holds the whole
trace of its order at the moment when it was opened; an order has one open case at a time; what a
member of the staff does is recorded with its action, and the record is never changed.
Callers: web."""
