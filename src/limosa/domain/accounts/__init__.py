"""People. Owns: Subscriber (sign-in by e-mail, language, home time zone, currency, reminders),
PaymentPin, SecurityEvent. Promises: an e-mail address belongs to one person; a payment PIN is kept
as a hash only, and cannot be found by trying; what happened to an account is never changed on its
record. Callers: everyone above."""
