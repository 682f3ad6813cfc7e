"""HandleDownloadProgressInfo at /suppliers/es2plus/callback: from whom it is believed, of what."""

import base64
from collections.abc import Iterator
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from limosa.domain.connectivity.models import SupplierMessage
from limosa.domain.connectivity.registry import adapter_for
from limosa.domain.esims.models import Esim, EsimState, Installation
from limosa.protocols.sgp22.es2plus import Execution, Header, Progress, ProgressPoint
from tests.factories import MOMENT
from tests.factories.catalog import make_supplier
from tests.factories.connectivity import make_supply
from tests.factories.esims import make_esim
from tests.fakes.es2plus import ADAPTER, GIVEN
from tests.machines import Machines

pytestmark = pytest.mark.django_db
KEY = "a-long-random-text-for-these-tests"
EID = "89049032123451234512345678901235"


@pytest.fixture(autouse=True)
def _es2plus(settings: Settings) -> Iterator[None]:
    settings.SUPPLIER_ADAPTERS = {**settings.SUPPLIER_ADAPTERS, "es2plus": ADAPTER}
    given = {**GIVEN, "url": "http://127.0.0.1:1", "callback_key": KEY}
    settings.SUPPLIER_SETTINGS = {**settings.SUPPLIER_SETTINGS, "es2plus": given}
    adapter_for.cache_clear()
    yield
    adapter_for.cache_clear()


def sold(*, supplier: str = "es2plus") -> Esim:
    """Return an eSIM that a supplier delivered."""
    esim = make_esim(state=EsimState.READY, supplier=make_supplier(supplier))
    make_supply(
        state="delivered", supplier=esim.supplier, reference=esim.iccid,
        iccid=esim.iccid, activation_code=esim.activation_code,
    )  # fmt: skip
    return esim


def password(key: str) -> str:
    return "Basic " + base64.b64encode(f"es2plus:{key}".encode()).decode()


def tell(
    machines: Machines,
    iccid: str,
    point: ProgressPoint,
    *,
    key: str = KEY,
    execution: Execution | None = None,
) -> int:
    body = Progress(
        header=Header("2.999.10", f"progress-{point}"),
        iccid=iccid,
        profile_type="travel",
        at=MOMENT,
        point=point,
        execution=execution or Execution(),
        eid=EID,
    ).body()
    headers: dict[str, Any] = {"authorization": password(key)}
    return machines.post("/suppliers/es2plus/callback", body, **headers).status_code


def test_a_download_and_its_installation_reach_the_esim_once(machines: Machines) -> None:
    esim = sold()
    for point in (ProgressPoint.DOWNLOADED, ProgressPoint.INSTALLED, ProgressPoint.INSTALLED):
        assert tell(machines, esim.iccid, point) == 200
    installation = Installation.objects.get()
    assert (installation.state, installation.esim) == ("installed", esim)
    assert installation.device
    assert installation.device.eid == EID
    esim.refresh_from_db()
    assert esim.state == EsimState.INSTALLED
    assert SupplierMessage.objects.count() == 2


def test_a_failure_is_noted_with_its_codes(machines: Machines) -> None:
    esim = sold()
    failed = Execution("Failed", "8.1", "4.8", "full")
    assert tell(machines, esim.iccid, ProgressPoint.INSTALLED, execution=failed) == 200
    installation = Installation.objects.get()
    assert (installation.state, installation.failure) == ("failed", "8.1/4.8")


def test_what_comes_before_a_download_is_taken_and_changes_nothing(machines: Machines) -> None:
    esim = sold()
    assert tell(machines, esim.iccid, ProgressPoint.ELIGIBILITY_CHECKED) == 200
    assert not Installation.objects.exists()


def test_without_the_password_nothing_is_believed(machines: Machines) -> None:
    esim = sold()
    assert tell(machines, esim.iccid, ProgressPoint.INSTALLED, key="guessed") == 401
    assert not Installation.objects.exists()


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"{}", b'{"iccid": "8901999000000000018"}'])
@pytest.mark.parametrize(("key", "status"), [(KEY, 400), ("guessed", 401)])
def test_what_cannot_be_read_is_told_only_to_who_has_the_password(
    machines: Machines, body: bytes, key: str, status: int
) -> None:
    headers: dict[str, Any] = {"authorization": password(key)}
    answer = machines.post("/suppliers/es2plus/callback", body, **headers)
    assert answer.status_code == status
    assert not SupplierMessage.objects.exists()


def test_another_suppliers_esim_and_an_unknown_one_are_to_be_told_again(
    machines: Machines,
) -> None:
    other = sold(supplier="wholesale")
    for iccid in (other.iccid, "8901999000000000018"):
        assert tell(machines, iccid, ProgressPoint.INSTALLED) == 503
    assert not Installation.objects.exists()
    assert not SupplierMessage.objects.exists()


def test_a_report_that_comes_before_the_esim_is_to_be_told_again(machines: Machines) -> None:
    esim = sold()
    iccid = esim.iccid
    esim.delete()
    assert tell(machines, iccid, ProgressPoint.INSTALLED) == 503
