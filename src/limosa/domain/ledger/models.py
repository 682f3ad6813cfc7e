"""Accounts and the journal. The journal is the single source of truth about money; the triggers
that keep it balanced and append-only are in migrations/sql."""

from django.conf import settings
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q


class AccountKind(models.TextChoices):
    """What an account is for. A posting's amount is positive for a debit, negative for a credit."""

    WALLET = "wallet"  # a subscriber's balance with us (liability)
    BONUS = "bonus"  # what a subscriber was given on top of money, never paid out (liability)
    FROZEN = "wallet_frozen"  # of wallets, while its payers dispute the payments (liability)
    CLEARING = "clearing"  # what a payment provider holds for us (asset)
    REFUNDS_PAYABLE = "refunds_payable"  # refunds promised, not yet confirmed (liability)
    DEFERRED_REVENUE = "deferred_revenue"  # paid, not yet recognized (liability)
    REVENUE = "revenue"  # recognized as a bundle is used or its days pass (income)
    TAX_PAYABLE = "tax_payable"  # tax included in payments (liability)
    PROMOTIONS = "promotions"  # goodwill credited to wallets (expense)
    BONUS_DISCOUNTS = "bonus_discounts"  # what bonuses take off our sales (contra revenue)
    PLAN_CHANGES = "plan_changes"  # what is left of plans, from one order to another; zero
    COST_OF_SALES = "cost_of_sales"  # what suppliers charge for what is sold (expense)
    SUPPLIER = "supplier"  # our prepaid balance at a supplier, or what we owe it (asset)
    BANK = "bank"  # our own bank account, from which suppliers are paid (asset)
    PROVIDER_FEES = "provider_fees"  # what providers keep of our takings (expense)
    DISPUTED = "disputed"  # withheld by a provider until a dispute is decided (asset)
    LOSSES = "losses"  # disputed money lost without reversing a sale (expense)
    EXCHANGE = "exchange"  # the two sides of a conversion meet here, per currency
    CODES_OUTSTANDING = "codes_outstanding"  # what active codes are worth, by batch (liability)
    RECEIVABLE = "receivable"  # what a batch's buyer owes; below zero, what we owe (asset)
    UNCLAIMED = "unclaimed"  # worth of sold codes that expired, not ours to keep (liability)
    BREAKAGE = "breakage"  # worth of sold codes that expired, kept by the rule (income)
    SUSPENSE = "suspense"  # money that could not be attributed; normally zero


# Their balances are stored, and never below zero.
HELD_KINDS = (AccountKind.WALLET, AccountKind.BONUS)


class Account(models.Model):
    """One account in one currency; `code` is e.g. `clearing:wechatpay:CNY` or `wallet:17:USD`.

    `balance_minor` is kept for wallets and bonuses only (positive: the person has it). The balance
    of other accounts is summed from their postings, so that no row is hot.
    """

    code = models.CharField(max_length=80, unique=True)
    kind = models.CharField(max_length=20, choices=AccountKind)
    currency = models.CharField(max_length=3)
    subscriber = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="accounts"
    )
    balance_minor = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="account_wallet_has_owner_and_balance",
                condition=Q(
                    kind__in=HELD_KINDS, subscriber__isnull=False, balance_minor__isnull=False
                )
                | (
                    ~Q(kind__in=HELD_KINDS) & Q(subscriber__isnull=True, balance_minor__isnull=True)
                ),
            ),
            models.CheckConstraint(
                name="account_kind_known", condition=Q(kind__in=AccountKind.values)
            ),
            models.CheckConstraint(
                name="account_wallet_not_below_zero",
                condition=Q(balance_minor__isnull=True) | Q(balance_minor__gte=0),
            ),
        ]

    def __str__(self) -> str:
        return self.code


class JournalEntry(models.Model):
    """One event in the books. `key` decides races: the same key is posted once."""

    key = models.CharField(max_length=80, unique=True)
    kind = models.CharField(max_length=30)
    order_number = models.CharField(max_length=20, blank=True)
    posted_at = models.DateTimeField()

    class Meta:
        indexes = [
            # Declared on the field, it would add a second index for LIKE. The key's own one is
            # used.
            models.Index(fields=["order_number"], name="entry_of_order"),
            # An order has a few of these among its many earnings.
            models.Index(
                fields=["order_number"],
                name="entry_of_supply",
                condition=Q(kind__in=["supply_cost", "supply_credit", "supply_correction"]),
            ),
            # For date ranges; rows are stored in this order, so it costs next to nothing.
            BrinIndex(fields=["posted_at"], name="entry_by_posted_at", autosummarize=True),
        ]

    def __str__(self) -> str:
        return self.key


class Posting(models.Model):
    """One leg of an entry: a debit (positive) or a credit (negative), in the account's currency."""

    # Foreign keys would be checked for each posting, and make concurrent payments lock the few
    # accounts that they all post to. The balance check notices missing rows, and entries and
    # accounts are never deleted (migrations/sql).
    entry = models.ForeignKey(
        JournalEntry, on_delete=models.PROTECT, related_name="postings", db_constraint=False
    )
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="postings", db_constraint=False
    )
    amount_minor = models.BigIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(amount_minor=0), name="posting_not_zero"),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.amount_minor}"
