"""Support cases, and the audit log of staff actions. Owns: Case, AuditEntry. Promises: a case holds
its order's whole trace as of the moment it was opened; an order has one open case at a time; staff
actions are recorded together with their effect, and the log never changes. Callers: web."""
