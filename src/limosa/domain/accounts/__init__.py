"""People. Owns: Subscriber (sign-in by e-mail, language, home time zone, currency, reminders),
PaymentPin, AddressChange, SecurityEvent, AttemptCount, KnownDevice. Promises: an e-mail address
belongs to one person and can't be used to sign in until it is confirmed; changing it can be undone
for seven days; a payment PIN is stored only as a hash; neither it nor a password can be guessed by
trying; recorded security events never change. Callers: everyone above."""
