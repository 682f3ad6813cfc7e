"""Payments, refunds and disputes.

Lookup fields are indexed in Meta: an index declared on the field would add a second one, for LIKE,
which no query uses and every payment would have to write.
"""

from enum import StrEnum

from django.conf import settings
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, Q

from limosa.domain.payments.engine.dispute_life import DisputeState
from limosa.domain.payments.engine.payment_life import PaymentState
from limosa.domain.payments.engine.problems import Problem
from limosa.domain.payments.engine.refund_life import RefundState


def _choices(states: type[StrEnum]) -> list[tuple[str, str]]:
    return [(state.value, state.name.title()) for state in states]


class Payment(models.Model):
    """One attempt to pay an order through one channel.

    `number` is the provider's idempotency key (WeChat's out_trade_no).
    `amount_minor` and `currency` are the channel's; the order's own amount is on its quote.
    `received_minor` is what the provider says it took, whatever we had requested.
    `pays_order`: this payment is the one that paid; the database allows one per order.
    `refunded_minor`: promised back, or lost to a dispute.
    `in_wallet`: unapplied funds that went into the person's wallet, so none of it goes back.
    `reference`: the provider's own id for the payment, once it has one; `transaction_id`: its id
    for the money received.
    `save_wanted`: the person agreed to have the method saved; `saved_method`: the one that was
    charged or saved. `is_automatic`: the payer was not there, and had agreed to be charged.
    `next_poll_at`: when to poll the provider; also the lease of whoever is polling.
    `processing_since`: for an open payment, since when it is paid but undecided.
    `decline`: why the last attempt to pay it was refused (see Decline).
    `captures_refused`: how many captures were answered without taking money.
    """

    number = models.CharField(max_length=32)
    order_number = models.CharField(max_length=20)
    subscriber = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="payments",
        db_index=False,  # Meta has one that begins with it.
    )
    provider = models.CharField(max_length=20)
    method = models.CharField(max_length=20)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    state = models.CharField(
        max_length=10, choices=_choices(PaymentState), default=PaymentState.CREATED.value
    )
    pay_url = models.TextField(blank=True)
    reference = models.CharField(max_length=80, blank=True)
    save_wanted = models.BooleanField(default=False)
    is_automatic = models.BooleanField(default=False)
    saved_method = models.ForeignKey(
        "SavedMethod", on_delete=models.PROTECT, null=True, blank=True, related_name="payments"
    )
    transaction_id = models.CharField(max_length=64, blank=True)
    received_minor = models.BigIntegerField(default=0)
    received_currency = models.CharField(max_length=3, blank=True)
    refunded_minor = models.BigIntegerField(default=0)
    pays_order = models.BooleanField(default=False)
    in_wallet = models.BooleanField(default=False)
    problem = models.CharField(max_length=30, blank=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True, blank=True)
    applied_at = models.DateTimeField(null=True, blank=True)
    next_poll_at = models.DateTimeField(null=True, blank=True)
    processing_since = models.DateTimeField(null=True, blank=True)
    decline = models.CharField(max_length=20, blank=True)
    captures_refused = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["number"], name="payment_number_once"),
            models.UniqueConstraint(
                fields=["order_number"], condition=Q(pays_order=True), name="payment_pays_once"
            ),
            # Submitting twice, even at the same moment, finds the payment that is already open.
            models.UniqueConstraint(
                fields=["order_number", "provider", "method"],
                condition=Q(state__in=["created", "pending"]),
                name="payment_open_once",
            ),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="payment_positive"),
            models.CheckConstraint(
                condition=Q(refunded_minor__gte=0, refunded_minor__lte=F("received_minor")),
                name="payment_refunds_within_receipts",
            ),
            models.CheckConstraint(
                condition=Q(pays_order=False)
                | Q(
                    state="succeeded",
                    received_minor=F("amount_minor"),
                    received_currency=F("currency"),
                ),
                name="payment_pays_exact_amount",
            ),
            models.CheckConstraint(
                condition=Q(
                    state="succeeded",
                    received_minor__gt=0,
                    paid_at__isnull=False,
                    applied_at__isnull=False,
                    next_poll_at__isnull=True,
                )
                | Q(
                    state__in=["created", "pending", "failed", "expired", "cancelled"],
                    received_minor=0,
                    paid_at__isnull=True,
                    applied_at__isnull=True,
                ),
                name="payment_state_has_its_times",
            ),
            models.CheckConstraint(
                condition=Q(in_wallet=False) | Q(state="succeeded", pays_order=False),
                name="payment_in_wallet_pays_nothing",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_poll_at"],
                name="payment_to_poll",
                condition=Q(next_poll_at__isnull=False),
            ),
            models.Index(
                fields=["-created_at"], name="payment_to_look_at", condition=~Q(problem="")
            ),
            models.Index(fields=["order_number"], name="payment_of_order"),
            models.Index(fields=["subscriber", "-created_at"], name="payment_of_subscriber"),
            models.Index(fields=["created_at"], name="payment_by_day"),
            models.Index(
                fields=["reference"], name="payment_by_reference", condition=~Q(reference="")
            ),
            # A dispute may name only the transaction.
            models.Index(
                fields=["provider", "transaction_id"],
                name="payment_by_transaction",
                condition=~Q(transaction_id=""),
            ),
            models.Index(
                fields=["id"],
                name="payment_to_save_method_of",
                condition=Q(save_wanted=True, state="succeeded", saved_method__isnull=True),
            ),
            # For sums over days; rows are stored roughly in this order, so it costs next to
            # nothing.
            BrinIndex(fields=["paid_at"], name="payment_by_paid_at", autosummarize=True),
        ]

    def __str__(self) -> str:
        return f"payment {self.number}"

    @property
    def is_processing(self) -> bool:
        """Whether it was paid, but the provider has not decided yet."""
        return self.state == PaymentState.PENDING and self.processing_since is not None


