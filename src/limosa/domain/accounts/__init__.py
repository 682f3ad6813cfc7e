"""People. Owns: Subscriber (sign-in by e-mail, language, home time zone, currency, reminders),
PaymentPin. Promises: an e-mail address belongs to one person; a payment PIN is stored as a hash
only, and cannot be found by trying. Callers: everyone above."""
