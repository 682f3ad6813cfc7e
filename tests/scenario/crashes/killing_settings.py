"""The tests' settings, and the app that kills."""

from tests.settings import *  # noqa: F403
from tests.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.scenario.crashes.killing.KillingConfig"]
