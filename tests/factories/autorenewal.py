"""eSIMs that are renewed by themselves."""

from datetime import datetime, timedelta
from typing import Any

from limosa.domain.autorenewal.models import Attempt, AutoRenewal, Consent, Cycle, Notice
from limosa.domain.esims.models import Bundle
from limosa.foundation.identifiers import random_code
from tests.factories import MOMENT
from tests.factories.esims import make_bundle

WORDING = "Before the end we renew, for $30.00 at most."


def make_consent(**fields: Any) -> Consent:
    """Return a consent to renew a new bundle's eSIM from the wallet, for 30 dollars at most."""
    if "esim" not in fields:
        fields["esim"] = make_bundle().esim
    fields.setdefault("public_id", random_code(12))
    fields.setdefault("subscriber", fields["esim"].subscriber)
    fields.setdefault("language", "en")
    fields.setdefault("given_at", MOMENT)
    if "withdraws" not in fields:
        fields.setdefault("cap_minor", 3000)
        fields.setdefault("currency", "USD")
        fields.setdefault("methods", [{"provider": "wallet", "saved_id": ""}])
        fields.setdefault("wording", WORDING)
    return Consent.objects.create(**fields)


def make_auto_renewal(**fields: Any) -> AutoRenewal:
    """Return an automatic renewal of a new eSIM with a bundle, which is on."""
    if "consent" not in fields:
        fields["consent"] = make_consent()
    fields.setdefault("public_id", random_code(12))
    fields.setdefault("esim", fields["consent"].esim)
    fields.setdefault("subscriber", fields["consent"].subscriber)
    fields.setdefault("started_at", fields["consent"].given_at)
    if fields.get("ended_at") is None:
        fields.setdefault("next_at", fields["started_at"])
    return AutoRenewal.objects.create(**fields)


def make_cycle(**fields: Any) -> Cycle:
    """Return a planned cycle of a new automatic renewal's bundle."""
    if "auto_renewal" not in fields:
        fields["auto_renewal"] = make_auto_renewal()
    auto = fields["auto_renewal"]
    bundle: Bundle = fields.setdefault("bundle", Bundle.objects.filter(esim=auto.esim).latest("id"))
    fields.setdefault("plan", bundle.plan)
    fields.setdefault("cap_minor", auto.consent.cap_minor)
    fields.setdefault("currency", auto.consent.currency)
    fields.setdefault("starts_at", bundle.starts_at)
    fields.setdefault("ends_at", bundle.ends_at)
    fields.setdefault("told_from", auto.started_at)
    fields.setdefault("least_lead", timedelta(days=3))
    fields.setdefault("created_at", MOMENT)
    state = fields.get("state", "planned")
    if state in {"noticed", "charging", "renewed", "undone"}:
        fields.setdefault("at_most_minor", 2500)
        fields.setdefault("delivered_at", MOMENT)
    if state in {"charging", "renewed", "undone"}:
        fields.setdefault("first_attempt_at", MOMENT + timedelta(days=7))
    if state in {"renewed", "undone"}:
        fields.setdefault("order_number", f"L-{random_code(8)}")
        fields.setdefault("total_minor", 2500)
    if state not in {"planned", "noticed", "charging"}:
        fields.setdefault("closed_at", MOMENT + timedelta(days=8))
    return Cycle.objects.create(**fields)


def make_notice(**fields: Any) -> Notice:
    """Return a delivered notice of a new cycle."""
    if "cycle" not in fields:
        fields["cycle"] = make_cycle()
    fields.setdefault("key", f"auto-notice:{random_code(8)}")
    fields.setdefault("at_most_minor", 2500)
    fields.setdefault("sent_at", MOMENT)
    fields.setdefault("delivered_at", MOMENT)
    return Notice.objects.create(**fields)


def make_attempt(**fields: Any) -> Attempt:
    """Return an attempt under way, seven days after the notice of a new cycle."""
    if "cycle" not in fields:
        fields["cycle"] = make_cycle(state="charging")
    cycle = fields["cycle"]
    fields.setdefault("number", 1)
    fields.setdefault("place", 0)
    fields.setdefault("order_number", f"L-{random_code(8)}")
    fields.setdefault("total_minor", 2500)
    fields.setdefault("at_most_minor", cycle.at_most_minor)
    fields.setdefault("cap_minor", cycle.cap_minor)
    fields.setdefault("delivered_at", cycle.delivered_at)
    fields.setdefault("least_lead", cycle.least_lead)
    begun_at: datetime = fields.setdefault("begun_at", cycle.first_attempt_at)
    if fields.get("outcome", "open") != "open":
        fields.setdefault("decided_at", begun_at)
    return Attempt.objects.create(**fields)