class Refund(models.Model):
    """Money going back the way it came. `number` is the provider's idempotency key.

    `reference`: the provider's own id for it.
    `settled_minor`: the part that the person got another way and is no longer owed: through a lost
    dispute or, `wallet_minor` of it, in their wallet.
    `came_back`: how often the money came back to us after it had arrived.
    `next_poll_at`: when to poll the provider; also the lease of whoever is polling.
    `by_hand`: it was made at the provider, and we never requested it; `reversed_minor` of it
    reversed the sale. The rest paid refunds that were owed, or is `settled_minor`: a loss.
    """

    number = models.CharField(max_length=32)
    reference = models.CharField(max_length=80, blank=True)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="refunds")
    amount_minor = models.BigIntegerField()
    settled_minor = models.BigIntegerField(default=0)
    wallet_minor = models.BigIntegerField(default=0)
    came_back = models.PositiveSmallIntegerField(default=0)
    by_hand = models.BooleanField(default=False)
    reversed_minor = models.BigIntegerField(default=0)
    reason = models.CharField(max_length=30)
    state = models.CharField(
        max_length=10, choices=_choices(RefundState), default=RefundState.REQUESTED.value
    )
    requested_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    next_poll_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["number"], name="refund_number_once"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="refund_positive"),
            models.CheckConstraint(
                condition=Q(settled_minor__gte=0, settled_minor__lte=F("amount_minor"))
                & (~Q(state="settled") | Q(settled_minor=F("amount_minor"))),
                name="refund_settled_within",
            ),
            models.CheckConstraint(
                condition=Q(wallet_minor__gte=0, wallet_minor__lte=F("settled_minor")),
                name="refund_wallet_within",
            ),
            models.CheckConstraint(
                condition=Q(reversed_minor=0)
                | Q(by_hand=True, reversed_minor__gt=0, reversed_minor__lte=F("amount_minor")),
                name="refund_reversed_within",
            ),
            models.CheckConstraint(
                condition=Q(state="found", by_hand=True, finished_at__isnull=True)
                | Q(state__in=["requested", "sent"], by_hand=False, finished_at__isnull=True)
                | Q(state__in=["succeeded", "failed", "settled"], finished_at__isnull=False),
                name="refund_state_has_its_time",
            ),
            models.UniqueConstraint(
                fields=["payment", "reference"],
                condition=Q(by_hand=True) & ~Q(reference=""),
                name="refund_by_hand_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_poll_at"],
                name="refund_to_push",
                condition=Q(next_poll_at__isnull=False),
            ),
            # A settlement may list a refund only under the provider's id.
            models.Index(
                fields=["reference"], name="refund_by_reference", condition=~Q(reference="")
            ),
            models.Index(
                fields=["finished_at"], name="refund_by_finish", condition=Q(state="succeeded")
            ),
            models.Index(
                fields=["finished_at"], name="refund_by_return", condition=Q(came_back__gt=0)
            ),
        ]

    def __str__(self) -> str:
        return f"refund {self.number}"

    @property
    def is_refused(self) -> bool:
        """Whether the provider has refused it so far; it is retried, and shown to staff."""
        return (
            self.state == RefundState.REQUESTED and self.payment.problem == Problem.REFUND_REFUSED
        )

    @property
    def owed_minor(self) -> int:
        """What is still owed to the person, as long as it has not succeeded."""
        return self.amount_minor - self.settled_minor

    @property
    def key(self) -> str:
        """The refund's part of entry and message keys: a new one each time it came back."""
        return f"{self.number}:{self.came_back}" if self.came_back else self.number

    @property
    def promised_minor(self) -> int:
        """The part of it that counts towards the payment's `refunded_minor`."""
        return self.reversed_minor if self.by_hand else self.amount_minor


