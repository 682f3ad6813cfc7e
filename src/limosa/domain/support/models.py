"""Cases that people opened about their orders, refunds that the staff proposed, and what it did."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from limosa.domain.ordering.models import Order
from limosa.domain.payments.models import Refund


class CaseState(models.TextChoices):
    """open → answered → replied → closed; it may be closed from each of them."""

    OPEN = "open"
    ANSWERED = "answered"
    REPLIED = "replied"
    CLOSED = "closed"


class Case(models.Model):
    """A question about an order; `trace` is what we knew of it when the case was opened.

    `message`, then our one `answer`, then the person's one `reply`. `closing`: the last word to
    the person, where there was one.
    """

    number = models.CharField(max_length=16, unique=True)
    subscriber = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="cases"
    )
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="cases")
    message = models.TextField(blank=True)
    trace = models.JSONField()
    opened_at = models.DateTimeField()
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="cases_answered",
    )
    reply = models.TextField(blank=True)
    replied_at = models.DateTimeField(null=True, blank=True)
    closing = models.TextField(blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["order"], condition=Q(closed_at__isnull=True), name="case_open_once"
            ),
            models.CheckConstraint(
                name="case_answer_has_its_time",
                condition=Q(answer="", answered_at__isnull=True, answered_by__isnull=True)
                | (~Q(answer="") & Q(answered_at__isnull=False, answered_by__isnull=False)),
            ),
            models.CheckConstraint(
                name="case_reply_follows_an_answer",
                condition=Q(reply="", replied_at__isnull=True)
                | (~Q(reply="") & Q(replied_at__isnull=False, answered_at__isnull=False)),
            ),
        ]
        indexes = [
            models.Index(fields=["-opened_at"], name="case_newest"),
            models.Index(fields=["id"], name="case_open", condition=Q(closed_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"case {self.number}"

    @property
    def state(self) -> CaseState:
        """Where it stands."""
        if self.closed_at is not None:
            return CaseState.CLOSED
        if self.replied_at is not None:
            return CaseState.REPLIED
        return CaseState.ANSWERED if self.answered_at is not None else CaseState.OPEN


class ProposalState(models.TextChoices):
    """open → done | turned_down."""

    OPEN = "open"
    DONE = "done"
    TURNED_DOWN = "turned_down"


class RefundProposal(models.Model):
    """A refund that a member of the staff wants; over a limit a second one has to sign it.

    `part_minor`: in the payment's currency; empty: all that is left, and the bundle with it.
    """

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="refund_proposals")
    part_minor = models.BigIntegerField(null=True, blank=True)
    detail = models.TextField()
    needs_second = models.BooleanField()
    state = models.CharField(max_length=12, choices=ProposalState, default=ProposalState.OPEN)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="refunds_proposed"
    )
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="refunds_signed"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    refund = models.OneToOneField(
        Refund, on_delete=models.PROTECT, null=True, related_name="proposal"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["order"], condition=Q(state="open"), name="proposal_open_once"
            ),
            models.CheckConstraint(
                name="proposal_done_has_its_refund",
                condition=Q(state="done", refund__isnull=False)
                | (~Q(state="done") & Q(refund__isnull=True)),
            ),
            models.CheckConstraint(
                name="proposal_two_sign",
                condition=~Q(state="done", needs_second=True)
                | (Q(decided_by__isnull=False) & ~Q(decided_by=F("proposed_by"))),
            ),
        ]
        indexes = [
            models.Index(fields=["id"], name="proposal_open", condition=Q(state="open")),
        ]

    def __str__(self) -> str:
        return f"refund proposal {self.pk}"


class AuditAction(models.TextChoices):
    """What a member of the staff can do that is kept on record."""

    PAUSE_SUPPLIER = "pause_supplier"
    RESUME_SUPPLIER = "resume_supplier"
    STOP_SALE = "stop_sale"
    START_SALE = "start_sale"
    POLL_PAYMENT = "poll_payment"
    REFUND_ORDER = "refund_order"
    CLEAR_PAYMENT = "clear_payment"
    CLOSE_CASE = "close_case"
    SET_CHANNEL = "set_channel"
    RESOLVE_DIFFERENCE = "resolve_difference"
    RECONCILE = "reconcile"
    PROPOSE_REFUND = "propose_refund"
    SIGN_REFUND = "sign_refund"
    TURN_DOWN_REFUND = "turn_down_refund"
    REFUND_TO_WALLET = "refund_to_wallet"
    IMPORT_CATALOG = "import_catalog"
    ANSWER_CASE = "answer_case"
    EXPORT = "export"
    ADD_STAFF = "add_staff"
    CHANGE_STAFF = "change_staff"
    REMOVE_STAFF = "remove_staff"
    RESET_SECOND_STEP = "reset_second_step"
    NOTE_FINDING = "note_finding"
    SETTLE_SUPPLY = "settle_supply"


class AuditEntry(models.Model):
    """Who did what to what, and why. Never changed: the trigger is in migrations/sql.

    `actor` None: the system, at a command on its own machine. `subject`: the order's, payment's,
    case's or finding's number, the code of a plan, a supplier or a payment provider, the edition of
    a catalogue, the name of a table, or the address of a member of the staff.
    """

    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="audit_entries",
    )
    action = models.CharField(max_length=20, choices=AuditAction)
    subject = models.CharField(max_length=60)
    detail = models.TextField(blank=True)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["subject", "action"], name="audit_entry_of_subject")]

    def __str__(self) -> str:
        return f"{self.action} {self.subject}"


class GuardKind(models.TextChoices):
    """What is looked at each hour to know that the books are right."""

    ENTRIES = "entries"  # each entry is even, so the trial balance is, per currency
    WALLETS = "wallets"  # a wallet's kept balance is the sum of its postings
    USAGE = "usage"  # a bundle's counter is the sum of its draws
    PAYMENTS = "payments"  # what goes back is what the payment counts; what came is booked
    ORDERS = "orders"  # delivered means paid, and paid means known to be
    DELIVERY = "delivery"  # nothing that was paid waits to be delivered
    SUPPLY = "supply"  # suppliers have answered, and nothing is for people to find out
    INBOX = "inbox"  # every notification was applied
    SUSPENSE = "suspense"  # no money that could not be placed
    CLEARING = "clearing"  # the clearing accounts are what the providers' settlements say
    JOURNAL = "journal"  # all postings together are even, per currency


class GuardRound(models.Model):
    """How far a guard is on its way through all rows. `touched_id`: of what was written since.

    `began_at`, `finished_at`: of the round; by the latter every row was looked at, since the last
    time that it began.
    """

    guard = models.CharField(max_length=20, choices=GuardKind, primary_key=True)
    swept_id = models.BigIntegerField(default=0)
    touched_id = models.BigIntegerField(default=0)
    began_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    ran_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.guard} up to {self.swept_id}"


class Finding(models.Model):
    """Something that a guard found wrong in the books; there should be none.

    `subject` names it, the same each time: an entry's key, an account, an order's or payment's
    number. `has`, `due`: what is there and what ought to be, in `unit`s: a currency, or B for
    bytes. `gone_at`: since when it is wrong no more; should it come back, it is another finding.
    """

    guard = models.CharField(max_length=20, choices=GuardKind)
    subject = models.CharField(max_length=120)
    row_id = models.BigIntegerField()
    problem = models.CharField(max_length=30, blank=True)
    order_number = models.CharField(max_length=20, blank=True)
    unit = models.CharField(max_length=3, blank=True)
    has = models.BigIntegerField(null=True)
    due = models.BigIntegerField(null=True)
    found_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    gone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["guard", "subject"], condition=Q(gone_at__isnull=True), name="finding_once"
            ),
        ]
        indexes = [
            models.Index(fields=["id"], name="finding_open", condition=Q(gone_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """What people read: F-17."""
        return f"F-{self.pk}"
