"""Messages to people: in the product and by e-mail. Owns: Notification. Promises: a message with
the same key is stored and mailed once, in the person's language. Callers: everyone above,
through operations/notify.py."""
