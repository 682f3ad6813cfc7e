"""The demo: begun from nothing once, kept stopped, and copied for each module of journeys.

A demo that finds its data is there in a third of the time. What it is made of is the whole product,
and the day: its data is as old as it says for a day.
"""

import json
import os
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from tests.prepared import LOCK_FILE, SOURCES, copy, digest_of, kept
from tests.processes import Process, free_block, product_environment
from tests.scenario.stack import open_folder

PORT_OFFSETS = (0, 1, 3, 4, 5, 6, 7, 25, 26)
DAY_SECONDS = 24 * 3600
COMPILED = {".pyc", ".mo"}
OF_ITS_RUN = ("in-use", "database/owner", "database/postgresql.log")


@dataclass(frozen=True, slots=True)
class Demo:
    """A demo that runs: its address, those of its simulators, and its books."""

    port: int
    folder: Path
    operator_cookies: list[Any] = field(default_factory=list)

    def operator_code(self) -> str:
        """Return what the operator's authenticator app shows."""
        address = f"http://127.0.0.1:{self.port + 26}/authenticator/code.json"
        with urllib.request.urlopen(address, timeout=10) as answer:
            return str(json.load(answer)["code"])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def gateway_url(self) -> str:
        return f"http://127.0.0.1:{self.port + 1}"

    @property
    def phones_url(self) -> str:
        return f"http://127.0.0.1:{self.port + 4}"

    @property
    def network_url(self) -> str:
        return f"http://127.0.0.1:{self.port + 3}"

    def query(self, statement: str) -> list[tuple[Any, ...]]:
        """Ask the demo's own database."""
        cluster = self.folder / "database"
        lines = (cluster / "cluster" / "postmaster.pid").read_text().splitlines()
        with psycopg.connect(
            host=lines[4],
            dbname="limosa",
            user="limosa",
            password=(cluster / "password").read_text().strip(),
        ) as connection:
            return connection.execute(statement).fetchall()


@contextmanager
def running_demo(folder: Path, *, log: Path) -> Iterator[Demo]:
    """Run a demo with its data in the folder; afterwards nothing of it runs."""
    port = free_block(PORT_OFFSETS)
    environment = product_environment("")
    del environment["DATABASE_URL"], environment["DJANGO_SETTINGS_MODULE"]  # It has its own.
    limosa = str(Path(sys.executable).with_name("limosa"))
    process = Process(
        [limosa, "demo", "--port", str(port), "--data", str(folder)],
        environment=environment,
        log=log,
        is_ready=lambda: "Limosa is ready" in process.said,
        start_seconds_max=240,
    )
    try:
        process.start()
        yield Demo(port, folder)
    finally:
        process.terminate()
        process.wait(30)


def copy_demo(into: Path) -> None:
    """Copy the data of a demo that has run, and has been used by nobody, to a new folder."""
    files = (path for path in SOURCES.rglob("*") if path.is_file())
    made_of = [LOCK_FILE, *(path for path in files if path.suffix not in COMPILED)]
    today = time.time() // DAY_SECONDS  # noqa: TID251 -- the demo reads the true time.
    copy(kept("demo", digest_of(made_of, f"{today} {os.geteuid()}"), _make_demo), into)


def _make_demo(into: Path) -> None:
    with open_folder("demo") as folder:
        with running_demo(folder / "data", log=folder / "demo.log"):
            pass
        for name in OF_ITS_RUN:
            (folder / "data" / name).unlink()
        copy(folder / "data", into)
