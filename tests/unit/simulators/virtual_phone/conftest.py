"""A PKI for all these tests, made once, and a card per test."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from limosa.simulators.virtual_phone.card.euicc import Euicc, new_eid, new_memory
from limosa.simulators.virtual_phone.card.memory import MemoryFile
from limosa.simulators.virtual_phone.elliptic import CURVES
from limosa.simulators.virtual_phone.pki.folder import ensure_pki, read_trust

NOW = datetime(2026, 11, 29, tzinfo=UTC)


@pytest.fixture(scope="session")
def pki(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pki") / "pki"
    ensure_pki(folder, fqdn="smdp.example.com", now=NOW)
    return folder


@pytest.fixture
def card_file(tmp_path: Path, pki: Path) -> MemoryFile:
    file = MemoryFile(tmp_path / "card.json")
    file.write(new_memory(list(read_trust(pki)), eid=new_eid(), now=NOW))
    return file


@pytest.fixture
def card(card_file: MemoryFile) -> Euicc:
    return Euicc(card_file)


@pytest.fixture(params=list(CURVES))
def curve_folder(request: pytest.FixtureRequest, pki: Path) -> Path:
    """The PKI's folder of one curve, then of the other."""
    return pki / str(request.param)
