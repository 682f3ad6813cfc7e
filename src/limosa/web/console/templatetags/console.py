"""How console templates put codes into words; money and times are as in the storefront."""

from datetime import datetime, timedelta
from decimal import Decimal

from babel.numbers import format_decimal
from django import template
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from limosa.domain.accounts.models import Subscriber
from limosa.domain.catalog.engine.units import read_validity
from limosa.domain.catalog.models import Plan
from limosa.domain.esims.models import Bundle
from limosa.domain.ledger.queries import TrialRow
from limosa.domain.ordering.models import Order
from limosa.domain.ordering.queries import placed_by
from limosa.domain.payments.models import Payment, Refund
from limosa.domain.support import duties
from limosa.domain.support.models import AuditAction, AuditEntry
from limosa.foundation.money import Money
from limosa.web.console import supply_words, usage_words, words
from limosa.web.console.callbacks import callback_result
from limosa.web.wording import formatting
from limosa.web.wording.words import OWN_NAMES, ROLES, validity

register = template.Library()

_WORDS = {
    "account": words.ACCOUNT_KINDS,
    "case": words.CASE_STATES,
    "action": words.ACTIONS,
    "code": words.CODE_STATES,
    "code_change": words.CODE_CHANGES,
    "dispute": words.DISPUTE_STATES,
    "proposal": words.PROPOSAL_STATES,
    "entry": words.ENTRIES,
    "plan": words.PLAN_KINDS,
    "problem": words.PROBLEMS,
    "reason": words.REASONS,
    "refund": words.REFUND_STATES,
    "role": ROLES,
    "supply": words.SUPPLY_STATES,
}


@register.filter
def worded(code: str, kind: str) -> str:
    """{{ payment.problem|worded:"problem" }}: Paid too late"""
    return words.word(_WORDS[kind], code)


@register.filter
def placed_how(order: Order) -> str:
    """{{ order|placed_how }}: by the eSIM's number, not signed in; empty: by its person"""
    return str(words.PLACED.get(placed_by(order).value, ""))


@register.filter
def supply_problem(problem: str) -> str:
    """{{ supply.problem|supply_problem }}: The supplier's answer was lost."""
    return str(supply_words.supply_problem(problem))


@register.filter(name="callback_result")
def callback_result_text(code: str) -> str:
    """{{ callback.result|callback_result }}: Delivered by the supplier"""
    return callback_result(code)


@register.filter
def usage_problem(problem: str) -> str:
    """{{ watch.problem|usage_problem }}: The count fell, though no new bundle has begun."""
    return str(usage_words.usage_problem(problem))


@register.filter
def ago(at: datetime) -> str:
    """{{ order.paid_at|ago }}: 4 min, 3 h, 12 days"""
    passed = timezone.now() - at
    minutes = max(passed // timedelta(minutes=1), 0)
    if minutes < 60:
        return ngettext("%(count)d min", "%(count)d min", minutes) % {"count": minutes}
    hours = minutes // 60
    if hours < 48:
        return ngettext("%(count)d h", "%(count)d h", hours) % {"count": hours}
    return ngettext("%(count)d day", "%(count)d days", passed.days) % {"count": passed.days}


@register.filter
def used_percent(bundle: Bundle) -> int:
    """{{ bundle|used_percent }}: of the volume, or of the full-speed volume; 0 to 100"""
    whole = bundle.volume_bytes or bundle.fair_use_bytes or 0
    return min(bundle.used_bytes * 100 // whole, 100) if whole else 0


@register.filter
def rate(per_euro: Decimal) -> str:
    """{{ rate.per_euro|rate }}: 1.0834, with the language's decimal sign"""
    return format_decimal(per_euro, format="#,##0.0000##", locale=formatting.locale())


@register.filter
def prices_in(plan: Plan, currencies: list[str]) -> list[Money | None]:
    """{{ plan|prices_in:currencies }}: its price in each; None where it has none"""
    prices = {price.currency: price.amount_minor for price in plan.prices.all()}
    return [Money(prices[code], code) if code in prices else None for code in currencies]


@register.filter
def codes(codes: frozenset[str]) -> str:
    """{{ terms.currencies|codes }}: CNY, USD"""
    return ", ".join(sorted(codes))


@register.filter
def payment_state(payment: Payment) -> str:
    """{{ payment|payment_state }}: Paid, or Refunded in part"""
    return words.payment_state(payment)


@register.filter
def received(payment: Payment) -> Money:
    """{{ payment|received }}: what the provider says it took"""
    return Money(payment.received_minor, payment.received_currency or payment.currency)


@register.filter
def refund_amount(refund: Refund) -> Money:
    """{{ refund|refund_amount }}: what goes back"""
    return Money(refund.amount_minor, refund.payment.received_currency)


@register.filter
def detail(action: AuditEntry) -> str:
    """{{ action|detail }}: why or with what result, codes in words"""
    if action.action == AuditAction.IMPORT_CATALOG:
        return words.import_detail(action.detail)
    if action.action == AuditAction.DELIVER_CALLBACK:
        return callback_result(action.detail)
    return words.word({**words.RESULTS, **words.PROBLEMS, **ROLES}, action.detail)


@register.filter
def may(person: Subscriber, action: str) -> bool:
    """{% if staff|may:"export" %}: whether their role may do it"""
    return duties.may(person, AuditAction(action))


@register.filter
def by_whom(action: AuditEntry) -> str:
    """{{ action|by_whom }}: an address, or that it was the system"""
    return action.actor.email if action.actor else gettext("the system")


@register.filter
def tongue(code: str) -> str:
    """{{ person.language|tongue }}: the language's own name"""
    return OWN_NAMES.get(code, code)


@register.filter
def debit(row: TrialRow) -> Money:
    """{{ row|debit }}: an account's debits"""
    return Money(row.debit_minor, row.currency)


@register.filter
def credit(row: TrialRow) -> Money:
    """{{ row|credit }}: an account's credits"""
    return Money(row.credit_minor, row.currency)


@register.filter
def balance(row: TrialRow) -> Money:
    """{{ row|balance }}: debits less credits"""
    return Money(row.balance_minor, row.currency)


@register.filter
def duration_text(duration: str) -> str:
    """{{ "30 days"|duration_text }}: a duration of plans as a promotion names it"""
    return validity(read_validity(duration))


@register.filter
def in_currency(amount_minor: int, currency: str) -> Money:
    """{{ minor|in_currency:"USD" }}: an amount of minor units"""
    return Money(amount_minor, currency)
