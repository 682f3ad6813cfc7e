"""Support cases and the staff's record. Owns: Case, StaffAction. Promises: a case holds the whole
trace of its order at the moment when it was opened; an order has one open case at a time; what a
member of the staff does is recorded with its deed, and the record is never changed.
Callers: web."""
