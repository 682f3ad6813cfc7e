"""Messages to people: in the product and by e-mail. Owns: Notification, AccountMail. Promises: a
message with the same key is stored and mailed once, in the person's language; what account mail
says is encrypted, and gone once it is sent. Callers: everyone above, through operations/."""
