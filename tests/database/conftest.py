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
