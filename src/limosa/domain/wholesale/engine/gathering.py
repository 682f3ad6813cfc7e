"""Gathers the pages of a supplier's list into a whole list, or refuses it."""

from limosa.domain.connectivity.answers import PlanPage, SupplierPlan
from limosa.domain.wholesale.engine.sheet_life import SheetFailure, SheetFaultError
from limosa.foundation.currencies import CURRENCIES

PLANS_MAX = 100_000
PAGES_MAX = 20_000
CODE_LENGTH_MAX = 200
NAME_LENGTH_MAX = 300
PLACE_LENGTH_MAX = 60
UNFIT = "can't be stored"
_INTEGER_MAX = 2**63 - 1
_DAYS_MAX = 32_767


class Gathering:
    """The plans so far, by code. `left_out`: those that can't be said in our units or can't be
    stored, and why, by code. `page`: the one to ask for next; empty: the first.

    A list may shift while its pages are read, so a plan that comes twice, unchanged, is one plan.
    """

    def __init__(self) -> None:
        self.plans: dict[str, SupplierPlan] = {}
        self.left_out: dict[str, str] = {}
        self.total: int | None = None
        self.page = ""
        self.is_whole = False
        self._pages = {""}

    def take(self, page: PlanPage) -> None:
        """Add a page. Raises SheetFaultError."""
        self.left_out |= page.left_out
        for plan in page.plans:
            self._add(plan)
        if page.total is not None:
            self.total = page.total
        if max(len(self.plans), len(self.left_out)) > PLANS_MAX or len(self._pages) > PAGES_MAX:
            raise SheetFaultError(SheetFailure.ENDLESS)
        if not page.next_page:
            self._check_complete()
            self.is_whole = True
        elif page.next_page in self._pages:
            raise SheetFaultError(SheetFailure.ENDLESS)
        self.page = page.next_page
        self._pages.add(page.next_page)

    def _add(self, plan: SupplierPlan) -> None:
        if not 0 < len(plan.code) <= CODE_LENGTH_MAX or "\0" in plan.code:
            code = plan.code[:CODE_LENGTH_MAX].replace("\0", "")
            raise SheetFaultError(SheetFailure.UNFIT, code)
        if not is_fit(plan):
            self.left_out[plan.code] = UNFIT
        elif self.plans.setdefault(plan.code, plan) != plan:
            raise SheetFaultError(SheetFailure.TWICE, plan.code)

    def _check_complete(self) -> None:
        known = len(self.plans.keys() | self.left_out.keys())
        if self.total is not None and known < self.total:
            raise SheetFaultError(SheetFailure.SHORT)


def is_fit(plan: SupplierPlan) -> bool:
    """Return whether a plan can be stored as it is."""
    numbers = (plan.volume_bytes, plan.daily_bytes, plan.throttled_kbps, plan.cost.amount_minor)
    return (
        len(plan.name) <= NAME_LENGTH_MAX
        and "\0" not in f"{plan.name}{plan.rules}"
        and all(number is None or 0 <= number <= _INTEGER_MAX for number in numbers)
        and (plan.days is None or 0 <= plan.days <= _DAYS_MAX)
        and max(len(plan.day_zone), len(plan.exit_country)) <= PLACE_LENGTH_MAX
        and all(len(code) <= CODE_LENGTH_MAX for code in plan.renewed_by)
        and plan.cost.currency in CURRENCIES
        and all(len(country) == 2 for country in plan.countries)
    )
