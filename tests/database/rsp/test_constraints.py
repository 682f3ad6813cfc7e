"""What the database itself refuses, whoever writes."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from limosa.domain.rsp.models import DownloadOrder, ProgressReport, ReceivedNotification
from tests.factories import MOMENT
from tests.factories.rsp import EID, OTHER_EID, make_download_order, make_profile

pytestmark = pytest.mark.django_db

WRONG: dict[str, tuple[str, dict[str, Any]]] = {
    "a state that is none": ("state_known", {"state": "lost"}),
    "linked to nobody": ("state_has_its_eid", {"state": "linked"}),
    "allocated to somebody": ("state_has_its_eid", {"state": "allocated", "eid": EID}),
    "nobody can find it": ("can_be_found", {"matching_id": None}),
    "two EIDs": ("one_eid", {"eid": EID, "bound_eid": OTHER_EID}),
    "downloaded by nobody": (
        "download_has_its_eid",
        {"state": "downloaded", "bound_eid": "", "downloads": 1},
    ),
    "never downloaded": (
        "download_has_its_eid",
        {"state": "installed", "bound_eid": EID, "downloads": 0},
    ),
    "more downloads than may be": ("downloads_within_most", {"downloads": 2, "downloads_max": 1}),
    "twelve wrong codes": ("wrong_codes_counted", {"wrong_codes": 12}),
}


@pytest.mark.parametrize(("constraint", "fields"), WRONG.values(), ids=WRONG)
def test_an_order_that_can_not_be_is_not_stored(constraint: str, fields: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError, match=f"download_order_{constraint}"), transaction.atomic():
        make_download_order(**fields)


def test_a_profile_has_one_open_order() -> None:
    order = make_download_order()
    with pytest.raises(IntegrityError, match="open_once"), transaction.atomic():
        make_download_order(profile=order.profile)
    DownloadOrder.objects.update(state="cancelled")
    make_download_order(profile=order.profile)


@pytest.mark.parametrize("state", ["released", "cancelled"])
def test_a_matching_id_is_one_order_s_for_ever(state: str) -> None:
    make_download_order(matching_id="K3Y", state=state)
    with pytest.raises(IntegrityError, match="matching_id_once"), transaction.atomic():
        make_download_order(matching_id="K3Y")


def test_an_iccid_is_one_profile_s() -> None:
    iccid = make_profile().iccid
    with pytest.raises(IntegrityError, match="profile_once"), transaction.atomic():
        make_profile(iccid=iccid)


def test_a_bound_order_does_not_change_hands() -> None:
    order = make_download_order(state="downloaded", bound_eid=EID)
    rows = DownloadOrder.objects.filter(pk=order.pk)
    with pytest.raises(IntegrityError, match="another eUICC"), transaction.atomic():
        rows.update(bound_eid=OTHER_EID)
    rows.update(state="released", bound_eid="")  # The eUICC reported that it failed.
    rows.update(bound_eid=OTHER_EID)


def test_an_order_that_any_euicc_may_download_changes_hands() -> None:
    order = make_download_order(state="installed", bound_eid=EID, redownload="any_euicc")
    DownloadOrder.objects.filter(pk=order.pk).update(bound_eid=OTHER_EID)


def test_progress_is_told_once_per_download_and_point() -> None:
    order = make_download_order(state="downloaded")
    report = {"order": order, "point": 3, "download": 1, "eid": EID, "happened_at": MOMENT}
    ProgressReport.objects.create(**report)
    with pytest.raises(IntegrityError, match="progress_report_once"), transaction.atomic():
        ProgressReport.objects.create(**report)


def test_an_installation_is_applied_once_per_transaction() -> None:
    reported = {"transaction_id": "0A" * 16, "received_at": MOMENT}
    for number, result in enumerate(("applied", "nothing", "refused")):
        ReceivedNotification.objects.create(digest=f"{number}", result=result, **reported)
    with pytest.raises(IntegrityError, match="once_per_transaction"), transaction.atomic():
        ReceivedNotification.objects.create(digest="3", result="applied", **reported)
