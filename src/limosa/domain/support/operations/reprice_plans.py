"""Propose new prices, and record what the system did by itself."""

from datetime import datetime

from django.db import transaction

from limosa.domain.support.models import AuditAction
from limosa.domain.support.operations.record_audit_entry import record_audit_entry
from limosa.domain.support.repricing import dearest_fee, tax_in_prices
from limosa.domain.wholesale.models import PriceSheet
from limosa.domain.wholesale.operations.propose_prices import propose_prices
from limosa.domain.wholesale.pricing_pass import Repriced


@transaction.atomic
def reprice_plans(*, sheet: PriceSheet | None = None, now: datetime) -> Repriced:
    """Do what propose_prices does, with an audit entry for each plan that went off sale, came back
    or got prices without anybody's approval.

    `sheet`: a whole one, for the plans of its supplier; None: for all plans.
    Locks:  as propose_prices.
    """
    repriced = propose_prices(
        sheet=sheet, fee=dearest_fee(), tax_basis_points=tax_in_prices(), now=now
    )
    for action, plans, detail in (
        (AuditAction.STOP_SALE, repriced.ended, "cost_above_price"),
        (AuditAction.START_SALE, repriced.back, "listed_anew"),
        (AuditAction.DECIDE_PRICES, repriced.applied, "by_rule"),
    ):
        for plan in plans:
            record_audit_entry(actor=None, action=action, subject=plan, detail=detail, now=now)
    return repriced