class Dispute(models.Model):
    """A payer who asked their bank for the money back. `reference` is the provider's id for it.

    While it is open the provider withholds `amount_minor`, the bundle is suspended, and nothing of
    the payment can be refunded. `decided_minor`: the amount lost when it was decided, which may be
    more than was withheld (0: it was won); anything withheld beyond that came back. Of the amount
    lost, `reversed_minor` reversed the sale and `settled_minor` settled refunds that
    were owed; the rest is a loss. A provider may withhold an amount other than was paid, and in
    another currency: then `stands_for_minor` is the disputed part in the payment's own currency.
    """

    provider = models.CharField(max_length=20)
    reference = models.CharField(max_length=80)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="disputes")
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    reason = models.CharField(max_length=60, blank=True)
    state = models.CharField(
        max_length=10, choices=_choices(DisputeState), default=DisputeState.OPEN.value
    )
    reversed_minor = models.BigIntegerField(default=0)
    settled_minor = models.BigIntegerField(default=0)
    stands_for_minor = models.BigIntegerField(null=True, blank=True)
    decided_minor = models.BigIntegerField(null=True, blank=True)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        # A condition that comes to NULL does not refuse a row, hence each `isnull=False`.
        constraints = [
            models.UniqueConstraint(fields=["provider", "reference"], name="dispute_once"),
            models.UniqueConstraint(
                fields=["payment"], condition=Q(state="open"), name="dispute_open_once"
            ),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="dispute_positive"),
            models.CheckConstraint(
                condition=Q(reversed_minor__gte=0, settled_minor__gte=0)
                & (
                    Q(stands_for_minor__isnull=True)
                    & Q(decided_minor__isnull=True)
                    & Q(amount_minor__gte=F("reversed_minor") + F("settled_minor"))
                    | Q(stands_for_minor__isnull=True)
                    & Q(decided_minor__isnull=False)
                    & Q(decided_minor__gte=F("reversed_minor") + F("settled_minor"))
                    | Q(stands_for_minor__isnull=False)
                    & Q(stands_for_minor__gte=F("reversed_minor") + F("settled_minor"))
                ),
                name="dispute_parts_within",
            ),
            models.CheckConstraint(
                condition=Q(state="open", closed_at__isnull=True, decided_minor__isnull=True)
                | Q(state="won", closed_at__isnull=False, decided_minor=0)
                | Q(
                    state="lost",
                    closed_at__isnull=False,
                    decided_minor__isnull=False,
                    decided_minor__gt=0,
                ),
                name="dispute_state_has_its_time",
            ),
        ]
        indexes = [
            models.Index(fields=["id"], name="dispute_open", condition=Q(state="open")),
        ]

    def __str__(self) -> str:
        return f"dispute {self.reference}"

    @property
    def disputed_minor(self) -> int:
        """The disputed part of the payment, in the payment's currency."""
        return self.taken_minor if self.stands_for_minor is None else self.stands_for_minor

    @property
    def taken_minor(self) -> int:
        """For a lost dispute, what stays with the payer; for an open one, the disputed part."""
        return self.amount_minor if self.decided_minor is None else self.decided_minor

    @property
    def lost_minor(self) -> int:
        """What the payer of a lost dispute received twice, in the payment's currency."""
        return self.disputed_minor - self.reversed_minor - self.settled_minor
