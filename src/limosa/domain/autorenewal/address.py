"""The stored form of the network address from which something was agreed to or withdrawn."""

from ipaddress import ip_address

from django.utils.crypto import salted_hmac


def address_digest(address: str) -> str:
    """Return an address's digest, under a key outside the database; empty for none."""
    if not address:
        return ""
    text = str(ip_address(address))
    return salted_hmac("limosa.autorenewal.address", text, algorithm="sha256").hexdigest()
