"""Renewals that take care of themselves. Owns: Consent, AutoRenewal, Cycle, Notice, Attempt.
Promises: nothing is charged without a consent that is valid then, above its cap, twice for the end
of one bundle, or before a notice of it was delivered in time. Callers: web, the worker, through
operations/."""
