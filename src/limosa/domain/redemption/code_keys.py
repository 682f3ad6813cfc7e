"""The digests of codes, under the key that is sealed in the database."""

import hashlib
import hmac
import os
from collections.abc import Callable

from limosa.domain.redemption.models import CodeKey

_ONLY = 1
_KEY_BYTES = 32
# 128 bits of the HMAC: no two codes share them by chance, and rows and index are half as large.
DIGEST_BYTES = 16


def digester() -> Callable[[str], bytes]:
    """Return what makes the digest of a code. Makes the key with the first call.

    Raises: DecryptionError, EncryptionKeyMissingError.
    """
    row = CodeKey.objects.filter(pk=_ONLY).first()
    if row is None:
        row, _ = CodeKey.objects.get_or_create(
            pk=_ONLY, defaults={"secret": os.urandom(_KEY_BYTES)}
        )
    secret = row.secret

    def digest(code: str) -> bytes:
        return hmac.digest(secret, code.encode(), hashlib.sha256)[:DIGEST_BYTES]

    return digest
