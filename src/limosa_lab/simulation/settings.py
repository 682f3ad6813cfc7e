"""The product's settings for a simulation: its own database engine, and simulated providers.

`DATABASE_URL` names a database that is emptied again and again.
"""

import os

os.environ.setdefault("LIMOSA_SECRET_KEY", "for simulations only")
os.environ.setdefault("LIMOSA_LOG_LEVEL", "ERROR")

from limosa.config.settings import *  # noqa: F403

DATABASES["default"]["ENGINE"] = "limosa_lab.simulation.database"  # noqa: F405
DATABASES["default"]["CONN_HEALTH_CHECKS"] = False  # noqa: F405
SUPPLIER_ADAPTERS = {
    **SUPPLIER_ADAPTERS,  # noqa: F405
    "wholesale": "limosa_lab.simulation.suppliers.PlayedSupplier",
    "second": "limosa_lab.simulation.suppliers.PlayedSupplier",
    "third": "limosa_lab.simulation.suppliers.PlayedSupplier",
}
PAYMENT_PROVIDERS = {
    flavour: f"limosa_lab.simulation.flavours.{name}"
    for flavour, name in (("atonce", "AtOnce"), ("captured", "Captured"), ("cards", "Cards"))
}
