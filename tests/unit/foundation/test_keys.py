"""Keys for several purposes come from one secret as RFC 5869 says."""

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from hypothesis import given
from hypothesis import strategies as st

from limosa.foundation.keys import key_from

TEXTS = st.text(st.characters(codec="utf-8"), min_size=1)


@given(secret=TEXTS, purpose=TEXTS)
def test_a_key_is_the_one_of_an_independent_hkdf(secret: str, purpose: str) -> None:
    info = f"limosa:{purpose}".encode()
    other = HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(secret.encode())
    assert key_from(secret, purpose=purpose) == other


def test_purposes_and_secrets_have_keys_of_their_own() -> None:
    keys = {key_from(secret, purpose=purpose) for secret in "ab" for purpose in "cd"}
    assert len(keys) == 4
