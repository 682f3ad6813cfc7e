"""What a supplier of connectivity must do. Settings name the adapter of each supplier.

Calls are idempotent by `order_number`. All may raise ProviderError(retryable=…).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvisionedEsim:
    """A profile that can be downloaded."""

    iccid: str
    activation_code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplierPlan:
    """A plan as the supplier lists it."""

    code: str
    volume_bytes: int | None
    cost_minor: int
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplierUsage:
    """Bytes used so far on an eSIM, by the supplier's own count."""

    used_bytes: int
    as_of: datetime


class SupplierAdapter(Protocol):
    """A way to a supplier. `serves_at_once`: it answers from our own database, without a wire."""

    serves_at_once: bool

    def list_plans(self) -> list[SupplierPlan]:
        """Return what the supplier sells to us."""

    def provision(self, *, order_number: str, plan_code: str) -> ProvisionedEsim:
        """Return a new eSIM's profile with the plan on it."""

    def top_up(self, *, order_number: str, iccid: str, plan_code: str) -> None:
        """Put another bundle of a plan on an eSIM."""

    def usage(self, *, iccid: str) -> SupplierUsage:
        """Return what the supplier counted."""

    def suspend(self, *, iccid: str) -> None:
        """Stop service on an eSIM."""

    def cancel(self, *, order_number: str) -> None:
        """Undo an order that was not used."""
