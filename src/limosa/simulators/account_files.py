"""The files of whoever has accounts at a simulator: keys and settings, readable by their owner."""

import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path


def write_private(path: Path, content: bytes) -> None:
    """Replace a file atomically, so that a kill leaves either the old or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(path.suffix + ".new")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
    fresh.replace(path)


def kept_account(path: Path, make: Callable[[], Mapping[str, str]]) -> dict[str, str]:
    """Return the numbers and secrets in the file, which is created the first time.

    A number that `make` has but the file lacks (because an older version wrote it) is added;
    existing ones never change.
    """
    known: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    account = {**make(), **known}
    if account != known:
        write_private(path, json.dumps(account, indent=2).encode())
    return account


def write_settings(folder: Path, settings: Mapping[str, str], *, name: str = "merchant") -> Path:
    """Write `merchant.json` and `merchant.env`, or of another name; return the latter's path."""
    write_private(folder / f"{name}.json", json.dumps(settings, indent=2).encode())
    lines = [f"{variable}={value}\n" for variable, value in settings.items()]
    write_private(folder / f"{name}.env", "".join(lines).encode())
    return folder / f"{name}.env"
