"""What a card remembers without power: its identity, profiles, notifications, one-time keys.

One JSON file per card, replaced as a whole at each change, with bytes in hexadecimal.
"""

import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

ONE_TIME_KEYS_MAX = 4


@dataclass(slots=True)
class Identity:
    """The card's key and certificates under one CI; and that CI, which it trusts."""

    curve: str
    ci_certificate: bytes
    eum_certificate: bytes
    certificate: bytes
    private_key: bytes


@dataclass(slots=True)
class Profile:
    """An installed profile. `iccid` is as in EF.ICCID, `metadata` as in StoreMetadata, `ci_key_id`
    is the CI under which it came."""

    iccid: bytes
    aid: bytes
    metadata: bytes
    ci_key_id: bytes
    element_count: int
    is_enabled: bool = False
    nickname: str = ""


@dataclass(slots=True)
class Notification:
    """A notification that nobody has confirmed yet. `event` is a bit of NotificationEvent."""

    sequence_number: int
    event: int
    address: str
    iccid: bytes
    content: bytes


@dataclass(slots=True)
class OneTimeKey:
    """A key pair for binding that no profile was installed with yet, and for whom it was made."""

    smdp_oid: str
    curve: str
    public_key: bytes
    private_key: bytes


@dataclass(slots=True)
class Loading:
    """An installation in progress: what is needed to report that the power went during it."""

    transaction_id: bytes
    address: str
    smdp_oid: str
    ci_key_id: bytes
    own_point: bytes
    command: int = 0


@dataclass(slots=True)
class Memory:
    eid: str
    identities: list[Identity]
    profiles: list[Profile] = field(default_factory=list)
    notifications: list[Notification] = field(default_factory=list)
    one_time_keys: list[OneTimeKey] = field(default_factory=list)
    loading: Loading | None = None
    sequence_number: int = 0
    profile_number: int = 0
    default_address: str = ""

    def profile(self, iccid: bytes) -> Profile | None:
        return next((one for one in self.profiles if one.iccid == iccid), None)


class MemoryFile:
    """The file that a card's memory is kept in."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def exists(self) -> bool:
        return self._path.exists()

    def read(self) -> Memory:
        """Raises OSError, or ValueError if the file is not a card's."""
        try:
            stored = json.loads(self._path.read_text(encoding="utf-8"), object_hook=_unpacked)
            loading = stored.pop("loading")
            return Memory(
                identities=[Identity(**one) for one in stored.pop("identities")],
                profiles=[Profile(**one) for one in stored.pop("profiles")],
                notifications=[Notification(**one) for one in stored.pop("notifications")],
                one_time_keys=[OneTimeKey(**one) for one in stored.pop("one_time_keys")],
                loading=Loading(**loading) if loading else None,
                **stored,
            )
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"{self._path} is not a card's memory: {error}") from error

    def write(self, memory: Memory) -> None:
        """Replace the file. When this returns, it is on disk."""
        content = json.dumps(asdict(memory), default=_packed, indent=1)
        self._path.parent.mkdir(parents=True, exist_ok=True)
        fresh = self._path.with_suffix(".new")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self._path)


def _packed(value: object) -> dict[str, str]:
    if isinstance(value, bytes):
        return {"hex": value.hex()}
    raise TypeError(f"{type(value).__name__} can't be stored")


def _unpacked(stored: dict[str, Any]) -> Any:
    return bytes.fromhex(stored["hex"]) if stored.keys() == {"hex"} else stored
