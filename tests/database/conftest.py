"""What tests with a database share. Models are imported inside: Django is not set up yet."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.machines import Machines


@pytest.fixture
def machines(tmp_path: Path) -> "Machines":
    """Return our own addresses, as machines ask them."""
    from tests.machines import Machines  # noqa: PLC0415

    return Machines(tmp_path)


@pytest.fixture(scope="session", autouse=True)
def pins_are_hashed_at_little_cost() -> None:
    """Hash PINs with little memory, as the settings of tests do for passwords."""
    from argon2 import PasswordHasher  # noqa: PLC0415

    from limosa.domain.accounts import pin_hash  # noqa: PLC0415

    pin_hash._HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
