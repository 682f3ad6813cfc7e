"""People. Owns: Subscriber (sign-in by e-mail, language, home time zone, currency, reminders),
PaymentPin, AddressChange, SecurityEvent, TryCount, KnownDevice. Promises: an e-mail address belongs
to one person, and signs in nobody before it is confirmed; a change of it can be undone for seven
days; a payment PIN is kept as a hash only, and neither it nor a password can be found by trying;
what happened to an account is never changed on its record. Callers: everyone above."""
