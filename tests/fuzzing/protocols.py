"""Looks, guided by coverage, for bytes that the SM-DP+'s protocol neither reads nor refuses.

    .uv/bin/uv pip install --python .venv/bin/python atheris
    .venv/bin/python -m tests.fuzzing.protocols -max_total_time=600

What follows are libFuzzer's options. atheris is not among the locked packages, since it is made for
few platforms. Messages that did something new are kept in artefacts/fuzzing and tried again next
time. A card signs what was made up, so that it is not the signature alone that refuses.
"""

import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["limosa.protocols"]):
    from limosa.foundation.errors import LocalProtocolError, RemoteProtocolError
    from limosa.protocols.sgp22 import (
        activation_code,
        authentication,
        cancel,
        certificates,
        download,
        es2plus,
        es9plus,
        notification,
        tlv,
        trust,
    )
    from limosa.protocols.sgp22.tlv import TlvError

from tests.factories.sgp22 import NOW, a_world, an_smdp, as_certificate
from tests.fakes.shell import Shell
from tests.fakes.tiny_card import TinyCard, answered, b64, sign
from tests.fakes.tiny_card import tlv as encoded

CORPUS = Path(__file__).parents[2] / "artefacts" / "fuzzing" / "sgp22"
WORLD = a_world("secp256r1")


class TlvMutator:
    """Changes one TLV somewhere inside, and sets the lengths around it right."""

    def __init__(self, seed: int) -> None:
        self._waits, self._change = seed % 61, seed // 61 % 4

    def mutated(self, data: bytes) -> bytes:
        """Return the TLVs with one of them changed, left out, doubled or swapped for another."""
        parts = []
        for one in tlv.read_all(data):
            self._waits -= 1
            if self._waits == 0:
                parts.append(self._changed(one))
            elif one.is_constructed:
                parts.append(tlv.encode(one.tag, self.mutated(one.value)))
            else:
                parts.append(one.raw)
        return b"".join(parts)

    def _changed(self, one: tlv.Tlv) -> bytes:
        match self._change:
            case 0:
                return b""
            case 1:
                return one.raw * 2
            case 2:
                return tlv.encode(one.tag ^ 1, one.value)
            case _:
                return tlv.encode(one.tag, atheris.Mutate(one.value, len(one.value) + 16))


