"""What the database holds only encrypted: activation codes, names of saved methods, profiles.
Owns: EncryptedTextField, EncryptedBytesField, BlindIndexField. Promises: stored values can't be
read or changed without a key from the settings, nor moved to another column. Callers: the models of
every package above."""
