"""What people agreed to, and what became of it.

A consent is never changed: a withdrawal is another row, and so is a change.
"""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from limosa.domain.autorenewal.engine.attempts import Outcome
from limosa.domain.autorenewal.engine.course import Unable
from limosa.domain.autorenewal.engine.cycle_life import CycleState
from limosa.domain.catalog.models import Plan
from limosa.domain.esims.models import Bundle, Esim

_OPEN = ["planned", "noticed", "charging"]
MONTH = timedelta(days=30)


class EndReason(models.TextChoices):
    """Why an automatic renewal is off."""

    PERSON = "person"
    CHANGED = "changed"  # another consent has taken its place
    UNTIL = "until"  # it was given until now
    ESIM_GONE = "esim_gone"
    NO_METHOD = "no_method"  # none of its methods can be charged any more
    REPLACED = "replaced"  # its plan was changed to another one
    DISPUTE = "dispute"  # the payer's bank took a renewal's money back


class Consent(models.Model):
    """What a person agreed to, or, with `withdraws`, that they no longer do.

    `plan` None: whichever is cheapest by what was used. `cap_minor`: the most that one renewal may
    cost. `used_percent`: once so much of a plan's data is used, it is renewed before its end; in
    any MONTH for `month_cap_minor` at most. None: by its end alone. `until` None: until it is
    withdrawn. `methods`: [{"provider", "saved_id"}] in the order in which they are charged.
    `wording`: what was shown beside the button, in `language`. `address`: a digest of the network
    address. `by_link`: withdrawn by a link in a mail, without signing in.
    """

    public_id = models.CharField(max_length=16, unique=True)
    subscriber = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="renewal_consents"
    )
    esim = models.ForeignKey(Esim, on_delete=models.PROTECT, related_name="renewal_consents")
    withdraws = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="withdrawal"
    )
    plan = models.ForeignKey(
        Plan, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    cap_minor = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3, blank=True)
    used_percent = models.PositiveSmallIntegerField(null=True)
    month_cap_minor = models.BigIntegerField(null=True)
    until = models.DateTimeField(null=True)
    methods = models.JSONField(default=list)
    wording = models.TextField(blank=True)
    language = models.CharField(max_length=10)
    address = models.CharField(max_length=64, blank=True)
    by_link = models.BooleanField(default=False)
    given_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="consent_says_what_it_is_to",
                condition=Q(
                    withdraws__isnull=True,
                    cap_minor__isnull=False,
                    cap_minor__gt=0,
                    by_link=False,
                )
                & ~Q(currency="")
                & ~Q(wording="")
                & ~Q(methods=[])
                | Q(
                    withdraws__isnull=False,
                    cap_minor__isnull=True,
                    currency="",
                    wording="",
                    methods=[],
                    plan__isnull=True,
                    until__isnull=True,
                    used_percent__isnull=True,
                ),
            ),
            models.CheckConstraint(
                name="consent_by_data_has_its_month",
                condition=Q(used_percent__isnull=True, month_cap_minor__isnull=True)
                | Q(
                    used_percent__isnull=False,
                    used_percent__gte=50,
                    used_percent__lt=100,
                    month_cap_minor__isnull=False,
                    month_cap_minor__gte=F("cap_minor"),
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"consent {self.public_id}"


class AutoRenewal(models.Model):
    """An eSIM that is renewed by itself, on the terms of a consent.

    `next_at`: when a worker has to look at it; also the lease of whoever does. `seen_bundle`: the
    newest bundle of the eSIM that was looked at.
    """

    public_id = models.CharField(max_length=16, unique=True)
    esim = models.ForeignKey(
        Esim, on_delete=models.PROTECT, related_name="auto_renewals", db_index=False
    )
    subscriber = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="auto_renewals"
    )
    consent = models.OneToOneField(Consent, on_delete=models.PROTECT, related_name="auto_renewal")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    end_reason = models.CharField(max_length=10, choices=EndReason, blank=True)
    next_at = models.DateTimeField(null=True)
    seen_bundle = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["esim"],
                condition=Q(ended_at__isnull=True),
                name="auto_renewal_on_once",
            ),
            models.CheckConstraint(
                name="auto_renewal_ended_for_a_reason",
                condition=Q(ended_at__isnull=True, end_reason="", next_at__isnull=False)
                | Q(
                    ended_at__isnull=False,
                    end_reason__in=EndReason.values,
                    next_at__isnull=True,
                ),
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_at"], name="auto_renewal_due", condition=Q(next_at__isnull=False)
            ),
            models.Index(fields=["esim", "-id"], name="auto_renewal_newest_of_esim"),
        ]

    def __str__(self) -> str:
        return f"automatic renewal {self.public_id}"

    @property
    def is_on(self) -> bool:
        """Whether it has not ended."""
        return self.ended_at is None


