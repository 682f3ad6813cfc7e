"""One throw-away PostgreSQL for the whole run, and the settings that all tests share.

The cluster starts before Django reads its settings, in the process that also starts the xdist
workers; they find it through the environment. It is a copy of one that has all tables
(tests/prepared.py), and each process copies the database in it for itself. Runs of tests/unit alone
start none: they need none.
"""

import argparse
import gc
import os
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from pytest_django import DjangoDbBlocker

from limosa.config.commands.messages import compile as messages_compile
from limosa.servers.embedded_postgres import EmbeddedPostgres
from limosa.servers.postgres_binaries import PostgresFault
from tests.prepared import copy_cluster

NO_DATABASE = "postgresql://nobody@/none?host=/nonexistent"

# Whoever runs a test by hand looks for news; `make test` asks the same every time, so that a run
# which fails was broken by what changed. `make test-long` hunts.
settings.register_profile("dev", max_examples=50, deadline=None)
steady = settings(
    deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("rules", steady, max_examples=300)
settings.register_profile("steady", steady, max_examples=50)
settings.register_profile("long", max_examples=2_000, deadline=None)
settings.register_profile("nightly", max_examples=20_000, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "dev"))

cluster_key = pytest.StashKey[EmbeddedPostgres]()


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        os.environ["DATABASE_URL"] = (
            NO_DATABASE if _only_unit_tests(config) else _start_cluster(config)
        )
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    import django  # noqa: PLC0415 -- reads DATABASE_URL

    django.setup()
    if not hasattr(config, "workerinput"):
        messages_compile.run(argparse.Namespace())  # Tests read the pages in four languages.


def pytest_collection_finish() -> None:
    """Have the collector pass over what was imported and collected: it stays to the end."""
    gc.collect()
    gc.freeze()


def pytest_unconfigure(config: pytest.Config) -> None:
    cluster = config.stash.get(cluster_key, None)
    if cluster is not None:
        cluster.stop()
        cluster.delete()
        cluster.data_folder.parent.rmdir()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Show what tests of figures have printed, whichever process ran them."""
    for report in terminalreporter.getreports("passed"):
        if report.when == "call" and "figures" in report.keywords and report.capstdout:
            terminalreporter.write_line(f"{report.head_line}:")
            terminalreporter.write_line(report.capstdout)


def _only_unit_tests(config: pytest.Config) -> bool:
    unit = Path(__file__).parent / "unit"
    places = [Path(argument.partition("::")[0]).resolve() for argument in config.args]
    return all(place.is_relative_to(unit) for place in places)


def _start_cluster(config: pytest.Config) -> str:
    _delete_abandoned_clusters()
    folder = Path(tempfile.mkdtemp(prefix="limosa-test-"))
    folder.chmod(0o711)  # As root, the server runs as another user and must pass.
    copy_cluster(folder / "postgres")
    cluster = EmbeddedPostgres(
        folder / "postgres", durable=False, settings={"max_connections": "200"}
    )
    config.stash[cluster_key] = cluster
    return cluster.start()


def _delete_abandoned_clusters() -> None:
    """Delete what runs left that were killed; a run still going holds its lock."""
    for folder in Path(tempfile.gettempdir()).glob("limosa-test-*"):
        with suppress(PostgresFault, FileNotFoundError):  # Another run may delete it just now.
            if folder.stat().st_uid != os.geteuid() or not (folder / "postgres" / "owner").exists():
                continue
            EmbeddedPostgres(folder / "postgres").delete()
            folder.rmdir()


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: DjangoDbBlocker) -> None:
    """Give this process a copy of the database, in place of the one that pytest-django migrates.

    Its rows about models are there and stay: without this, Django would look for each of them again
    whenever tables are emptied.
    """
    from django.conf import settings as django_settings  # noqa: PLC0415
    from django.contrib.contenttypes.management import create_contenttypes  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415
    from django.db.models.signals import post_migrate  # noqa: PLC0415, TID251

    post_migrate.disconnect(dispatch_uid="django.contrib.auth.management.create_permissions")
    post_migrate.disconnect(create_contenttypes)
    name = f"test_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"
    with django_db_blocker.unblock():
        template = connection.settings_dict["NAME"]
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        connection.close()
    django_settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = name


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    """A request leaves its language with its thread; each test begins in English."""
    from django.utils import translation  # noqa: PLC0415 -- not before the settings are read

    with translation.override("en"):
        yield
