"""A shell around the SM-DP+'s protocol that keeps its rows in memory, and one order."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime

from limosa.protocols.sgp22 import (
    authentication,
    bound_profile,
    cancel,
    download,
    es9plus,
    notification,
)
from limosa.protocols.sgp22.authentication import Client, SessionOpened
from limosa.protocols.sgp22.bound_profile import Binding
from limosa.protocols.sgp22.cancel import CancelReason
from limosa.protocols.sgp22.download import DownloadOffered, Terms
from limosa.protocols.sgp22.identity import Smdp
from limosa.protocols.sgp22.refusal import RspRefusal
from limosa.protocols.sgp22.status import RspStatus
from tests.factories.sgp22 import NOW


@dataclass
class Shell:
    """Stores what it is told to as bytes, as a database does, and reads it back for each call."""

    smdp: Smdp
    metadata: bytes
    profile: bytes
    code: str = ""
    iccid: str = ""  # What reports have to be of; empty: any.
    now: datetime = NOW
    opened: dict[bytes, bytes] = field(default_factory=dict)
    offered: dict[bytes, bytes] = field(default_factory=dict)
    binding: bytes = b""
    clients: list[Client] = field(default_factory=list)
    reasons: list[CancelReason] = field(default_factory=list)

    def initiate(self, body: bytes) -> bytes:
        request = es9plus.read_initiate_authentication(body)
        response, opened = authentication.initiate(smdp=self.smdp, request=request)
        self.opened[opened.transaction_id] = opened.to_bytes()
        return response.body()

    def authenticate(self, body: bytes) -> bytes:
        request = es9plus.read_authenticate_client(body)
        opened = SessionOpened.from_bytes(self._found(self.opened, request.transaction_id))
        if request.transaction_id in self.offered:
            return download.offer_again(
                smdp=self.smdp,
                request=request,
                offered=DownloadOffered.from_bytes(self.offered[request.transaction_id]),
                metadata=self.metadata,
            ).body()
        client = authentication.verify_client(
            smdp=self.smdp, request=request, opened=opened, now=self.now
        )
        self.clients.append(client)
        earlier = self._binding()
        terms = Terms(self.metadata, bool(self.code), earlier.euicc_otpk if earlier else b"")
        response, offered = download.offer(
            smdp=self.smdp, opened=opened, client=client, terms=terms
        )
        self.offered[request.transaction_id] = offered.to_bytes()
        return response.body()

    def package(self, body: bytes) -> bytes:
        request = es9plus.read_get_bound_profile_package(body)
        offered = DownloadOffered.from_bytes(self._found(self.offered, request.transaction_id))
        prepared = download.verify_prepared(request=request, offered=offered)
        if offered.is_code_required:
            download.check_code(
                prepared=prepared,
                code_digest=hashlib.sha256(self.code.encode()).digest(),
                transaction_id=offered.transaction_id,
            )
        binding = bound_profile.bind(
            smdp=self.smdp, offered=offered, prepared=prepared, earlier=self._binding()
        )
        self.binding = binding.to_bytes()
        return bound_profile.package(
            binding=binding, metadata=self.metadata, profile=self.profile
        ).body()

    def cancel(self, body: bytes) -> bytes:
        request = es9plus.read_cancel_session(body)
        offered = DownloadOffered.from_bytes(self._found(self.offered, request.transaction_id))
        self.reasons.append(cancel.verify(smdp=self.smdp, request=request, offered=offered))
        return es9plus.DONE

    def installation(self, body: bytes) -> notification.InstallationResult:
        found = notification.read(es9plus.read_handle_notification(body).pending_notification)
        assert isinstance(found, notification.InstallationResult)
        offered = DownloadOffered.from_bytes(self._found(self.offered, found.transaction_id))
        iccid = self.iccid or found.metadata.iccid
        notification.verify_installation(
            smdp=self.smdp, result=found, euicc_key=offered.euicc_key, iccid=iccid
        )
        return found

    def _binding(self) -> Binding | None:
        return Binding.from_bytes(self.binding) if self.binding else None

    @staticmethod
    def _found(rows: dict[bytes, bytes], transaction_id: bytes) -> bytes:
        try:
            return rows[transaction_id]
        except KeyError:
            raise RspRefusal(RspStatus.TRANSACTION_UNKNOWN) from None
