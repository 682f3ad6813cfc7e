"""What all providers' tests share."""

from collections.abc import Iterator
from pathlib import Path

import certifi
import pytest

END = "-----END CERTIFICATE-----\n"


@pytest.fixture(scope="session", autouse=True)
def trust_in_one_authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Have httpx read one certificate, not all 150, for each client: these tests use plain HTTP."""
    first = Path(certifi.where()).read_text(encoding="utf-8").partition(END)[0]
    own = tmp_path_factory.mktemp("trust") / "one.pem"
    own.write_text(first + END, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SSL_CERT_FILE", str(own))
        yield
