"""Messages to people: in the product and by e-mail. Owns: Notification, AccountMail. Promises: a
message with the same key is stored and mailed once, in the person's language; account mail is
stored encrypted, and its content is deleted once sent. Callers: everyone above, through
operations/."""
