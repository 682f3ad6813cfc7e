"""Sessions whose rows are useless to a reader of the database.

Django stores a session under the very key in the person's cookie, with its data in base64: anyone
with a copy of the table could impersonate anybody. Here a row has only a digest of the key, and the
data is encrypted with a key derived from the secret key.
"""

import hashlib
from base64 import urlsafe_b64encode
from functools import cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.contrib.sessions.backends import db
from django.contrib.sessions.base_session import AbstractBaseSession
from django.utils import timezone

from limosa.foundation.keys import key_from

_KEY_LENGTH_MAX = 40  # The width of the table's column: 160 bits of the digest.


class SessionStore(db.SessionStore):
    """The session of one cookie."""

    def encode(self, session_dict: dict[str, Any]) -> str:
        """Return the data, encrypted."""
        return _cipher(settings.SECRET_KEY).encrypt(super().encode(session_dict).encode()).decode()

    def decode(self, session_data: bytes | str) -> dict[str, Any]:
        """Return the data; empty if it is not ours."""
        try:
            plain = _cipher(settings.SECRET_KEY).decrypt(session_data).decode()
        except InvalidToken:
            return {}
        return super().decode(plain)

    def _get_session_from_db(self) -> AbstractBaseSession | None:
        stored = self.model.objects.filter(
            session_key=_stored_key(self.session_key or ""), expire_date__gt=timezone.now()
        ).first()
        if stored is None:
            self._session_key = None
        return stored

    def exists(self, session_key: str) -> bool:
        """Whether there is a session of this cookie."""
        return bool(super().exists(_stored_key(session_key)))

    def create_model_instance(self, data: dict[str, Any]) -> AbstractBaseSession:
        """Return the row to be stored."""
        row = super().create_model_instance(data)
        row.session_key = _stored_key(row.session_key)
        return row

    def delete(self, session_key: str | None = None) -> None:
        """End the session of this cookie."""
        key = session_key or self.session_key
        if key is not None:
            self.model.objects.filter(session_key=_stored_key(key)).delete()


def _stored_key(session_key: str) -> str:
    return hashlib.sha256(session_key.encode()).hexdigest()[:_KEY_LENGTH_MAX]


@cache
def _cipher(secret_key: str) -> Fernet:
    return Fernet(urlsafe_b64encode(key_from(secret_key, purpose="sessions")))