class Cycle(models.Model):
    """One bundle whose end is renewed (engine/cycle_life.py). A bundle has one that may be charged.

    `plan`: the one that the notice names. `cap_minor`: the consent's. `starts_at`, `ends_at`: the
    bundle's. `told_from`, `least_lead`: engine/timetable.py. `low_at`, `due_at`: since when its
    data is to be told of as low, and charged for, if the consent is by data too. `delivered_at`:
    when the notice was, that named `at_most_minor`. `unable`: why it could not be renewed, as the
    person was told. `first_attempt_at`: since when it is charged. `total_minor`, `order_number`: of
    the order that renewed it.
    """

    auto_renewal = models.ForeignKey(AutoRenewal, on_delete=models.PROTECT, related_name="cycles")
    bundle = models.ForeignKey(
        Bundle,
        on_delete=models.PROTECT,
        related_name="cycles",
    )
    state = models.CharField(
        max_length=8,
        choices=[(state.value, state.value) for state in CycleState],
        default=CycleState.PLANNED.value,
    )
    plan = models.ForeignKey(
        Plan, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    cap_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    told_from = models.DateTimeField()
    low_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    least_lead = models.DurationField()
    at_most_minor = models.BigIntegerField(null=True)
    delivered_at = models.DateTimeField(null=True)
    unable = models.CharField(
        max_length=10, choices=[(why.value, why.value) for why in Unable], blank=True
    )
    first_attempt_at = models.DateTimeField(null=True)
    total_minor = models.BigIntegerField(null=True)
    order_number = models.CharField(max_length=20, blank=True)
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["bundle"],
                condition=Q(state__in=[*_OPEN, "renewed"]),
                name="cycle_once_per_bundle",
            ),
            models.UniqueConstraint(
                fields=["order_number"],
                condition=~Q(order_number=""),
                name="cycle_order_once",
            ),
            models.CheckConstraint(
                name="cycle_reason_known",
                condition=Q(unable__in=["", *(why.value for why in Unable)]),
            ),
            models.CheckConstraint(
                name="cycle_is_low_before_it_is_due",
                condition=Q(due_at__isnull=True) | Q(low_at__isnull=False, due_at__gte=F("low_at")),
            ),
            models.CheckConstraint(
                name="cycle_within_its_cap",
                condition=Q(cap_minor__gt=0)
                & (Q(at_most_minor__isnull=True) | Q(at_most_minor__lte=F("cap_minor")))
                & (Q(total_minor__isnull=True) | Q(total_minor__lte=F("cap_minor"))),
            ),
            models.CheckConstraint(
                name="cycle_told_before_it_is_charged",
                condition=Q(
                    delivered_at__isnull=True,
                    state__in=["planned", "skipped", "failed", "ended"],
                )
                | Q(delivered_at__isnull=False, at_most_minor__isnull=False),
            ),
            models.CheckConstraint(
                name="cycle_state_has_its_fields",
                condition=Q(
                    state__in=["planned", "noticed"],
                    order_number="",
                    total_minor__isnull=True,
                    closed_at__isnull=True,
                )
                | Q(
                    state="charging",
                    order_number="",
                    total_minor__isnull=True,
                    closed_at__isnull=True,
                    first_attempt_at__isnull=False,
                )
                | Q(
                    state__in=["renewed", "undone"],
                    total_minor__isnull=False,
                    closed_at__isnull=False,
                    first_attempt_at__isnull=False,
                )
                & ~Q(order_number="")
                | Q(
                    state__in=["skipped", "failed", "ended"],
                    order_number="",
                    total_minor__isnull=True,
                    closed_at__isnull=False,
                ),
            ),
        ]
        indexes = [models.Index(fields=["auto_renewal", "-id"], name="cycle_newest_of_renewal")]

    def __str__(self) -> str:
        return f"cycle {self.pk}"


class Notice(models.Model):
    """What a person was told before a charge. `key`: of the message; `delivered_at`: when a mail
    server accepted its mail; None: not, so far."""

    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="notices")
    key = models.CharField(max_length=120)
    is_reminder = models.BooleanField(default=False)
    at_most_minor = models.BigIntegerField()
    sent_at = models.DateTimeField()
    delivered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key"], name="notice_once"),
            models.CheckConstraint(
                name="notice_delivered_after_it_was_sent",
                condition=Q(delivered_at__isnull=True) | Q(delivered_at__gte=F("sent_at")),
            ),
        ]

    def __str__(self) -> str:
        return self.key


class Attempt(models.Model):
    """One charge of a cycle, by one method, for an order of its own.

    What allowed it stands beside it: the consent's cap, what the notice named at most, when that
    was delivered, and how long before the charge it had to be. `place`: the method's, in the
    consent's order. `outcome`: engine/attempts.py.
    """

    cycle = models.ForeignKey(
        Cycle, on_delete=models.PROTECT, related_name="attempts", db_index=False
    )
    number = models.PositiveSmallIntegerField()
    place = models.PositiveSmallIntegerField()
    order_number = models.CharField(max_length=20)
    total_minor = models.BigIntegerField()
    at_most_minor = models.BigIntegerField()
    cap_minor = models.BigIntegerField()
    delivered_at = models.DateTimeField()
    least_lead = models.DurationField()
    begun_at = models.DateTimeField()
    outcome = models.CharField(
        max_length=9,
        choices=[(outcome.value, outcome.value) for outcome in Outcome],
        default=Outcome.OPEN.value,
    )
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cycle", "number"], name="attempt_once"),
            models.UniqueConstraint(fields=["order_number"], name="attempt_order_once"),
            models.UniqueConstraint(
                fields=["cycle"],
                condition=Q(outcome__in=["open", "paid"]),
                name="attempt_charged_once",
            ),
            models.CheckConstraint(
                name="attempt_within_what_was_agreed",
                condition=Q(total_minor__gt=0)
                & Q(total_minor__lte=F("at_most_minor"))
                & Q(at_most_minor__lte=F("cap_minor")),
            ),
            models.CheckConstraint(
                name="attempt_after_its_notice",
                condition=Q(begun_at__gte=F("delivered_at") + F("least_lead"))
                & Q(begun_at__gt=F("delivered_at")),
            ),
            models.CheckConstraint(
                name="attempt_outcome_has_its_time",
                condition=Q(outcome="open", decided_at__isnull=True)
                | Q(
                    outcome__in=[one.value for one in Outcome if one is not Outcome.OPEN],
                    decided_at__isnull=False,
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"attempt {self.number} of cycle {self.cycle_id}"
