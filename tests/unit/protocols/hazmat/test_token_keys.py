"""Keys in a token (SoftHSM from Debian) sign like those in memory, from several threads at once."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from queue import SimpleQueue

import pkcs11
import pytest
from pkcs11.util.ec import encode_named_curve_parameters

from limosa.protocols.hazmat.curves import KeyUnusableError
from limosa.protocols.hazmat.signatures import KeyUnavailableError, verify
from limosa.protocols.hazmat.token_keys import KeyInToken, TokenPlace, keys_in_token

ROOT = Path(__file__).parents[4]
UNPACKED = ROOT / ".venv" / "softhsm"
CURVES = {"secp256r1": "1.2.840.10045.3.1.7", "brainpoolP256r1": "1.3.36.3.3.2.8.1.1.7"}
PIN = "1234"


def softhsm() -> tuple[str, str]:
    """Return SoftHSM's program and its library."""
    program = shutil.which("softhsm2-util", path=f"/usr/bin:{UNPACKED / 'usr' / 'bin'}")
    assert program, "no SoftHSM: run tools/environment.py test"
    return program, str(next(Path(program).parents[1].glob("lib/**/libsofthsm2.so")))


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TokenPlace]:
    """A token of its own with a key pair on each curve."""
    folder = tmp_path_factory.mktemp("token")
    configuration = folder / "softhsm2.conf"
    configuration.write_text(f"directories.tokendir = {folder}\nlog.level = ERROR\n")
    program, library = softhsm()
    os.environ["SOFTHSM2_CONF"] = str(configuration)
    for label in ("limosa", "other"):
        made = [program, "--module", library, "--init-token", "--free", "--label", label]
        subprocess.run([*made, "--so-pin", "5678", "--pin", PIN], check=True, capture_output=True)
    _fill(library, "limosa", may_sign=True)
    _fill(library, "other", may_sign=False)
    yield TokenPlace(library, "limosa", PIN)
    del os.environ["SOFTHSM2_CONF"]


def _fill(library: str, token_label: str, *, may_sign: bool) -> None:
    """Make a key pair on each curve."""
    token = pkcs11.lib(library).get_token(token_label=token_label)
    with token.open(rw=True, user_pin=PIN) as session:
        for label, oid in CURVES.items():
            parameters = session.create_domain_parameters(
                pkcs11.KeyType.EC,
                {pkcs11.Attribute.EC_PARAMS: encode_named_curve_parameters(oid)},
                local=True,
            )
            ability = {pkcs11.Attribute.SIGN: may_sign}
            parameters.generate_keypair(store=True, label=label, private_template=ability)


@pytest.fixture(scope="module")
def keys(place: TokenPlace) -> dict[str, KeyInToken]:
    return keys_in_token(place, labels=list(CURVES))


@pytest.mark.parametrize("curve", CURVES)
def test_a_key_in_a_token_signs_on_its_curve(keys: dict[str, KeyInToken], curve: str) -> None:
    key = keys[curve]
    assert key.public_key.curve.name == curve
    for data in (b"", b"data", bytes(1000)):
        verify(key.public_key, key.sign(data), data)


def test_threads_sign_with_both_keys_at_once(keys: dict[str, KeyInToken]) -> None:
    asked = [(keys[curve], bytes([number])) for number in range(20) for curve in CURVES]
    with ThreadPoolExecutor(8) as pool:
        signatures = list(pool.map(lambda one: one[0].sign(one[1]), asked))
    for signature, (key, data) in zip(signatures, asked, strict=True):
        verify(key.public_key, signature, data)


class PulledOut:
    """A key whose token was pulled out."""

    def sign(self, data: bytes, mechanism: object) -> bytes:
        raise pkcs11.exceptions.DeviceRemoved


def test_a_token_that_does_not_answer_is_no_refusal_and_is_asked_again(
    keys: dict[str, KeyInToken],
) -> None:
    turns: SimpleQueue[None] = SimpleQueue()
    turns.put(None)
    key = KeyInToken(keys["secp256r1"].public_key, PulledOut(), turns)  # type: ignore[arg-type]
    for _ in range(2):
        with pytest.raises(KeyUnavailableError):
            key.sign(b"data")


@pytest.mark.parametrize(
    ("changed", "labels", "fault"),
    [
        ({"token_label": "another"}, [], "NoSuchToken"),
        ({"library": "/nonexistent.so"}, [], "no such keys"),
        ({"token_label": "other"}, ["another"], "NoSuchKey"),
        ({"token_label": "other"}, ["secp256r1"], "not a key that signs"),
    ],
)
def test_a_token_without_the_keys_says_so(
    place: TokenPlace, changed: dict[str, str], labels: list[str], fault: str
) -> None:
    with pytest.raises(KeyUnusableError, match=fault):
        keys_in_token(replace(place, **changed), labels=labels)


def test_a_pin_is_not_shown() -> None:
    assert PIN not in repr(TokenPlace("library", "label", PIN))
