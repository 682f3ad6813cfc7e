"""The tests' settings, the app that kills, and a supplier that has to be called."""

from tests.settings import *  # noqa: F403
from tests.settings import INSTALLED_APPS, SUPPLIER_ADAPTERS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.scenario.crashes.killing.KillingConfig"]
SUPPLIER_ADAPTERS = {
    **SUPPLIER_ADAPTERS,
    "wholesale": "tests.scenario.crashes.wholesale.Wholesale",
}
