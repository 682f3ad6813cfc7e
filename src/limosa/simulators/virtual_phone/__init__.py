"""A virtual phone: a software eUICC, a small LPA, and the private PKI that both sides trust.

Owns: a folder per phone, with the card's keys, profiles and pending notifications; and the PKI's
folder. Promises: it is written from SGP.22, and shares no code with the server but the TLV codec,
so it can't share the server's mistakes; the card verifies everything that a real card verifies, and
refuses with the standard's codes; what the card has acknowledged survives SIGKILL. Layers: the
commands and the page (command.py, phone_page.py) use the phone (phone.py), which joins the LPA
(lpa/) to the card (card/); both stand on der_values.py and elliptic.py.
"""
