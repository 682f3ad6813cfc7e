"""Cases about orders, refund proposals, the audit log, and the guards' findings."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from limosa.domain.ordering.models import Order
from limosa.domain.payments.models import Refund


class CaseState(models.TextChoices):
    """open → answered → replied → closed; it may be closed from any of them."""

    OPEN = "open"
    ANSWERED = "answered"
    REPLIED = "replied"
    CLOSED = "closed"


class Case(models.Model):
    """A question about an order; `trace` is what we knew about the order when the case was opened.

    `by_guest`: whoever placed the order without signing in asks, not its owner.
    `message`, then our one `answer`, then the person's one `reply`. `closing`: the final word to
    the person, if there was one.
    """

    number = models.CharField(max_length=16, unique=True)
    subscriber = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="cases"
    )
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="cases")
    by_guest = models.BooleanField(default=False)
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
                fields=["order", "by_guest"],
                condition=Q(closed_at__isnull=True),
                name="case_open_once",
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
            models.CheckConstraint(
                name="case_closing_has_its_time",
                condition=Q(closing="") | Q(closed_at__isnull=False),
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
        """The case's state."""
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
    """A refund that a member of the staff proposes; above a limit a second one has to sign it.

    `part_minor`: in the payment's currency; None: all that is left, and the bundle with it.
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
                name="proposal_state_has_its_time",
                condition=Q(state="open", decided_at__isnull=True, decided_by__isnull=True)
                | Q(state="done", decided_at__isnull=False)
                | Q(state="turned_down", decided_at__isnull=False, decided_by__isnull=False),
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
    """A staff action that is recorded."""

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
    DELIVER_CALLBACK = "deliver_callback"
    FETCH_PRICES = "fetch_prices"
    SET_PRICING = "set_pricing"
    DECIDE_PRICES = "decide_prices"
    ADD_PLAN = "add_plan"
    RECORD_DEPOSIT = "record_deposit"
    UNDO_DEPOSIT = "undo_deposit"
    FETCH_STATEMENT = "fetch_statement"
    AGREE_TO_CHARGE = "agree_to_charge"
    DISPUTE_CHARGE = "dispute_charge"
    END_DOUBT = "end_doubt"
    SET_COVERAGE = "set_coverage"
    IMPORT_COVERAGE = "import_coverage"
    MODERATE_RATING = "moderate_rating"
    REPLY_TO_RATING = "reply_to_rating"
    MARK_INSIDER = "mark_insider"
    MAKE_CODES = "make_codes"
    EXPORT_CODES = "export_codes"
    ACTIVATE_CODES = "activate_codes"
    VOID_CODES = "void_codes"
    LOOK_UP_CODE = "look_up_code"
    RECORD_CODES_PAID = "record_codes_paid"
    SET_PROMOTION = "set_promotion"
    END_PROMOTION = "end_promotion"
    REOPEN_PROMOTION = "reopen_promotion"
    OFFER_BONUS = "offer_bonus"
    END_BONUS = "end_bonus"
    ADD_PROMOTION_CODE = "add_promotion_code"
    END_PROMOTION_CODE = "end_promotion_code"


class AuditEntry(models.Model):
    """Who did what to what, and why. Never changed: the trigger is in migrations/sql.

    `actor` None: the system, or a command on its own machine. `subject`: the number of an order,
    payment, case or finding, the code of a plan, promotion, supplier or payment provider, the
    edition of a catalogue or a coverage file, the number of a rating, a person, a batch of codes or
    a tier of bonuses, the serial of a code, the name of a table, or the address of a member of the
    staff.
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
    """What is checked each hour to know that the books are right."""

    ENTRIES = "entries"  # each entry balances per currency, so the trial balance does
    WALLETS = "wallets"  # a wallet's stored balance is the sum of its postings
    USAGE = "usage"  # a bundle's counter is the sum of its deductions
    RESERVES = "reserves"  # a reserve's counter is right, and no bundle is open beside it
    PAYMENTS = "payments"  # refunds match the payment's count; receipts are booked
    ORDERS = "orders"  # what is delivered was paid, and what was paid is known
    DELIVERY = "delivery"  # nothing paid is left undelivered
    SUPPLY = "supply"  # suppliers have answered, and nothing is left to people
    INBOX = "inbox"  # every notification was applied
    SUSPENSE = "suspense"  # no money is left unattributed
    CLEARING = "clearing"  # the clearing accounts agree with the providers' settlements
    STOCK = "stock"  # no profile type has fewer available profiles than it wants
    SUPPLIED = "supplied"  # what suppliers delivered is booked, and nothing else
    PAYABLES = "payables"  # suppliers' statements agree, and balances there last
    RATINGS = "ratings"  # what is published is what was written and counts
    AUTOMATIC = "automatic"  # automatic orders were agreed to, announced, and within their cap
    CODES = "codes"  # active codes are worth what is outstanding in the books
    PROMOTION_CODES = "promotion_codes"  # codes count their uses, and orders have theirs
    TOP_UPS = "top_ups"  # what is left of wallet top-ups is what the books have of them
    BONUSES = "bonuses"  # what is left of bonuses, and what they paid, is what the books have
    PLAN_CHANGES = "plan_changes"  # what is left of a plan counts once, towards a paid one
    GUESSES = "guesses"  # nobody guesses codes
    LIABILITIES = "liabilities"  # all bonuses and codes together are what is booked for them
    JOURNAL = "journal"  # all postings together balance per currency


class GuardRound(models.Model):
    """How far a guard has come in its round through all rows. `touched_id`: the same, for rows
    touched since.

    `began_at`, `finished_at`: of the round. By `finished_at` every row had been checked since
    `began_at`.
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
    number, a profile type. `has`, `due`: the actual and the expected value, in `unit`s: a currency,
    B for bytes, or nothing for a count.
    `gone_at`: since when it is no longer wrong; if it recurs, it is a new finding.
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
        """The number that people read: F-17."""
        return f"F-{self.pk}"
