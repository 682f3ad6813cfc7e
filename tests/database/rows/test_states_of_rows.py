"""The database refuses a state that does not exist, or that a row's other columns contradict."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, models, transaction

from limosa.domain.notifications.models import AccountMail
from limosa.domain.payments.models import SavedMethod, SettledLine
from limosa.domain.ratings.models import Invitation, RatingMark
from limosa.domain.rsp.models import DownloadSession, ProgressReport, ReceivedNotification
from limosa.domain.support.models import RefundProposal
from limosa.domain.track_record.models import MeasuredFact
from limosa.domain.wholesale.models import ListChange, ListedPlan
from tests.factories import MOMENT
from tests.factories.accounts import make_operator, make_subscriber
from tests.factories.autorenewal import (
    make_attempt,
    make_auto_renewal,
    make_cycle,
    make_notice,
)
from tests.factories.bonuses import make_bonus, make_bonus_use, make_tier
from tests.factories.catalog import make_plan
from tests.factories.charging import make_reserve, make_usage_record, make_watch
from tests.factories.connectivity import make_breaker, make_kept_callback, make_supply
from tests.factories.coverage import make_stated_facts
from tests.factories.esims import make_bundle, make_device, make_esim, make_installation, make_move
from tests.factories.ledger import make_account
from tests.factories.notifications import make_notification
from tests.factories.ordering import make_order, make_plan_change, make_quote
from tests.factories.payables import (
    make_charge_difference,
    make_statement,
    make_supplier_account,
)
from tests.factories.payments import make_dispute, make_payment, make_refund
from tests.factories.promotions import make_promotion, make_promotion_code
from tests.factories.ratings import make_asked_bundle, make_rated_place, make_rating
from tests.factories.redemption import make_code, make_code_batch, make_code_change
from tests.factories.rsp import make_download_order, make_profile, make_profile_type
from tests.factories.settlements import make_difference, make_settlement
from tests.factories.support import make_case
from tests.factories.wallets import make_top_up
from tests.factories.wholesale import (
    listed,
    make_ending,
    make_price_proposal,
    make_rule,
    make_sheet,
)

pytestmark = pytest.mark.django_db

# Labels of what is recorded or shown, which decide nothing: new ones come with many a change, and a
# constraint on a table that only grows would be checked row by row each time.
LABELS = {
    "accounts.SecurityEvent.kind",
    "support.AuditEntry.action",
    "support.Finding.guard",
    "support.GuardRound.guard",
}


def make_proposal(**fields: Any) -> RefundProposal:
    operator = make_operator()
    defaults = {"proposed_by": operator, "proposed_at": MOMENT, "needs_second": False}
    return RefundProposal.objects.create(order=make_order(), **(defaults | fields))


def make_session() -> DownloadSession:
    return DownloadSession.objects.create(transaction_id="42", opened=b"all", ends_at=MOMENT)


def make_progress() -> ProgressReport:
    return ProgressReport.objects.create(
        order=make_download_order(), point=3, download=1, happened_at=MOMENT
    )


def make_received() -> ReceivedNotification:
    return ReceivedNotification.objects.create(digest="42", content=b"all", received_at=MOMENT)


def make_line() -> SettledLine:
    return SettledLine.objects.create(
        settlement=make_settlement(),
        provider="wechatpay",
        kind="payment",
        reference="42",
        amount_minor=1,
        currency="CNY",
        at=MOMENT,
    )


def make_saved_method() -> SavedMethod:
    return SavedMethod.objects.create(
        public_id="P1",
        subscriber=make_subscriber(),
        provider="stripe",
        reference="pm_1",
        label="Visa •••• 4242",
        consented_at=MOMENT,
    )


def make_invitation() -> Invitation:
    return make_asked_bundle().invitation


def make_mark() -> RatingMark:
    return RatingMark.objects.create(rating=make_rating(), kind="device", digest="42")


def make_fact() -> MeasuredFact:
    return MeasuredFact.objects.create(
        measure="credited", count=10, median=1, p95=2, measured_at=MOMENT
    )


def make_listed_plan() -> ListedPlan:
    return ListedPlan.objects.get(since=make_sheet(listed()))


def make_list_change() -> ListChange:
    make_sheet(listed())
    return ListChange.objects.get(sheet=make_sheet(listed(cost=501)))


def make_account_mail() -> AccountMail:
    return AccountMail.objects.create(
        recipient="lin@example.com", content="{}", created_at=MOMENT, useful_until=MOMENT
    )


@dataclass(frozen=True)
class Cheat:
    make: Callable[[], models.Model]
    changes: Mapping[str, object]
    constraint: str


def a(make: Callable[..., models.Model], **fields: Any) -> Callable[[], models.Model]:
    return lambda: make(**fields)


SUCCEEDED = a(make_payment, state="succeeded")
UNKNOWN: dict[str, Cheat] = {
    "accounts.Subscriber.staff_role": Cheat(
        make_operator, {"staff_role": "bogus"}, "subscriber_staff_has_a_role"
    ),
    "accounts.Subscriber.unapplied_funds": Cheat(
        make_subscriber, {"unapplied_funds": "bogus"}, "subscriber_unapplied_funds_known"
    ),
    "autorenewal.AutoRenewal.end_reason": Cheat(
        make_auto_renewal, {"end_reason": "bogus"}, "auto_renewal_ended_for_a_reason"
    ),
    "autorenewal.Cycle.state": Cheat(make_cycle, {"state": "bogus"}, "cycle_state_has_its_fields"),
    "autorenewal.Cycle.unable": Cheat(make_cycle, {"unable": "bogus"}, "cycle_reason_known"),
    "autorenewal.Attempt.outcome": Cheat(
        make_attempt, {"outcome": "bogus"}, "attempt_outcome_has_its_time"
    ),
    "catalog.Plan.kind": Cheat(make_plan, {"kind": "bogus"}, "plan_has_its_v"),
    "catalog.Plan.valid_from": Cheat(make_plan, {"valid_from": "bogus"}, "plan_has_its_validity"),
    "catalog.Plan.validity_unit": Cheat(
        make_plan, {"validity_unit": "bogus"}, "plan_has_its_validity"
    ),
    "charging.Reserve.state": Cheat(make_reserve, {"state": "bogus"}, "reserve_state_has_its_time"),
    "connectivity.KeptCallback.standing": Cheat(
        make_kept_callback, {"standing": "bogus"}, "kept_callback_standing_has_its_reason"
    ),
    "connectivity.SupplierBreaker.state": Cheat(
        make_breaker, {"state": "bogus"}, "supplier_breaker_state_has_its_times"
    ),
    "connectivity.Supply.state": Cheat(
        make_supply, {"state": "bogus"}, "supply_state_has_its_times"
    ),
    "esims.Bundle.state": Cheat(make_bundle, {"state": "bogus"}, "bundle_final_has_its_time"),
    "esims.Bundle.valid_from": Cheat(
        make_bundle, {"valid_from": "bogus"}, "bundle_has_its_validity"
    ),
    "esims.Device.kind": Cheat(make_device, {"kind": "bogus"}, "device_kind_known"),
    "esims.Installation.state": Cheat(
        make_installation, {"state": "bogus"}, "installation_state_has_its_time"
    ),
    "esims.Move.state": Cheat(make_move, {"state": "bogus"}, "move_state_has_its_time"),
    "esims.Move.kind": Cheat(make_move, {"kind": "bogus"}, "move_kinds_known"),
    "esims.Move.reason": Cheat(make_move, {"reason": "bogus"}, "move_kinds_known"),
    "esims.Esim.state": Cheat(make_esim, {"state": "bogus"}, "esim_state_has_its_time"),
    "ledger.Account.kind": Cheat(make_account, {"kind": "bogus"}, "account_kind_known"),
    "ordering.Order.state": Cheat(make_order, {"state": "bogus"}, "order_state_has_its_time"),
    "ordering.PlanChange.state": Cheat(
        make_plan_change, {"state": "bogus"}, "plan_change_state_has_its_times"
    ),
    "ordering.Quote.start_rule": Cheat(
        make_quote, {"start_rule": "bogus"}, "quote_start_rule_known"
    ),
    "ordering.Quote.way": Cheat(make_quote, {"way": "bogus"}, "quote_way_known"),
    "payables.ChargeDifference.problem": Cheat(
        make_charge_difference, {"problem": "bogus"}, "charge_difference_problem_known"
    ),
    "payables.ChargeDifference.state": Cheat(
        make_charge_difference, {"state": "bogus"}, "charge_difference_state_has_its_time"
    ),
    "payables.Statement.state": Cheat(
        make_statement, {"state": "bogus"}, "statement_state_has_its_time"
    ),
    "payables.SupplierAccount.warning": Cheat(
        make_supplier_account, {"warning": "bogus"}, "supplier_account_balance_is_whole"
    ),
    "payments.Difference.kind": Cheat(make_difference, {"kind": "bogus"}, "difference_kind_known"),
    "payments.Difference.state": Cheat(
        make_difference, {"state": "bogus"}, "difference_resolved_has_its_time"
    ),
    "payments.Dispute.state": Cheat(make_dispute, {"state": "bogus"}, "dispute_state_has_its_time"),
    "payments.Payment.state": Cheat(
        make_payment, {"state": "bogus"}, "payment_state_has_its_times"
    ),
    "payments.Refund.state": Cheat(make_refund, {"state": "bogus"}, "refund_state_has_its_time"),
    "payments.SettledLine.kind": Cheat(make_line, {"kind": "bogus"}, "settled_line_kind_known"),
    "payments.Settlement.state": Cheat(
        make_settlement, {"state": "bogus"}, "settlement_state_has_its_time"
    ),
    "ratings.Invitation.state": Cheat(
        make_invitation, {"state": "bogus"}, "invitation_state_has_its_time"
    ),
    "ratings.Rating.comment_state": Cheat(
        make_rating, {"comment": "x", "comment_state": "bogus"}, "rating_comment_has_its_state"
    ),
    "ratings.Rating.standing": Cheat(make_rating, {"standing": "bogus"}, "rating_standing_known"),
    "ratings.Rating.ruling": Cheat(
        make_rating, {"ruling": "bogus", "public_reason": "x"}, "rating_standing_known"
    ),
    "ratings.RatingMark.kind": Cheat(make_mark, {"kind": "bogus"}, "rating_mark_kind_known"),
    "rsp.DownloadOrder.redownload": Cheat(
        make_download_order, {"redownload": "bogus"}, "download_order_redownload_known"
    ),
    "rsp.ProfileType.profile_class": Cheat(
        make_profile_type, {"profile_class": "bogus"}, "profile_type_class_known"
    ),
    "rsp.ProfileType.redownload": Cheat(
        make_profile_type, {"redownload": "bogus"}, "profile_type_redownload_known"
    ),
    "rsp.DownloadOrder.state": Cheat(
        make_download_order, {"state": "bogus"}, "download_order_state_known"
    ),
    "rsp.DownloadSession.state": Cheat(
        make_session, {"state": "bogus"}, "download_session_has_what_its_state_says"
    ),
    "rsp.ReceivedNotification.result": Cheat(
        make_received, {"result": "bogus", "content": None}, "received_notification_result_known"
    ),
    "rsp.ProgressReport.point": Cheat(make_progress, {"point": 5}, "progress_point_known"),
    "rsp.Profile.state": Cheat(make_profile, {"state": "bogus"}, "profile_state_known"),
    "coverage.StatedFacts.origin": Cheat(
        make_stated_facts, {"origin": "bogus"}, "facts_have_their_origin"
    ),
    "track_record.MeasuredFact.measure": Cheat(
        make_fact, {"measure": "bogus"}, "measured_fact_known"
    ),
    "wallets.WalletTopUp.state": Cheat(
        make_top_up, {"state": "bogus"}, "wallet_top_up_state_has_its_time"
    ),
    "wholesale.PriceSheet.state": Cheat(make_sheet, {"state": "bogus"}, "sheet_state_has_its_time"),
    "wholesale.ListedPlan.use": Cheat(
        make_listed_plan, {"use": "bogus"}, "listed_plan_words_known"
    ),
    "wholesale.ListedPlan.activation": Cheat(
        make_listed_plan, {"activation": "bogus"}, "listed_plan_words_known"
    ),
    "wholesale.ListChange.kind": Cheat(
        make_list_change, {"kind": "bogus"}, "list_change_has_its_editions"
    ),
    "wholesale.PriceProposal.kind": Cheat(
        make_price_proposal, {"kind": "bogus"}, "price_proposal_kind_known"
    ),
    "wholesale.PriceProposal.state": Cheat(
        make_price_proposal, {"state": "bogus"}, "price_proposal_state_has_its_time"
    ),
    "redemption.Code.state": Cheat(make_code, {"state": "bogus"}, "code_state_has_its_redeemer"),
    "redemption.CodeBatch.paid_into": Cheat(
        make_code_batch, {"paid_into": "bogus"}, "code_batch_sold_or_given"
    ),
    "redemption.CodeChange.kind": Cheat(
        make_code_change, {"kind": "bogus"}, "code_change_kind_known"
    ),
    "support.RefundProposal.state": Cheat(
        make_proposal, {"state": "bogus"}, "proposal_state_has_its_time"
    ),
}
CONTRADICTIONS: dict[str, Cheat] = {
    "more goes back than was put into a wallet": Cheat(
        a(make_top_up, state="paid"), {"reversed_minor": 5001}, "wallet_top_up_gone_within"
    ),
    "what has gone back is frozen too": Cheat(
        a(make_top_up, state="paid"),
        {"reversed_minor": 2501, "frozen_minor": 2500},
        "wallet_top_up_gone_within",
    ),
    "a top-up is refunded in part and closed": Cheat(
        a(make_top_up, state="refunded"),
        {"reversed_minor": 4999},
        "wallet_top_up_state_has_its_time",
    ),
    "something went back of a top-up that nobody paid": Cheat(
        make_top_up, {"reversed_minor": 1}, "wallet_top_up_state_has_its_time"
    ),
    "a promotion gives two things": Cheat(
        make_promotion, {"bonus_bytes": 1}, "promotion_gives_one_thing"
    ),
    "an amount off has no currency": Cheat(
        a(make_promotion, amount_off_minor=500),
        {"amount_currency": ""},
        "promotion_amount_has_its_currency",
    ),
    "a promotion code is used more often than it may be": Cheat(
        a(make_promotion_code, uses_max=5), {"uses": 6}, "promotion_code_within_uses"
    ),
    "a promotion code gives more than its budget": Cheat(
        a(make_promotion_code, budget_minor=500),
        {"spent_minor": 501},
        "promotion_code_within_budget",
    ),
    "a promotion code without a budget spends": Cheat(
        make_promotion_code, {"spent_minor": 1}, "promotion_code_within_budget"
    ),
    "more is left of a bonus than was given": Cheat(
        make_bonus, {"left_minor": 501}, "bonus_adds_up"
    ),
    "a bonus that is held can be spent": Cheat(
        make_bonus, {"held_at": MOMENT}, "bonus_held_or_ended_is_not_there"
    ),
    "more comes back to a bonus than was used": Cheat(
        make_bonus_use, {"returned_minor": 501}, "bonus_use_returns_within"
    ),
    "a tier gives more than is added": Cheat(
        make_tier, {"bonus_minor": 5001}, "bonus_tier_gives_no_more_than_is_added"
    ),
    "a tier ends before it begins": Cheat(
        make_tier, {"ends_at": MOMENT - timedelta(days=1)}, "bonus_tier_lasts"
    ),
    "a top-up has days without a bonus": Cheat(
        make_top_up, {"bonus_days": 1}, "wallet_top_up_bonus_adds"
    ),
    "a top-up has an order's number": Cheat(
        make_top_up, {"number": "L-1"}, "wallet_top_up_number_told_apart"
    ),
    "a buyer was asked at no time": Cheat(
        make_invitation, {"asked_at": None}, "invitation_state_has_its_time"
    ),
    "a code is redeemed by nobody": Cheat(
        make_code, {"state": "redeemed", "redeemed_at": MOMENT}, "code_state_has_its_redeemer"
    ),
    "a code is active, and was redeemed": Cheat(
        make_code, {"redeemed_at": MOMENT}, "code_state_has_its_redeemer"
    ),
    "codes are given away for a price": Cheat(
        make_code_batch, {"price_minor": 1}, "code_batch_sold_or_given"
    ),
    "codes are sold above their worth": Cheat(
        make_code_batch,
        {"price_minor": 2001, "paid_into": "bank"},
        "code_batch_sold_or_given",
    ),
    "codes are worth nothing": Cheat(
        make_code_batch, {"amount_minor": 0}, "code_batch_worth_something"
    ),
    "codes are exported, and can be again": Cheat(
        make_code_batch, {"exported_at": MOMENT}, "code_batch_exported_once"
    ),
    "codes are lost before anybody has them": Cheat(
        make_code_batch, {"seed": None}, "code_batch_exported_once"
    ),
    "a change of codes is done half way": Cheat(
        make_code_change, {"next_serial": 10_000_001}, "code_change_done_at_its_end"
    ),
    "a change of codes is done at no time": Cheat(
        make_code_change, {"done_at": None}, "code_change_done_at_its_end"
    ),
    "an automatic renewal is off and comes due": Cheat(
        make_auto_renewal,
        {"ended_at": MOMENT, "end_reason": "person"},
        "auto_renewal_ended_for_a_reason",
    ),
    "a renewal is due by data, and the data is not low": Cheat(
        make_cycle, {"due_at": MOMENT}, "cycle_is_low_before_it_is_due"
    ),
    "somebody is called for data that was not used": Cheat(
        make_bundle, {"call_at_bytes": 1, "called_at": MOMENT}, "bundle_called_as_asked"
    ),
    "a renewal is charged, and nobody was told": Cheat(
        a(make_cycle, state="charging"), {"delivered_at": None}, "cycle_told_before_it_is_charged"
    ),
    "a renewal costs more than was agreed to": Cheat(
        a(make_cycle, state="renewed"), {"total_minor": 3001}, "cycle_within_its_cap"
    ),
    "a notice names more than was agreed to": Cheat(
        a(make_cycle, state="noticed"), {"at_most_minor": 3001}, "cycle_within_its_cap"
    ),
    "a renewal is renewed by no order": Cheat(
        a(make_cycle, state="renewed"), {"order_number": ""}, "cycle_state_has_its_fields"
    ),
    "a renewal is left out and still open": Cheat(
        a(make_cycle, state="skipped"), {"closed_at": None}, "cycle_state_has_its_fields"
    ),
    "a notice is delivered before it is sent": Cheat(
        make_notice,
        {"delivered_at": MOMENT - timedelta(days=1)},
        "notice_delivered_after_it_was_sent",
    ),
    "an attempt comes too soon after its notice": Cheat(
        make_attempt, {"begun_at": MOMENT + timedelta(days=2)}, "attempt_after_its_notice"
    ),
    "an attempt comes before its notice": Cheat(
        make_attempt,
        {"begun_at": MOMENT - timedelta(days=2), "least_lead": timedelta(days=-3)},
        "attempt_after_its_notice",
    ),
    "an attempt is above what the notice named": Cheat(
        make_attempt, {"total_minor": 2501}, "attempt_within_what_was_agreed"
    ),
    "an attempt is above the cap": Cheat(
        make_attempt,
        {"total_minor": 3001, "at_most_minor": 3001},
        "attempt_within_what_was_agreed",
    ),
    "an attempt is decided at no time": Cheat(
        make_attempt, {"outcome": "soft"}, "attempt_outcome_has_its_time"
    ),
    "an order is placed before anybody agreed to it": Cheat(
        make_order, {"agreed_at": MOMENT + timedelta(days=1)}, "order_automatic_was_agreed_to"
    ),
    "a rating is of no bundle": Cheat(make_rating, {"bundle": None}, "rating_is_of_a_bundle"),
    "a rating of the demo is of a bundle": Cheat(
        make_rating, {"is_demo": True}, "rating_is_of_a_bundle"
    ),
    "a rating answers nothing": Cheat(
        make_rating,
        {"speed": None, "coverage": None, "setup": None, "help": None},
        "rating_has_an_answer",
    ),
    "an answer is off the scale": Cheat(make_rating, {"help": 6}, "rating_help_on_the_scale"),
    "a comment is shown that is not there": Cheat(
        make_rating, {"comment_state": "shown"}, "rating_comment_has_its_state"
    ),
    "a comment is hidden without a reason": Cheat(
        make_rating,
        {"comment": "x", "comment_state": "hidden"},
        "rating_decided_for_a_reason",
    ),
    "a rating is excluded without a reason": Cheat(
        make_rating, {"ruling": "excluded"}, "rating_decided_for_a_reason"
    ),
    "a reply has no time": Cheat(make_rating, {"reply": "x"}, "rating_reply_has_its_time"),
    "a reward has no currency": Cheat(
        make_rating, {"reward_minor": 1}, "rating_reward_has_its_currency"
    ),
    "more ratings count than were written": Cheat(
        make_rated_place, {"count": 13}, "rated_place_demo_within"
    ),
    "a share has a length of time": Cheat(make_fact, {"part": 1}, "measured_fact_is_one_of_two"),
    "the median is above the 95th percentile": Cheat(
        make_fact, {"median": 3}, "measured_fact_is_one_of_two"
    ),
    "a callback is believed, and was refused for a reason": Cheat(
        make_kept_callback, {"reason": "bogus"}, "kept_callback_standing_has_its_reason"
    ),
    "a callback is refused for no reason": Cheat(
        make_kept_callback, {"standing": "refused"}, "kept_callback_standing_has_its_reason"
    ),
    "a supplier is left alone for ever": Cheat(
        make_breaker, {"retry_at": None}, "supplier_breaker_state_has_its_times"
    ),
    "a supplier's charge is resolved, and both sides differ": Cheat(
        make_charge_difference,
        {"state": "resolved", "resolved_at": MOMENT},
        "charge_difference_state_has_its_time",
    ),
    "a supplier's charge is about nothing": Cheat(
        make_charge_difference, {"charge_id": ""}, "charge_difference_is_about_one"
    ),
    "a supplier's charge is corrected by no entry": Cheat(
        make_charge_difference, {"corrected_minor": 1}, "charge_difference_corrected_by_some"
    ),
    "a statement is compared at no time": Cheat(
        make_statement, {"compared_at": None}, "statement_state_has_its_time"
    ),
    "a balance without a currency": Cheat(
        make_supplier_account, {"currency": ""}, "supplier_account_balance_is_whole"
    ),
    "a price list is whole and still fetched": Cheat(
        make_sheet, {"state": "fetching"}, "sheet_state_has_its_time"
    ),
    "a price list failed and nobody says why": Cheat(
        make_sheet, {"state": "failed"}, "sheet_state_has_its_time"
    ),
    "a plan is new in a list that had it": Cheat(
        make_list_change, {"kind": "new"}, "list_change_has_its_editions"
    ),
    "a listed plan gives money": Cheat(
        make_listed_plan, {"cost_minor": -1}, "listed_plan_cost_not_negative"
    ),
    "a price proposal is applied at no time": Cheat(
        make_price_proposal, {"state": "applied"}, "price_proposal_state_has_its_time"
    ),
    "a supplier refuses a plan and nobody says why": Cheat(
        make_price_proposal, {"kind": "refused"}, "price_proposal_refused_has_its_reason"
    ),
    "a price ends beyond its step": Cheat(
        make_ending, {"ending_minor": 100}, "price_ending_within_its_step"
    ),
    "a pricing rule gives money": Cheat(
        make_rule, {"least_margin_minor": -1}, "pricing_rule_margin_not_negative"
    ),
    "a payment succeeds without money": Cheat(
        SUCCEEDED, {"received_minor": 0, "pays_order": False}, "payment_state_has_its_times"
    ),
    "a payment succeeds at no time": Cheat(
        SUCCEEDED, {"paid_at": None}, "payment_state_has_its_times"
    ),
    "a payment succeeds and is not applied": Cheat(
        SUCCEEDED, {"applied_at": None}, "payment_state_has_its_times"
    ),
    "a payment that succeeded is polled": Cheat(
        SUCCEEDED, {"next_poll_at": MOMENT}, "payment_state_has_its_times"
    ),
    "a payment is open again and has its money": Cheat(
        SUCCEEDED, {"state": "pending", "pays_order": False}, "payment_state_has_its_times"
    ),
    "a failed payment is applied": Cheat(
        a(make_payment, state="failed"), {"applied_at": MOMENT}, "payment_state_has_its_times"
    ),
    "an expired payment was paid": Cheat(
        a(make_payment, state="expired"), {"paid_at": MOMENT}, "payment_state_has_its_times"
    ),
    "what pays the order is in the wallet": Cheat(
        SUCCEEDED, {"in_wallet": True}, "payment_in_wallet_pays_nothing"
    ),
    "what has not come is in the wallet": Cheat(
        make_payment, {"in_wallet": True}, "payment_in_wallet_pays_nothing"
    ),
    "a refund succeeds at no time": Cheat(
        make_refund, {"state": "succeeded"}, "refund_state_has_its_time"
    ),
    "a refund that is sent has finished": Cheat(
        make_refund, {"state": "sent", "finished_at": MOMENT}, "refund_state_has_its_time"
    ),
    "a refund of ours is found": Cheat(
        make_refund, {"state": "found"}, "refund_state_has_its_time"
    ),
    "a refund by hand is requested": Cheat(
        make_refund, {"by_hand": True}, "refund_state_has_its_time"
    ),
    "a dispute is lost at no time": Cheat(
        make_dispute, {"state": "lost", "decided_minor": 1}, "dispute_state_has_its_time"
    ),
    "a dispute is lost and nobody says how much": Cheat(
        make_dispute, {"state": "lost", "closed_at": MOMENT}, "dispute_state_has_its_time"
    ),
    "a dispute is won and money is lost": Cheat(
        a(make_dispute, state="won"), {"decided_minor": 1}, "dispute_state_has_its_time"
    ),
    "a dispute takes back more than was withheld": Cheat(
        make_dispute, {"reversed_minor": 20000}, "dispute_parts_within"
    ),
    "a dispute takes back more than was lost": Cheat(
        a(make_dispute, state="lost", decided_minor=100),
        {"reversed_minor": 101},
        "dispute_parts_within",
    ),
    "a dispute in another currency takes back more than it stands for": Cheat(
        a(make_dispute, state="lost", stands_for_minor=100),
        {"settled_minor": 101},
        "dispute_parts_within",
    ),
    "an open dispute is closed": Cheat(
        make_dispute, {"closed_at": MOMENT}, "dispute_state_has_its_time"
    ),
    "a day is done and was not compared": Cheat(
        make_settlement, {"compared_at": None}, "settlement_state_has_its_time"
    ),
    "a day is done and has a problem": Cheat(
        make_settlement, {"problem": "no bill"}, "settlement_state_has_its_time"
    ),
    "a method is to be forgotten that was not removed": Cheat(
        make_saved_method, {"next_forget_at": MOMENT}, "saved_method_forgotten_was_removed"
    ),
    "an eSIM is installed at no time": Cheat(
        make_esim, {"installed_at": None}, "esim_state_has_its_time"
    ),
    "an eSIM that was seen is to be downloaded": Cheat(
        make_esim, {"state": "ready"}, "esim_state_has_its_time"
    ),
    "a profile is on at no time": Cheat(
        make_installation, {"state": "enabled"}, "installation_state_has_its_time"
    ),
    "a profile is downloaded at no time": Cheat(
        make_installation, {"state": "downloaded"}, "installation_state_has_its_time"
    ),
    "a download failed and nobody says why": Cheat(
        make_installation,
        {"state": "failed", "failed_at": MOMENT},
        "installation_failed_for_a_reason",
    ),
    "a profile is there and failed": Cheat(
        make_installation, {"failure": "3/4"}, "installation_failed_for_a_reason"
    ),
    "a download comes before the first": Cheat(
        make_installation, {"download": 0}, "installation_counted"
    ),
    "a move waits and has ended": Cheat(make_move, {"ended_at": MOMENT}, "move_state_has_its_time"),
    "a move waits for ever": Cheat(make_move, {"next_at": None}, "move_waiting_ends_some_day"),
    "a move is over before it begins": Cheat(
        make_move, {"expires_at": MOMENT}, "move_expires_after_its_beginning"
    ),
    "a move is done at no time": Cheat(make_move, {"state": "done"}, "move_state_has_its_time"),
    "a move is given up at no time": Cheat(
        make_move, {"state": "given_up"}, "move_state_has_its_time"
    ),
    "a move is done without a profile": Cheat(
        make_move,
        {"state": "done", "ended_at": MOMENT, "iccid": "", "activation_code": None},
        "move_state_has_its_time",
    ),
    "a move has a profile without its code": Cheat(
        make_move, {"activation_code": None}, "move_profile_is_whole"
    ),
    "a move is to the profile it is from": Cheat(
        make_move, {"old_iccid": "89010000", "iccid": "89010000"}, "move_is_to_another_profile"
    ),
    "a bundle is active and does not end": Cheat(
        make_bundle, {"ends_at": None}, "bundle_active_has_its_period"
    ),
    "a bundle is active and has not begun": Cheat(
        make_bundle, {"starts_at": None}, "bundle_active_has_its_period"
    ),
    "a bundle is valid for three of nothing": Cheat(
        make_bundle, {"validity_unit": ""}, "bundle_has_its_validity"
    ),
    "a plan is valid for three of nothing": Cheat(
        make_plan, {"validity_unit": ""}, "plan_has_its_validity"
    ),
    "a bundle ends and has not begun": Cheat(
        a(make_bundle, state="queued", ends_at=MOMENT, starts_at=MOMENT - timedelta(days=1)),
        {"starts_at": None},
        "bundle_ends_after_start",
    ),
    "a bundle is valid for days without number": Cheat(
        make_bundle, {"validity_count": None}, "bundle_has_its_validity"
    ),
    "a plan is valid for days without number": Cheat(
        make_plan, {"validity_count": None}, "plan_has_its_validity"
    ),
    "a plan of volume has none": Cheat(make_plan, {"volume_bytes": None}, "plan_has_its_volume"),
    "an unlimited plan says nothing of fair use": Cheat(
        make_plan,
        {"kind": "unlimited", "volume_bytes": None, "fair_use_bytes": None},
        "plan_has_its_volume",
    ),
    "an order that waits for its money is closed": Cheat(
        make_order, {"closed_at": MOMENT}, "order_state_has_its_time"
    ),
    "an order that waits for its supplier is closed": Cheat(
        a(make_order, state="paid"), {"closed_at": MOMENT}, "order_state_has_its_time"
    ),
    "a plan was changed for nothing": Cheat(
        make_plan_change, {"value_minor": 0, "value_tax_minor": 0}, "plan_change_has_value"
    ),
    "what counts of a plan is less than its tax": Cheat(
        make_plan_change, {"value_tax_minor": 1001}, "plan_change_has_value"
    ),
    "a plan has counted before it was paid for": Cheat(
        make_plan_change, {"counted_at": MOMENT}, "plan_change_state_has_its_times"
    ),
    "a former plan ends for one that was not paid": Cheat(
        make_plan_change, {"ended_at": MOMENT}, "plan_change_ends_once_counted"
    ),
    "an open proposal was decided": Cheat(
        make_proposal, {"decided_at": MOMENT}, "proposal_state_has_its_time"
    ),
    "a proposal is turned down by nobody": Cheat(
        make_proposal,
        {"state": "turned_down", "decided_at": MOMENT},
        "proposal_state_has_its_time",
    ),
    "an open case has a last word": Cheat(
        make_case, {"closing": "Done."}, "case_closing_has_its_time"
    ),
    "somebody with a role is not staff": Cheat(
        make_operator, {"is_staff": False}, "subscriber_staff_has_a_role"
    ),
    "somebody without a role is staff": Cheat(
        make_subscriber, {"is_staff": True}, "subscriber_staff_has_a_role"
    ),
    "a message that was mailed is due": Cheat(
        make_notification,
        {"mailed_at": MOMENT, "next_mail_at": MOMENT},
        "notification_mailed_is_not_due",
    ),
    "a reserve has ended at no time": Cheat(
        make_reserve, {"state": "used_up"}, "reserve_state_has_its_time"
    ),
    "a reserve is open and has ended": Cheat(
        make_reserve, {"ended_at": MOMENT}, "reserve_state_has_its_time"
    ),
    "more is used of a reserve than it has": Cheat(
        make_reserve, {"used_bytes": 10**9}, "reserve_used_within_volume"
    ),
    "a reserve ends before it is granted": Cheat(
        make_reserve, {"ends_at": MOMENT - timedelta(days=1)}, "reserve_ends_after_grant"
    ),
    "a record took from no reserve": Cheat(
        make_usage_record, {"reserve_bytes": 1}, "usage_record_names_its_reserve"
    ),
    "a watch has a reading of no time": Cheat(
        make_watch, {"used_bytes": 1}, "usage_watch_reading_is_whole"
    ),
    "a watch warns and was never read": Cheat(
        make_watch, {"warn_at": MOMENT}, "usage_watch_reading_is_whole"
    ),
    "a watch is in doubt at no time": Cheat(
        make_watch, {"problem": "smaller"}, "usage_watch_problem_has_its_time"
    ),
    "a file's facts are of a supplier": Cheat(
        make_stated_facts, {"supplier": "tgt"}, "facts_have_their_origin"
    ),
    "a list's facts are of no supplier": Cheat(
        make_stated_facts, {"origin": "listed"}, "facts_have_their_origin"
    ),
    "an account mail that was sent is due": Cheat(
        make_account_mail,
        {"mailed_at": MOMENT, "next_mail_at": MOMENT},
        "account_mail_mailed_is_not_due",
    ),
}


def check_refused(cheat: Cheat) -> None:
    row = cheat.make()
    rows = type(row)._default_manager.filter(pk=row.pk)
    before = rows.values().get()
    with pytest.raises(IntegrityError, match=cheat.constraint), transaction.atomic():
        rows.update(**cheat.changes)
    assert rows.values().get() == before


@pytest.mark.parametrize("column", UNKNOWN)
def test_a_value_that_does_not_exist_is_refused(column: str) -> None:
    check_refused(UNKNOWN[column])


@pytest.mark.parametrize("cheat", CONTRADICTIONS)
def test_a_state_that_the_row_contradicts_is_refused(cheat: str) -> None:
    check_refused(CONTRADICTIONS[cheat])


def test_every_column_of_choices_is_checked_or_said_why_not() -> None:
    found = {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        if model.__module__.startswith("limosa.")
        for field in model._meta.concrete_fields
        if field.choices
    }
    assert found == {*UNKNOWN} | LABELS
