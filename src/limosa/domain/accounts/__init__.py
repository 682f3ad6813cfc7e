"""People. Owns: Subscriber (sign-in by e-mail, language, home time zone, currency, reminders).
Promises: an e-mail address belongs to one person. Callers: everyone above."""