def mutate(data: bytes, max_size: int, seed: int) -> bytes:
    """Change a message: mostly as TLVs, else as bytes."""
    if seed % 3 and data:
        with suppress(TlvError, LocalProtocolError):
            return (data[:1] + TlvMutator(seed // 3).mutated(data[1:]))[:max_size]
    changed: bytes = atheris.Mutate(data, max_size)
    return changed


class Session:
    """A session at each of its stages, and what a card may say in it."""

    def __init__(self) -> None:
        self.card = TinyCard(WORLD)
        shell = Shell(an_smdp(WORLD), metadata=encoded("BF25"), profile=b"\x00", code="1234")
        self.smdp = shell.smdp
        opened = shell.initiate(self.card.initiate_body())
        self.bodies = [opened, self.card.authenticate_body(opened, matching_id="ABCDE-12345")]
        offer = shell.authenticate(self.bodies[1])
        self.signature2 = answered(offer)["smdpSignature2"]
        self.bodies += [self.card.prepare_body(offer, code="1234"), self.card.cancel_body()]
        transaction_id = self.card.transaction_id
        self.opened = authentication.SessionOpened.from_bytes(shell.opened[transaction_id])
        self.offered = download.DownloadOffered.from_bytes(shell.offered[transaction_id])
        self.card.metadata = encoded("BF25", encoded("5A", bytes(10)))

    def signed(self, data: bytes, *, beside: bytes = b"") -> bytes:
        return data + sign(WORLD.card.key, data + beside)

    def authenticate(self, response: bytes) -> object:
        request = es9plus.AuthenticateClientRequest(self.opened.transaction_id, response)
        return authentication.verify_client(
            smdp=self.smdp, request=request, opened=self.opened, now=NOW
        )

    def authenticate_signed(self, data: bytes) -> object:
        parts = (self.signed(data), WORLD.card.der, WORLD.eum.der)
        return self.authenticate(encoded("BF38", encoded("A0", *parts)))

    def prepare(self, response: bytes) -> object:
        request = es9plus.GetBoundProfilePackageRequest(self.opened.transaction_id, response)
        return download.verify_prepared(request=request, offered=self.offered)

    def prepare_signed(self, data: bytes) -> object:
        signed = self.signed(data, beside=self.signature2)
        return self.prepare(encoded("BF21", encoded("A0", signed)))

    def cancel(self, response: bytes) -> object:
        request = es9plus.CancelSessionRequest(self.opened.transaction_id, response)
        return cancel.verify(smdp=self.smdp, request=request, offered=self.offered)

    def cancel_signed(self, data: bytes) -> object:
        return self.cancel(encoded("BF41", encoded("A0", self.signed(data))))

    def notify(self, data: bytes) -> object:
        found = notification.read(data)
        if isinstance(found, notification.OtherNotification):
            return notification.verify_other(smdp=self.smdp, notification=found)
        notification.verify_installation(
            smdp=self.smdp,
            result=found,
            euicc_key=self.offered.euicc_key,
            iccid=found.metadata.iccid,
        )
        return found

    def initiate(self, info: bytes) -> object:
        request = es9plus.InitiateAuthenticationRequest(bytes(16), info, self.smdp.address)
        return authentication.initiate(smdp=self.smdp, request=request)

    def verify_card(self, data: bytes) -> object:
        return self.smdp.trust.verify_card(card=data, manufacturer=WORLD.eum.der, now=NOW)

    def targets(self) -> list[Callable[[bytes], object]]:
        ci = as_certificate(WORLD.ci)
        return [
            lambda data: list(tlv.walk(data)),
            self.initiate,
            self.authenticate,
            self.authenticate_signed,
            self.prepare,
            self.prepare_signed,
            self.cancel,
            self.cancel_signed,
            self.notify,
            self.verify_card,
            certificates.read_certificate,
            certificates.read_certificates,
            lambda data: trust.read_revocation_list(data, issuer=ci),
            lambda data: activation_code.read_activation_code(data.decode("utf-8", "replace")),
            es9plus.read_initiate_authentication,
            es9plus.read_authenticate_client,
            es9plus.read_handle_notification,
            es2plus.DownloadOrder.read,
            es2plus.ConfirmOrder.read,
            es2plus.CancelOrder.read,
            es2plus.Progress.read,
            es2plus.OrderAnswer.read,
        ]

    def seeds(self) -> list[bytes]:
        card = self.card
        return [
            card.authenticate_response("ABCDE-12345"),
            card.signed1,
            card.info2(),
            card.installation_result(),
            card.installation_result(error=(5, 10)),
            card.other_notification(1, iccid=bytes(10)),
            WORLD.card.der,
            b'{"header":{"functionRequesterIdentifier":"1","functionCallIdentifier":"2"}}',
            b"LPA:1$smdp.example.com$ABCDE-12345$$1",
            b64(card.signed1).encode(),
            *self.bodies,
        ]


def main() -> None:
    session = Session()
    targets = session.targets()
    CORPUS.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(session.seeds()):
        for target in range(len(targets)):
            (CORPUS / f"seed-{number}-{target}").write_bytes(bytes([target]) + seed)

    def look(data: bytes) -> None:
        if data:
            with suppress(RemoteProtocolError):
                targets[data[0] % len(targets)](data[1:])

    options = [*sys.argv, f"-artifact_prefix={CORPUS.parent}/", str(CORPUS)]
    atheris.Setup(options, look, custom_mutator=mutate)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
