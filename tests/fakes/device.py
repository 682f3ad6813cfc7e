"""A phone with a tiny card, before the operations that the SM-DP+'s server calls."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from limosa.domain.rsp.operations.apply_notifications import apply_notifications
from limosa.domain.rsp.operations.authenticate_client import authenticate_client
from limosa.domain.rsp.operations.cancel_session import cancel_session
from limosa.domain.rsp.operations.get_bound_profile_package import get_bound_profile_package
from limosa.domain.rsp.operations.handle_notification import handle_notification
from limosa.domain.rsp.operations.initiate_authentication import initiate_authentication
from limosa.protocols.sgp22.identity import Smdp
from limosa.protocols.sgp22.refusal import RspRefusal
from tests.factories.sgp22 import NOW, World, a_card_wanted, certify
from tests.fakes.tiny_card import TinyCard, one, split


@dataclass
class Device:
    """Asks an SM-DP+, call by call, and keeps what it was answered."""

    smdp: Smdp
    card: TinyCard
    matching_id: str | bytes | None = None
    code: str = ""
    now: datetime = NOW
    offer: bytes = b""
    authenticating: bytes = b""
    preparing: bytes = b""

    def initiate(self) -> bytes:
        body = self.card.initiate_body()
        opened = initiate_authentication(smdp=self.smdp, body=body, now=self.now)
        self.authenticating = self.card.authenticate_body(opened, matching_id=self.matching_id)
        return opened

    def authenticate(self) -> bytes:
        self.offer = authenticate_client(smdp=self.smdp, body=self.authenticating, now=self.now)
        return self.offer

    def prepare(self, *, keeps_key: bool = True) -> None:
        self.preparing = self.card.prepare_body(self.offer, code=self.code, keeps_key=keeps_key)

    def package(self) -> bytes:
        return get_bound_profile_package(smdp=self.smdp, body=self.preparing, now=self.now)

    def begin(self) -> None:
        """Come as far as to ask for the package."""
        self.initiate()
        self.authenticate()
        self.prepare()

    def download(self) -> bytes:
        """Return the profile that the card has read."""
        self.begin()
        return self.card.install(self.package())

    def cancel(self, reason: int = 0) -> None:
        cancel_session(smdp=self.smdp, body=self.card.cancel_body(reason), now=self.now)

    def report(self, notification: bytes | None = None) -> bool:
        """Report that the profile was installed, or something else; return whether it is new."""
        notification = notification or self.card.installation_result()
        body = self.card.notification_body(notification)
        return handle_notification(body=body, now=self.now)

    def reported(self, notification: bytes | None = None) -> None:
        """Report, and have it applied."""
        self.report(notification)
        apply_notifications(smdp=self.smdp, now=self.now)

    def event(self, event: int) -> bytes:
        """Return that the card did something to the profile: 1 enable, 2 disable, 3 delete."""
        iccid = split(one(self.card.metadata, "BF25"))[0][1]
        return self.card.other_notification(event, iccid=iccid)


def another_card(world: World, eid: str) -> TinyCard:
    """Return another card of the same maker."""
    holder = certify(a_card_wanted(eid), curve=world.curve, issuer=world.eum)
    return TinyCard(replace(world, card=holder), eid=eid)


def heard(call: Callable[[], object]) -> str:
    """Return what a call was answered: `ok`, or the codes of the refusal."""
    try:
        call()
    except RspRefusal as refusal:
        return f"{refusal.status.subject_code}/{refusal.status.reason_code}"
    return "ok"
