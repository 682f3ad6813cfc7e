"""Texts that the database holds only encrypted: activation codes, and names of saved methods.
Owns: EncryptedTextField, BlindIndexField. Promises: stored values can't be read or changed without
a key from the settings, nor moved to another column. Callers: the models of every package above."""
