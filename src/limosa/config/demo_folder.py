"""Where the demo keeps its data, and the secrets that it generated."""

import fcntl
import hashlib
import json
import os
import secrets
import shlex
import shutil
from base64 import b64encode
from pathlib import Path
from typing import TextIO

import limosa
from limosa.config.command import CommandFault
from limosa.servers.postgres_binaries import SHARED_FOLDER, is_reachable

# Everything that a demo creates in its folder; `--reset` deletes these and nothing else.
ENTRIES = (
    "database",
    "environment",
    "logs",
    "mailbox",
    "migrations.json",
    "payment-gateway",
    "phones",
    "pki",
    "secrets.json",
    "static",
    "virtual-network",
    "wholesale",
)


def default_folder() -> Path:
    """Return .limosa/demo here, or a place in /var/lib if PostgreSQL's user can't reach that.

    Only root needs the latter: PostgreSQL then runs as an unprivileged user, who can't traverse a
    closed folder such as /root.
    """
    here = Path.cwd() / ".limosa" / "demo"
    if os.geteuid() != 0 or is_reachable(here):
        return here
    key = hashlib.sha256(os.fsencode(Path.cwd())).hexdigest()[:10]
    return SHARED_FOLDER / f"demo-{key}"


def prepare_folder(folder: Path) -> TextIO:
    """Create the folder and become its only user. Returns the lock: hold it until the end."""
    folder.mkdir(parents=True, exist_ok=True)
    if os.geteuid() == 0:
        folder.chmod(0o711)  # PostgreSQL's user has to reach its own folder.
    lock = (folder / "in-use").open("a+", encoding="ascii")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        raise CommandFault(
            f"A demo is running with the data in {folder}. Stop it first, or give this one its "
            "own with --data."
        ) from None
    (folder / "logs").mkdir(exist_ok=True)
    return lock


def reset_folder(folder: Path) -> None:
    """Delete what a demo created, and nothing else in the folder."""
    for name in ENTRIES:
        path = folder / name
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    (folder / "logs").mkdir()


def check_tables_fit(folder: Path) -> None:
    """Remember which migrations created the folder's database; refuse one created by others.

    Until the first release a migration may change, and a database created by an earlier form of it
    can't be upgraded. Migrations added since are no obstacle. Raises CommandFault; nothing changed.
    """
    file, ours = folder / "migrations.json", _digests_of_migrations()
    if (folder / "database" / "cluster").exists():
        made_by = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
        if not made_by or not made_by.items() <= ours.items():
            # The folder is always named: without it another demo's data would be deleted.
            words = f"--data {shlex.quote(str(folder))} --reset"
            raise CommandFault(
                f"The data in {folder} has the tables of another version, which this one cannot "
                f"change. Delete it and begin anew with `limosa demo {words}`, or make demo "
                f'ARGS="{words}".'
            )
    write_private(file, json.dumps(ours, indent=2))


def _digests_of_migrations() -> dict[str, str]:
    domain = Path(limosa.__file__).parent / "domain"
    files = [*domain.glob("*/migrations/*.py"), *domain.glob("*/migrations/sql/*.sql")]
    return {
        file.relative_to(domain).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(files)
    }


def demo_secrets(folder: Path) -> dict[str, str]:
    """Return the settings that must be secret and stable, generated at the first start."""
    file = folder / "secrets.json"
    if not file.exists():
        made = {
            "LIMOSA_SECRET_KEY": secrets.token_urlsafe(48),
            "LIMOSA_PIN_PEPPER": secrets.token_urlsafe(32),
            "LIMOSA_ENCRYPTION_KEYS": f"demo:{b64encode(secrets.token_bytes(32)).decode()}",
            "LIMOSA_USAGE_FEED_KEY": secrets.token_urlsafe(24),
        }
        write_private(file, json.dumps(made, indent=2))
    kept: dict[str, str] = json.loads(file.read_text(encoding="utf-8"))
    return kept


def write_private(file: Path, text: str) -> None:
    """Write a file that only we can read, atomically."""
    draft = file.with_name(f"{file.name}.new")
    draft.unlink(missing_ok=True)
    draft.touch(mode=0o600)
    draft.write_text(text, encoding="utf-8")
    draft.replace(file)
