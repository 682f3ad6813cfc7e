"""Texts that the database holds only encrypted: activation codes, and names of saved methods.
Owns: EncryptedTextField, BlindIndexField. Promises: what is stored cannot be read or changed
without a key of the settings, nor moved to another column. Callers: the models of every package
above."""
