"""The LPA: takes an activation code to the server, and what the server sends to the card.

Owns nothing: what lasts is on the card. Promises: every failure is an LpaFault whose text a person
can read; a person's "no" ends the session at the server; a notification is removed from the card
only when its receiver has confirmed it.
"""
