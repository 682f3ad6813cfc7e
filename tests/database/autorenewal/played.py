"""A person whose eSIM is renewed by itself: the worker and the mail server, played."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from limosa.domain.autorenewal.models import AutoRenewal, Consent, Cycle
from limosa.domain.autorenewal.operations.look_after import look_after
from limosa.domain.autorenewal.operations.look_after_next import look_after_next
from limosa.domain.autorenewal.operations.switch_on import Agreed, switch_on
from limosa.domain.autorenewal.operations.wake_for_low_data import wake_for_low_data
from limosa.domain.autorenewal.operations.wake_for_new_bundles import wake_for_new_bundles
from limosa.domain.charging.operations.record_usage import UsageReport, record_usage
from limosa.domain.esims.models import Bundle
from limosa.domain.esims.operations.advance_bundles import advance_bundles
from limosa.domain.ledger.operations.credit_wallet import credit_wallet
from limosa.domain.ledger.queries import wallet_in
from limosa.domain.notifications.models import Notification
from limosa.domain.ordering.models import Order
from limosa.domain.payments.models import SavedMethod
from limosa.foundation.identifiers import random_code
from limosa.foundation.money import Money
from tests.database.ordering.shop import Shop
from tests.factories import MOMENT
from tests.factories.autorenewal import WORDING

DAY = timedelta(days=1)
WALLET = ("wallet", "")


@dataclass(slots=True)
class Played:
    """A bundle with half its month gone, of 25 dollars."""

    shop: Shop
    now: datetime = MOMENT
    mail_works: bool = True
    looks: int = 0

    @property
    def bundle(self) -> Bundle:
        return self.shop.running

    @property
    def end(self) -> datetime:
        ends_at = Bundle.objects.get(pk=self.bundle.pk).ends_at
        assert ends_at is not None
        return ends_at

    def agree(
        self,
        *methods: tuple[str, str],
        cap_minor: int = 3000,
        until: datetime | None = None,
        plan_code: str | None = None,
        month_cap_minor: int | None = None,
    ) -> AutoRenewal:
        """Switch it on."""
        return switch_on(
            esim=self.bundle.esim,
            agreed=Agreed(
                plan_code=self.bundle.plan_id if plan_code is None else plan_code,
                cap_minor=cap_minor,
                currency="USD",
                methods=methods or [WALLET],
                wording=WORDING,
                language="en",
                until=until,
                used_percent=None if month_cap_minor is None else 95,
                month_cap_minor=month_cap_minor,
            ),
            now=self.now,
        )

    def card(self, label: str = "Visa •••• 4242") -> tuple[str, str]:
        """Save a card; return it as a method."""
        saved = SavedMethod.objects.create(
            public_id=random_code(12),
            subscriber=self.bundle.subscriber,
            provider="fake",
            reference=f"token-{label}",
            label=label,
            consented_at=MOMENT,
        )
        return ("fake", saved.public_id)

    def begin(self) -> int:
        """Come to the charge, and begin an attempt; the bank is not asked yet. Return its id."""
        self.go_to(self.end - timedelta(days=4, seconds=1))
        self.now = self.end - timedelta(days=4)
        begun = look_after(auto_id=self.auto.pk, now=self.now)
        assert begun is not None
        return begun

    def use(self, percent: int, *, bundle: Bundle | None = None) -> None:
        """Have so much of a bundle be used, all in all."""
        used = Bundle.objects.get(pk=(bundle or self.bundle).pk)
        assert used.volume_bytes is not None
        report = UsageReport(
            record_id=random_code(12),
            iccid=used.esim.iccid,
            started_at=self.now,
            ended_at=self.now,
            uplink_bytes=0,
            downlink_bytes=used.volume_bytes * percent // 100 - used.used_bytes,
        )
        (result,) = record_usage(feed="network", reports=[report], now=self.now)
        assert result.status == "recorded"
        self.work()

    def fill_wallet(self, amount_minor: int = 5000) -> None:
        credit_wallet(
            subscriber_id=self.bundle.subscriber_id,
            amount=Money(amount_minor, "USD"),
            key=f"gift:{random_code(8)}",
            now=self.now,
        )

    @property
    def wallet_minor(self) -> int:
        return wallet_in(subscriber_id=self.bundle.subscriber_id, currency="USD").amount_minor

    def work(self) -> None:
        """Do what is due now: by the worker, and by the mail server."""
        advance_bundles(now=self.now)
        wake_for_new_bundles(now=self.now)
        wake_for_low_data(now=self.now)
        for _ in range(50):
            if self.mail_works:
                self.mail()
            if not look_after_next(now=self.now):
                return
            self.looks += 1
        raise AssertionError("there is always something due")

    def mail(self) -> None:
        Notification.objects.filter(next_mail_at__lte=self.now).update(
            mailed_at=self.now, next_mail_at=None
        )

    def go_to(self, then: datetime) -> None:
        """Let time pass, working whenever something is due."""
        while True:
            self.work()
            due = AutoRenewal.objects.filter(next_at__gt=self.now, next_at__lte=then)
            upcoming = due.order_by("next_at").first()
            if upcoming is None or upcoming.next_at is None:
                break
            self.now = upcoming.next_at
        self.now = max(self.now, then)
        self.work()

    def go_by(self, step: timedelta) -> None:
        self.go_to(self.now + step)

    @property
    def cycle(self) -> Cycle:
        """The running bundle's."""
        return Cycle.objects.filter(bundle=self.bundle).latest("id")

    @property
    def auto(self) -> AutoRenewal:
        return AutoRenewal.objects.latest("id")

    @property
    def orders(self) -> list[Order]:
        return list(Order.objects.filter(agreed_at__isnull=False).order_by("id"))

    @property
    def told(self) -> list[str]:
        kinds = Notification.objects.filter(kind__startswith="auto_renewal").order_by("id")
        return [kind.removeprefix("auto_renewal_") for kind in kinds.values_list("kind", flat=True)]

    def consents(self) -> list[Consent]:
        return list(Consent.objects.order_by("id"))
