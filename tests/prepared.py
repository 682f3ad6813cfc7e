"""What takes long to make is made once, kept in artefacts/prepared/, and copied by the tests.

The cluster: a stopped PostgreSQL whose database `limosa` has every table. The account: the keys and
numbers of the merchant at the play gateway. Each is made again when what it is made of changes.
What one folder of tests alone needs is kept by it, with `kept`.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path

from limosa.servers.embedded_postgres import EmbeddedPostgres
from limosa.servers.postgres_binaries import find_binaries, unprivileged_user
from limosa.simulators.payment_gateway.gateway import prepare
from tests.processes import LIMOSA, ROOT, product_environment

FOLDER = ROOT / "artefacts" / "prepared"
SOURCES = ROOT / "src" / "limosa"
LOCK_FILE = ROOT / "requirements" / "dev.lock"  # Packages bring migrations and PostgreSQL itself.
KEPT_SECONDS = 24 * 3600
SMALL = {"min_wal_size": "32MB", "max_wal_size": "64MB"}


def copy_cluster(into: Path) -> None:
    """Copy the migrated cluster to a folder that is not there yet: EmbeddedPostgres starts it."""
    copy(_kept_cluster(), into)


def copy_account(into: Path) -> None:
    """Copy the merchant's account to a folder; the gateway that starts there finds its keys."""
    shutil.copytree(_kept_account(), into, dirs_exist_ok=True)


@cache
def _kept_cluster() -> Path:
    version = find_binaries(unprivileged_user()).version
    made_of = [
        LOCK_FILE,
        *SOURCES.glob("servers/*postgres*.py"),
        *(path for path in SOURCES.rglob("migrations/**/*") if path.suffix in {".py", ".sql"}),
    ]
    return kept("cluster", digest_of(made_of, f"{version} {os.geteuid()}"), _make_cluster)


@cache
def _kept_account() -> Path:
    made_of = [LOCK_FILE, *SOURCES.glob("simulators/payment_gateway/**/*.py")]
    return kept("account", digest_of(made_of, ""), _make_account)


def _make_cluster(into: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="limosa-prepared-") as name:
        folder = Path(name)
        folder.chmod(0o711)  # As root, the server runs as another user and must pass.
        cluster = EmbeddedPostgres(folder / "postgres", durable=False, settings=SMALL)
        with cluster:
            subprocess.run(
                [*LIMOSA, "migrate"],
                env=product_environment(cluster.url),
                cwd=ROOT,
                check=True,
                stdout=subprocess.DEVNULL,
            )
        (cluster.data_folder / "owner").unlink()
        (cluster.data_folder / "postgresql.log").unlink()
        copy(cluster.data_folder, into)


def _make_account(into: Path) -> None:
    into.mkdir()
    prepare(into, base_url="http://127.0.0.1:1")


def kept(name: str, digest: str, make: Callable[[Path], None]) -> Path:
    """Return what is kept under a name, whole: made by one process while the others wait."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    path = FOLDER / f"{name}-{digest}"
    with (FOLDER / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists():
            _delete_old(name)
            draft = FOLDER / f"{name}-draft"
            make(draft)
            draft.rename(path)
    return path


def _delete_old(name: str) -> None:
    """Delete what other sources made, and a draft; a run that is going on may use the youngest."""
    now = time.time()  # noqa: TID251 -- compared with the age of files
    for old in FOLDER.glob(f"{name}-*"):
        if old.name == f"{name}-draft" or old.stat().st_mtime < now - KEPT_SECONDS:
            shutil.rmtree(old)


def digest_of(files: Iterable[Path], beside: str) -> str:
    """Return what changes with the files, their places and the text beside them."""
    found = hashlib.sha256(beside.encode())
    for path in sorted(files):
        found.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes() + b"\0")
    return found.hexdigest()[:16]


def copy(folder: Path, into: Path) -> None:
    """Copy a folder with the owners and rights of its files: PostgreSQL looks at them."""
    subprocess.run(["/bin/cp", "-a", str(folder), str(into)], check=True)
